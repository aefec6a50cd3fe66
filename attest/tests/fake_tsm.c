/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * As much of the kernel's configfs-tsm as cca-attester uses, for LD_PRELOAD: a
 * directory made in $FAKE_TSM has the attributes at once, and a challenge that
 * was written makes a token, for which $FAKE_TSM_COMMAND is run.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const attributes[] = { "provider", "generation", "inblob",
					  "outblob" };

static int is_entry(const char *path)
{
	const char *root = getenv("FAKE_TSM");

	return root && strncmp(path, root, strlen(root)) == 0 &&
	       path[strlen(root)] == '/';
}

static void make_attribute(const char *entry, const char *name)
{
	char path[PATH_MAX];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", entry, name);
	f = fopen(path, "w");
	if (strcmp(name, "provider") == 0)
		fprintf(f, "%s\n", getenv("FAKE_TSM_PROVIDER"));
	if (strcmp(name, "generation") == 0)
		fprintf(f, "0\n");
	fclose(f);
}

int mkdir(const char *path, mode_t mode)
{
	int (*real)(const char *, mode_t) =
		(int (*)(const char *, mode_t))dlsym(RTLD_NEXT, "mkdir");
	int ret = real(path, mode);

	for (size_t i = 0; ret == 0 && is_entry(path) && i < 4; i++)
		make_attribute(path, attributes[i]);
	return ret;
}

int rmdir(const char *path)
{
	int (*real)(const char *) =
		(int (*)(const char *))dlsym(RTLD_NEXT, "rmdir");
	char file[PATH_MAX];

	for (size_t i = 0; is_entry(path) && i < 4; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, attributes[i]);
		unlink(file);
	}
	return real(path);
}

/* The command finds "inblob" in the directory that it is given. */
static void make_token(char *path)
{
	char command[PATH_MAX + 256];

	*strrchr(path, '/') = '\0';
	snprintf(command, sizeof(command), "env -u LD_PRELOAD %s %s",
		 getenv("FAKE_TSM_COMMAND"), path);
	if (system(command) != 0)
		fprintf(stderr, "fake_tsm: %s failed\n", command);
}

int close(int fd)
{
	int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "close");
	char link[64], path[PATH_MAX];
	int writes = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY;
	ssize_t n;
	int ret;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	ret = real(fd);
	if (n > 0 && writes) {
		path[n] = '\0';
		if (is_entry(path) && strstr(path, "/inblob"))
			make_token(path);
	}
	return ret;
}
