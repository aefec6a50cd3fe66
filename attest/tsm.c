/* SPDX-License-Identifier: BSD-3-Clause */
#include "tsm.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_ATTRIBUTE	4096
#define MAX_TOKEN	(64 * 1024)
/* The name of the kernel's driver, of which the rest has changed once */
#define PROVIDER	"arm_cca"

static char *path_of(const char *entry, const char *attribute)
{
	return xasprintf("%s/%s", entry, attribute);
}

static bool read_attribute(const char *entry, const char *name, size_t max,
			   struct buffer *out, struct problem *p)
{
	char *path = path_of(entry, name);
	bool ok = file_read(path, max, out, p);

	free(path);
	return ok;
}

/* One write(), as the kernel takes the challenge as a whole; no O_CREAT. */
static bool write_challenge(const char *entry, struct bytes challenge,
			    struct problem *p)
{
	char *path = path_of(entry, "inblob");
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 &&
		  write(fd, challenge.at, challenge.len) == (ssize_t)challenge.len;

	/* What was written counts from close() on. */
	if (fd >= 0 && close(fd) != 0)
		ok = false;
	if (!ok)
		fail(p, "%s: %s", path, strerror(errno));
	free(path);
	return ok;
}

static bool read_number(const char *entry, uint64_t *out, struct problem *p)
{
	struct buffer b;
	char text[32];

	if (!read_attribute(entry, "generation", MAX_ATTRIBUTE, &b, p))
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)(b.len < 31 ? b.len : 31),
		 (const char *)b.at);
	buffer_free(&b);
	text[strcspn(text, "\n")] = '\0';
	return number_parse(text, UINT64_MAX, out) ||
	       fail(p, "%s/generation is not a number", entry);
}

static bool check_provider(const char *entry, struct problem *p)
{
	struct buffer b;
	bool ok;

	if (!read_attribute(entry, "provider", MAX_ATTRIBUTE, &b, p))
		return false;
	ok = b.len >= strlen(PROVIDER) &&
	     memcmp(b.at, PROVIDER, strlen(PROVIDER)) == 0;
	buffer_free(&b);
	return ok || fail(p, "%s: the provider of tokens is not Arm CCA", entry);
}

/*
 * The generation counts what is written to the entry. If it is not what our one
 * write makes it, somebody else uses the entry, and whose token it is, is open.
 */
static bool get_report(const char *entry, struct bytes challenge,
		       struct buffer *token, struct problem *p)
{
	uint64_t before, after;

	if (!check_provider(entry, p) || !read_number(entry, &before, p) ||
	    !write_challenge(entry, challenge, p) ||
	    !read_attribute(entry, "outblob", MAX_TOKEN, token, p))
		return false;
	if (!read_number(entry, &after, p)) {
		buffer_free(token);
		return false;
	}
	if (after == before + 1)
		return true;
	buffer_free(token);
	return fail(p, "%s: somebody else has written to it", entry);
}

static bool make_entry(const char *directory, const char *entry,
		       struct problem *p)
{
	if (mkdir(entry, 0700) == 0)
		return true;
	if (errno == ENOENT || errno == ENXIO)
		return fail(p, "%s: no tokens here: is this a realm, configfs mounted, and the module arm-cca-guest loaded?",
			    directory);
	return fail(p, "%s: %s", entry, strerror(errno));
}

bool tsm_report(const char *directory, struct bytes challenge,
		struct buffer *token, struct problem *p)
{
	char *entry = xasprintf("%s/cca-attester-%ld", directory,
				(long)getpid());
	bool ok = make_entry(directory, entry, p);

	if (ok) {
		ok = get_report(entry, challenge, token, p);
		rmdir(entry);
	}
	free(entry);
	return ok;
}
