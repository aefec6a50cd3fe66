/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * cca-attester: in a realm, get a secret from a cca-verifier by proving what
 * this realm is. See man/cca-attester.1.
 */
#include "net.h"
#include "options.h"
#include "protocol.h"
#include "tsm.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OUTPUT, VERIFIER_KEY, TSM, TIMEOUT, SAVE_TOKEN, TOKEN };

static const struct option_row rows[] = {
	[OUTPUT] = { 'o', "output", "FILE", "write the secret there, not to standard output" },
	[VERIFIER_KEY] = { 'k', "verifier-key", "HEX", "take a secret only from who has this key" },
	[TSM] = { 0, "tsm", "DIR", "where the kernel gives tokens, if not " TSM_DIRECTORY },
	[TIMEOUT] = { 't', "timeout", "SECONDS", "give up after that (default: 120)" },
	[SAVE_TOKEN] = { 0, "save-token", "FILE", "keep a copy of the token" },
	[TOKEN] = { 0, "token", "FILE", "send this one; to see it refused" },
};

struct settings {
	const char *output;
	const char *tsm;
	const char *save_token;
	const char *token;
	bool has_key;
	uint8_t key[HPKE_KEY];
	uint64_t timeout;
};

static bool set(void *context, size_t row, const char *text, struct problem *p)
{
	struct settings *s = context;
	size_t len;

	switch (row) {
	case OUTPUT:
		s->output = text;
		return true;
	case VERIFIER_KEY:
		s->has_key = hex_parse(text, s->key, sizeof(s->key), &len) &&
			     len == sizeof(s->key);
		return s->has_key || fail(p, "--verifier-key: 64 hexadecimal digits, which cca-verifier shows");
	case TSM:
		s->tsm = text;
		return true;
	case TIMEOUT:
		return (number_parse(text, 86400, &s->timeout) && s->timeout > 0) ||
		       fail(p, "--timeout: a number from 1 to 86400");
	case SAVE_TOKEN:
		s->save_token = text;
		return true;
	default:
		s->token = text;
		return true;
	}
}

/* Each of these returns an exit code. */

static int get_token(const struct settings *s, const struct session *session,
		     struct buffer *token, struct problem *p)
{
	uint8_t challenge[PROTOCOL_CHALLENGE];
	struct bytes c = { challenge, sizeof(challenge) };

	session_challenge(session, challenge);
	if (s->token ? !file_read(s->token, PROTOCOL_MAX - HPKE_KEY, token, p) :
		       !tsm_report(s->tsm, c, token, p))
		return EXIT_TROUBLE;
	if (s->save_token && !file_write(s->save_token, bytes_of(token), p)) {
		buffer_free(token);
		return EXIT_TROUBLE;
	}
	return EXIT_OK;
}

static int open_secret(const struct hpke_key *own,
		       const struct session *session, struct bytes token,
		       struct bytes sealed, struct buffer *secret,
		       struct problem *p)
{
	uint8_t info[SESSION_INFO];

	session_info(session, info);
	if (hpke_open(own, session->verifier,
		      (struct bytes){ info, sizeof(info) }, token, sealed,
		      secret))
		return EXIT_OK;
	fail(p, "what the verifier sent is not for this session");
	return EXIT_SIGNATURE;
}

/* The reason comes from outside, perhaps from somebody else: print no codes. */
static int refused(struct bytes reason, struct problem *p)
{
	char text[256];
	size_t n = reason.len < sizeof(text) ? reason.len : sizeof(text) - 1;

	for (size_t i = 0; i < n; i++)
		text[i] = reason.at[i] >= 0x20 && reason.at[i] < 0x7f ?
				  (char)reason.at[i] : '?';
	text[n] = '\0';
	fail(p, "refused: %s", text);
	return EXIT_MISMATCH;
}

static int receive_secret(int fd, const struct hpke_key *own,
			  const struct session *session, struct bytes token,
			  struct buffer *secret, struct problem *p)
{
	enum message type;
	struct buffer body;
	int code = EXIT_TROUBLE;

	if (!message_receive(fd, &type, &body, p))
		return EXIT_TROUBLE;
	if (type == REFUSED)
		code = refused(bytes_of(&body), p);
	else if (type == SECRET)
		code = open_secret(own, session, token, bytes_of(&body), secret,
				   p);
	else
		fail(p, "the verifier speaks another protocol");
	buffer_free(&body);
	return code;
}

static int exchange(int fd, const struct settings *s,
		    const struct hpke_key *own, struct buffer *secret,
		    struct problem *p)
{
	struct session session;
	struct buffer token;
	int code;

	if (!hello_receive(fd, &session, p))
		return EXIT_TROUBLE;
	if (s->has_key && memcmp(s->key, session.verifier, HPKE_KEY) != 0) {
		fail(p, "the verifier has another key than --verifier-key");
		return EXIT_SIGNATURE;
	}
	memcpy(session.attester, own->public, HPKE_KEY);
	code = get_token(s, &session, &token, p);
	if (code != EXIT_OK)
		return code;
	code = EXIT_TROUBLE;
	if (message_send(fd, EVIDENCE,
			 (struct bytes){ own->public, HPKE_KEY },
			 bytes_of(&token), p))
		code = receive_secret(fd, own, &session, bytes_of(&token),
				      secret, p);
	buffer_free(&token);
	return code;
}

static int attest(const char *address, const struct settings *s,
		  struct problem *p)
{
	struct buffer secret = { NULL, 0 };
	struct hpke_key own;
	int fd = net_connect(address, p);
	int code;

	if (fd < 0)
		return EXIT_TROUBLE;
	hpke_key_new(&own);
	code = exchange(fd, s, &own, &secret, p);
	hpke_key_forget(&own);
	close(fd);
	if (code == EXIT_OK && !file_write(s->output, bytes_of(&secret), p))
		code = EXIT_TROUBLE;
	buffer_free(&secret);
	return code;
}

static void on_alarm(int signal)
{
	static const char text[] = "cca-attester: it took too long\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signal;
	(void)n;
	_exit(EXIT_TROUBLE);
}

int main(int argc, char **argv)
{
	struct settings s = { .output = "-", .tsm = TSM_DIRECTORY,
			      .timeout = 120 };
	const struct program prog = {
		.name = "cca-attester",
		.synopsis = "ADDRESS:PORT",
		.purpose = "In a realm, get a secret from the cca-verifier at that address.",
		.rows = rows, .num_rows = ARRAY_SIZE(rows),
		.set = set, .context = &s,
	};
	int first = options_parse(&prog, argc, argv);
	struct problem p;
	int code;

	if (first + 1 != argc)
		usage_error(&prog, "one address is expected");
	signal(SIGALRM, on_alarm);
	alarm((unsigned int)s.timeout);
	code = attest(argv[first], &s, &p);
	if (code != EXIT_OK)
		give_up(&prog, code, &p);
	return EXIT_OK;
}
