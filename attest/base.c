/* SPDX-License-Identifier: BSD-3-Clause */
#include "base.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool fail(struct problem *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->text, sizeof(p->text), fmt, ap);
	va_end(ap);
	return false;
}

bool fail_in(struct problem *p, const char *fmt, ...)
{
	struct problem inner = *p;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	vsnprintf(p->text, sizeof(p->text), fmt, ap);
	va_end(ap);
	n = strlen(p->text);
	snprintf(p->text + n, sizeof(p->text) - n, ": %s", inner.text);
	return false;
}

struct bytes bytes_of(const struct buffer *b)
{
	return (struct bytes){ b->at, b->len };
}

bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p)
		err(EXIT_TROUBLE, NULL);
	return p;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		err(EXIT_TROUBLE, NULL);
	return s;
}

/* Its size is not known in advance if it is a pipe. */
static bool read_all(int fd, size_t max, struct buffer *out)
{
	size_t room = 64 * 1024;
	ssize_t n;

	*out = (struct buffer){ xmalloc(room), 0 };
	while ((n = read(fd, out->at + out->len, room - out->len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		out->len += (size_t)n;
		if (out->len > max) {
			errno = EFBIG;
			return false;
		}
		if (out->len < room)
			continue;
		room *= 2;
		out->at = realloc(out->at, room);
		if (!out->at)
			err(EXIT_TROUBLE, NULL);
	}
	return true;
}

bool file_read(const char *path, size_t max, struct buffer *out,
	       struct problem *p)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return fail(p, "%s: %s", path, strerror(errno));
	ok = read_all(fd, max, out);
	if (!ok) {
		fail(p, "%s: %s", path, strerror(errno));
		buffer_free(out);
	}
	if (!is_stdin)
		close(fd);
	return ok;
}

static bool write_all(int fd, struct bytes content)
{
	while (content.len > 0) {
		ssize_t n = write(fd, content.at, content.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		content.at += n;
		content.len -= (size_t)n;
	}
	return true;
}

/*
 * A file that is there may be others' to read, or be open elsewhere: a new one takes
 * its place. A device or a pipe is written to; a link is not followed.
 */
static int open_to_write(const char *path)
{
	struct stat st;
	int fd;

	if (lstat(path, &st) == 0 && S_ISREG(st.st_mode) && unlink(path) != 0)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST)
		fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd;
}

bool file_write(const char *path, struct bytes content, struct problem *p)
{
	bool is_stdout = strcmp(path, "-") == 0;
	int fd = is_stdout ? STDOUT_FILENO : open_to_write(path);
	bool ok;

	if (fd < 0)
		return fail(p, "%s: %s", path, strerror(errno));
	ok = write_all(fd, content);
	if (!is_stdout && close(fd) != 0)
		ok = false;
	return ok || fail(p, "%s: %s", path, strerror(errno));
}

/* What was in it may have been secret. */
void buffer_free(struct buffer *b)
{
	if (b->at)
		OPENSSL_cleanse(b->at, b->len);
	free(b->at);
	*b = (struct buffer){ NULL, 0 };
}

char *hex_of(struct bytes b)
{
	char *text = xmalloc(2 * b.len + 1);

	for (size_t i = 0; i < b.len; i++)
		sprintf(text + 2 * i, "%02x", b.at[i]);
	text[2 * b.len] = '\0';
	return text;
}

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)((at - digits) % 16) : -1;
}

bool hex_parse(const char *text, uint8_t *out, size_t max, size_t *len)
{
	size_t n = strlen(text);

	if (n % 2 != 0 || n / 2 > max)
		return false;
	for (size_t i = 0; i < n / 2; i++) {
		int high = digit(text[2 * i]);
		int low = digit(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	*len = n / 2;
	return true;
}

bool number_parse(const char *text, uint64_t max, uint64_t *out)
{
	bool is_hex = strncmp(text, "0x", 2) == 0;
	const char *digits = is_hex ? text + 2 : text;
	char *end;

	/* strtoull() would take signs and spaces, too. */
	if (digit(digits[0]) < 0)
		return false;
	errno = 0;
	*out = strtoull(digits, &end, is_hex ? 16 : 10);
	return errno == 0 && end != digits && *end == '\0' && *out <= max;
}
