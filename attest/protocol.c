/* SPDX-License-Identifier: BSD-3-Clause */
#include "protocol.h"

#include <err.h>
#include <errno.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAGIC		"virtCCA1"
#define MAGIC_SIZE	8
#define HEAD_SIZE	5	/* type, and length of the body, big-endian */
#define HELLO_SIZE	(MAGIC_SIZE + PROTOCOL_NONCE + HPKE_KEY)

/* Each use of a hash or a key has its own; 16 bytes, without the zero. */
#define LABEL_SIZE	16
static const char challenge_label[] = "virtCCA1 asks   ";
static const char info_label[] = "virtCCA1 secret ";
_Static_assert(sizeof(challenge_label) == LABEL_SIZE + 1, "");
_Static_assert(sizeof(info_label) == LABEL_SIZE + 1, "");

/* ------------------------------------------------------------------ session */

/* All parts have fixed sizes, so no two sessions hash the same bytes. */
void session_challenge(const struct session *s,
		       uint8_t challenge[PROTOCOL_CHALLENGE])
{
	uint8_t in[LABEL_SIZE + PROTOCOL_NONCE + 2 * HPKE_KEY];
	uint8_t *at = in;

	memcpy(at, challenge_label, LABEL_SIZE);
	at += LABEL_SIZE;
	memcpy(at, s->nonce, PROTOCOL_NONCE);
	at += PROTOCOL_NONCE;
	memcpy(at, s->verifier, HPKE_KEY);
	at += HPKE_KEY;
	memcpy(at, s->attester, HPKE_KEY);
	if (EVP_Digest(in, sizeof(in), challenge, NULL, EVP_sha512(), NULL) != 1)
		errx(EXIT_TROUBLE, "the cryptographic library cannot hash");
}

void session_info(const struct session *s, uint8_t info[SESSION_INFO])
{
	memcpy(info, info_label, LABEL_SIZE);
	session_challenge(s, info + LABEL_SIZE);
}

/* ----------------------------------------------------------------- messages */

static bool send_all(int fd, struct bytes b, struct problem *p)
{
	while (b.len > 0) {
		ssize_t n = send(fd, b.at, b.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(p, "cannot send: %s", strerror(errno));
		b.at += n;
		b.len -= (size_t)n;
	}
	return true;
}

static bool receive_all(int fd, uint8_t *at, size_t len, struct problem *p)
{
	while (len > 0) {
		ssize_t n = recv(fd, at, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(p, "cannot receive: %s", strerror(errno));
		if (n == 0)
			return fail(p, "the other side has hung up");
		at += n;
		len -= (size_t)n;
	}
	return true;
}

bool message_send(int fd, enum message type, struct bytes a, struct bytes b,
		  struct problem *p)
{
	size_t len = a.len + b.len;
	const uint8_t head[HEAD_SIZE] = {
		(uint8_t)type, (uint8_t)(len >> 24), (uint8_t)(len >> 16),
		(uint8_t)(len >> 8), (uint8_t)len,
	};

	return send_all(fd, (struct bytes){ head, sizeof(head) }, p) &&
	       send_all(fd, a, p) && send_all(fd, b, p);
}

bool message_receive(int fd, enum message *type, struct buffer *body,
		     struct problem *p)
{
	uint8_t head[HEAD_SIZE];
	size_t len;

	if (!receive_all(fd, head, sizeof(head), p))
		return false;
	len = (size_t)head[1] << 24 | (size_t)head[2] << 16 |
	      (size_t)head[3] << 8 | head[4];
	if (head[0] < HELLO || head[0] > REFUSED || len > PROTOCOL_MAX)
		return fail(p, "the other side speaks another protocol");
	*type = head[0];
	*body = (struct buffer){ xmalloc(len), len };
	if (receive_all(fd, body->at, len, p))
		return true;
	buffer_free(body);
	return false;
}

bool hello_send(int fd, const struct session *s, struct problem *p)
{
	uint8_t body[HELLO_SIZE];

	memcpy(body, MAGIC, MAGIC_SIZE);
	memcpy(body + MAGIC_SIZE, s->nonce, PROTOCOL_NONCE);
	memcpy(body + MAGIC_SIZE + PROTOCOL_NONCE, s->verifier, HPKE_KEY);
	return message_send(fd, HELLO, (struct bytes){ body, sizeof(body) },
			    (struct bytes){ NULL, 0 }, p);
}

static bool hello_parse(struct bytes body, struct session *s)
{
	if (body.len != HELLO_SIZE || memcmp(body.at, MAGIC, MAGIC_SIZE) != 0)
		return false;
	memcpy(s->nonce, body.at + MAGIC_SIZE, PROTOCOL_NONCE);
	memcpy(s->verifier, body.at + MAGIC_SIZE + PROTOCOL_NONCE, HPKE_KEY);
	return true;
}

bool hello_receive(int fd, struct session *s, struct problem *p)
{
	enum message type;
	struct buffer body;
	bool ok;

	if (!message_receive(fd, &type, &body, p))
		return false;
	ok = type == HELLO && hello_parse(bytes_of(&body), s);
	buffer_free(&body);
	return ok || fail(p, "the other side is no verifier");
}
