/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * cca-verifier: give a secret to realms that prove to be what they should be.
 * See man/cca-verifier.1.
 *
 * Each client is served by a process of its own, so that none can keep another
 * one waiting, and what goes wrong with one ends with it.
 */
#include "claims.h"
#include "net.h"
#include "options.h"
#include "protocol.h"
#include "reference.h"
#include "verify.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_SECRET	(64 * 1024)
#define MAX_CLIENTS	16	/* at a time */
#define DEFAULT_ADDRESS	"127.0.0.1:4433"

enum { ANCHOR, REFERENCE, SECRET_FILE, LISTEN, KEY, ONCE, TIMEOUT, JSON };

static const struct option_row rows[] = {
	[ANCHOR] = { 'a', "anchor", "FILE", "public key of the platform (PEM); can be repeated" },
	[REFERENCE] = { 'r', "reference", "FILE", "reference values (JSON); can be repeated" },
	[SECRET_FILE] = { 's', "secret", "FILE", "what to give" },
	[LISTEN] = { 'l', "listen", "ADDR:PORT", "where to wait (default: " DEFAULT_ADDRESS ")" },
	[KEY] = { 'k', "key", "FILE", "our own key, X25519 (PEM); else a new one each time" },
	[ONCE] = { '1', "once", NULL, "serve one client; the exit code tells how it went" },
	[TIMEOUT] = { 't', "timeout", "SECONDS", "for each client (default: 120)" },
	[JSON] = { 'j', "json", NULL, "report each client as a line of JSON" },
};

struct settings {
	struct anchors anchors;
	struct references references;
	struct buffer secret;
	struct hpke_key key;
	const char *address;
	bool has_key;
	bool once;
	bool json;
	uint64_t timeout;
};

/* ----------------------------------------------------------------- options */

static bool key_from_pem(const struct buffer *file, uint8_t raw[HPKE_KEY])
{
	BIO *pem = BIO_new_mem_buf(file->at, (int)file->len);
	EVP_PKEY *key = pem ? PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL) :
			      NULL;
	size_t len = HPKE_KEY;
	bool ok = key && EVP_PKEY_is_a(key, "X25519") &&
		  EVP_PKEY_get_raw_private_key(key, raw, &len) == 1;

	EVP_PKEY_free(key);
	BIO_free(pem);
	ERR_clear_error();
	return ok;
}

static bool load_key(struct settings *s, const char *path, struct problem *p)
{
	struct buffer file;

	if (!file_read(path, 4096, &file, p))
		return fail_in(p, "--key");
	s->has_key = key_from_pem(&file, s->key.secret);
	buffer_free(&file);
	if (!s->has_key)
		return fail(p, "--key: %s has no secret key for X25519 (PEM)",
			    path);
	hpke_key_complete(&s->key);
	return true;
}

static bool set(void *context, size_t row, const char *text, struct problem *p)
{
	struct settings *s = context;

	switch (row) {
	case ANCHOR:
		return anchors_load(&s->anchors, text, p) ||
		       fail_in(p, "--anchor");
	case REFERENCE:
		return references_load(&s->references, text, p) ||
		       fail_in(p, "--reference");
	case SECRET_FILE:
		buffer_free(&s->secret);
		return file_read(text, MAX_SECRET, &s->secret, p) ||
		       fail_in(p, "--secret");
	case LISTEN:
		s->address = text;
		return true;
	case KEY:
		return load_key(s, text, p);
	case ONCE:
		s->once = true;
		return true;
	case TIMEOUT:
		return (number_parse(text, 86400, &s->timeout) && s->timeout > 0) ||
		       fail(p, "--timeout: a number from 1 to 86400");
	default:
		s->json = true;
		return true;
	}
}

/*
 * Without any of these a token proves nothing: anybody's realm, on a platform
 * in any state or with any monitor, would do.
 */
static bool check_policy(const struct settings *s, struct problem *p)
{
	static const struct {
		const char *part;
		const char *name;
	} needed[] = {
		{ "platform", "lifecycle" },
		{ "platform", "software-components" },
		{ "realm", "initial-measurement" },
	};

	if (s->anchors.num == 0)
		return fail(p, "--anchor is needed");
	if (!s->secret.at)
		return fail(p, "--secret is needed");
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (!references_have(&s->references, needed[i].part,
				     needed[i].name))
			return fail(p, "--reference: no file has %s %s",
				    needed[i].part, needed[i].name);
	return true;
}

/* -------------------------------------------------------------- one client */

struct client {
	const struct settings *s;
	int fd;
	char name[NET_TEXT];
	struct session session;
	struct report report;
	struct problem problem;	/* why it ended, if it was not released */
};

/* The attester's key and its token; the caller frees the body. */
static bool receive_evidence(struct client *c, struct buffer *body,
			     struct bytes *token)
{
	enum message type;

	if (!message_receive(c->fd, &type, body, &c->problem))
		return false;
	if (type != EVIDENCE || body->len < HPKE_KEY) {
		buffer_free(body);
		return fail(&c->problem, "the client speaks another protocol");
	}
	memcpy(c->session.attester, body->at, HPKE_KEY);
	*token = (struct bytes){ body->at + HPKE_KEY, body->len - HPKE_KEY };
	return true;
}

static int appraise(struct client *c, struct bytes token)
{
	uint8_t challenge[PROTOCOL_CHALLENGE];
	const struct check *failure;
	struct token t;
	json_t *claims;

	if (token.len > TOKEN_MAX_SIZE || !token_parse(token, &t, &c->problem)) {
		fail_in(&c->problem, "not a valid token");
		return EXIT_MALFORMED;
	}
	session_challenge(&c->session, challenge);
	claims = claims_json(&t);
	verify_token(&t, &c->s->anchors, &c->report);
	verify_challenge(&t, (struct bytes){ challenge, sizeof(challenge) },
			 &c->report);
	references_appraise(&c->s->references, claims, &c->report);
	json_decref(claims);

	failure = report_failure(&c->report);
	if (failure)
		fail(&c->problem, "%s: %s", failure->name,
		     failure->detail ? failure->detail : "wrong");
	return report_code(&c->report);
}

static int release(struct client *c, struct bytes token)
{
	uint8_t info[SESSION_INFO];
	struct buffer sealed;
	bool ok;

	session_info(&c->session, info);
	if (!hpke_seal(&c->s->key, c->session.attester,
		       (struct bytes){ info, sizeof(info) }, token,
		       bytes_of(&c->s->secret), &sealed)) {
		fail(&c->problem, "the client's key is none");
		return EXIT_MALFORMED;
	}
	ok = message_send(c->fd, SECRET, bytes_of(&sealed),
			  (struct bytes){ NULL, 0 }, &c->problem);
	buffer_free(&sealed);
	return ok ? EXIT_OK : EXIT_TROUBLE;
}

static void refuse(struct client *c)
{
	struct bytes reason = { (const uint8_t *)c->problem.text,
				strlen(c->problem.text) };
	struct problem ignored;

	/* Who is refused may have gone already. */
	if (!message_send(c->fd, REFUSED, reason, (struct bytes){ NULL, 0 },
			  &ignored))
		return;
}

static int serve(struct client *c)
{
	struct buffer body;
	struct bytes token;
	int code;

	memcpy(c->session.verifier, c->s->key.public, HPKE_KEY);
	if (RAND_bytes(c->session.nonce, PROTOCOL_NONCE) != 1) {
		fail(&c->problem, "no randomness");
		return EXIT_TROUBLE;
	}
	if (!hello_send(c->fd, &c->session, &c->problem) ||
	    !receive_evidence(c, &body, &token))
		return EXIT_TROUBLE;
	code = appraise(c, token);
	if (code == EXIT_OK)
		code = release(c, token);
	if (code != EXIT_OK)
		refuse(c);
	buffer_free(&body);
	return code;
}

static const char *verdict_of(int code)
{
	switch (code) {
	case EXIT_OK:
		return "released";
	case EXIT_TROUBLE:
		return "trouble";
	case EXIT_MALFORMED:
		return "malformed";
	case EXIT_SIGNATURE:
		return "signature";
	default:
		return "mismatch";
	}
}

static void log_json(const struct client *c, int code)
{
	json_t *line = json_pack("{s:s,s:s,s:o}", "client", c->name, "verdict",
				 verdict_of(code), "checks",
				 report_json(&c->report));

	if (code != EXIT_OK)
		json_object_set_new(line, "reason",
				    json_string(c->problem.text));
	json_dumpf(line, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(line);
}

static void log_text(const struct client *c, int code)
{
	if (code == EXIT_OK) {
		printf("%s: released\n", c->name);
		return;
	}
	printf("%s: %s: %s\n", c->name,
	       code == EXIT_TROUBLE ? "trouble" : "refused", c->problem.text);
	/* The first is the reason that the client was told, too. */
	for (size_t i = 0; i < c->report.num; i++)
		if (c->report.checks[i].outcome == FAILED &&
		    &c->report.checks[i] != report_failure(&c->report))
			printf("  also %s: %s\n", c->report.checks[i].name,
			       c->report.checks[i].detail);
}

static int serve_client(const struct settings *s, int fd)
{
	struct client c = { .s = s, .fd = fd };
	int code;

	net_name(fd, false, c.name);
	code = serve(&c);
	(s->json ? log_json : log_text)(&c, code);
	fflush(stdout);
	report_free(&c.report);
	return code;
}

/* ------------------------------------------------------------------- server */

static void on_alarm(int signal)
{
	static const char text[] = "cca-verifier: a client took too long\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signal;
	(void)n;
	_exit(EXIT_TROUBLE);
}

static pid_t start_client(const struct settings *s, int listener, int fd)
{
	pid_t pid = fork();

	if (pid == 0) {
		close(listener);
		signal(SIGALRM, on_alarm);
		alarm((unsigned int)s->timeout);
		_exit(serve_client(s, fd));
	}
	if (pid < 0)
		fprintf(stderr, "cca-verifier: fork: %s\n", strerror(errno));
	close(fd);
	return pid;
}

/* The exit code of the process, once it has ended */
static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_TROUBLE;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_TROUBLE;
}

static int accept_client(int listener)
{
	int fd;

	do {
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	} while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd < 0)
		fprintf(stderr, "cca-verifier: accept: %s\n", strerror(errno));
	return fd;
}

/* Collect who has ended; wait for one if there are too many. */
static unsigned int reap(unsigned int running)
{
	while (running > 0 &&
	       waitpid(-1, NULL, running < MAX_CLIENTS ? WNOHANG : 0) > 0)
		running--;
	return running;
}

static int serve_all(const struct settings *s, int listener)
{
	unsigned int running = 0;

	for (;;) {
		int fd = accept_client(listener);
		pid_t pid = fd < 0 ? -1 : start_client(s, listener, fd);

		if (fd < 0)
			return EXIT_TROUBLE;
		if (s->once)
			return pid < 0 ? EXIT_TROUBLE : wait_for(pid);
		running = reap(pid < 0 ? running : running + 1);
	}
}

static void announce(const struct settings *s, int listener)
{
	struct bytes key = { s->key.public, HPKE_KEY };
	char *hex = hex_of(key);
	char name[NET_TEXT];

	net_name(listener, true, name);
	fprintf(stderr, "cca-verifier: at %s, key %s\n", name, hex);
	free(hex);
}

int main(int argc, char **argv)
{
	struct settings s = { .address = DEFAULT_ADDRESS, .timeout = 120 };
	const struct program prog = {
		.name = "cca-verifier",
		.synopsis = "--anchor=FILE --reference=FILE --secret=FILE",
		.purpose = "Give a secret to realms that prove to be what they should be.",
		.rows = rows, .num_rows = ARRAY_SIZE(rows),
		.set = set, .context = &s,
	};
	struct problem p;
	int listener, code;

	if (options_parse(&prog, argc, argv) != argc)
		usage_error(&prog, "only options are expected");
	if (!check_policy(&s, &p))
		usage_error(&prog, p.text);
	if (!s.has_key)
		hpke_key_new(&s.key);
	listener = net_listen(s.address, &p);
	if (listener < 0)
		give_up(&prog, EXIT_TROUBLE, &p);
	announce(&s, listener);
	code = serve_all(&s, listener);

	close(listener);
	hpke_key_forget(&s.key);
	buffer_free(&s.secret);
	anchors_free(&s.anchors);
	references_free(&s.references);
	return code;
}
