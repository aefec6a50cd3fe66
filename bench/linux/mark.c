/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The host's side of the measurements.
 *
 *   mark vm N			what follows is the Nth VM's
 *   mark exec N PROGRAM...	begin N, become the program
 *   mark wait PID		until the process has ended, quietly
 *   mark serve			the other end of the guest's TCP connections
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "marks.h"
#include "ops.h"

#define CHUNK		(64ul << 10)

static char chunk[CHUNK];

static int failed(const char *what)
{
	perror(what);
	return 1;
}

static int listen_at(unsigned short port)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (void *)&at, sizeof(at)) || listen(fd, 1)) {
		perror("listen");
		exit(1);
	}
	return fd;
}

static void take_all(int fd)
{
	while (read(fd, chunk, CHUNK) > 0)
		;
}

static void give_all(int fd)
{
	unsigned long sent;

	for (sent = 0; sent < TCP_BYTES; sent += CHUNK)
		if (write(fd, chunk, CHUNK) != CHUNK)
			return;
}

static void serve(void)
{
	int taker = listen_at(TCP_TO_HOST), giver = listen_at(TCP_FROM_HOST);

	for (;;) {
		int fd = accept(taker, NULL, NULL);

		take_all(fd);
		close(fd);
		fd = accept(giver, NULL, NULL);
		give_all(fd);
		close(fd);
	}
}

static int wait_for(const char *pid)
{
	struct pollfd end = { .events = POLLIN };

	end.fd = (int)syscall(SYS_pidfd_open, atoi(pid), 0);
	if (end.fd < 0)
		return failed("pidfd_open");
	return poll(&end, 1, -1) == 1 ? 0 : failed("poll");
}

static int become(unsigned long number, char **argv)
{
	mark_begin(number);
	execv(argv[0], argv);
	return failed(argv[0]);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "vm") && argc == 3) {
		mark_begin(OP_VM + strtoul(argv[2], NULL, 10));
		mark_end();
		return 0;
	}
	if (!strcmp(what, "exec") && argc > 3)
		return become(strtoul(argv[2], NULL, 10), argv + 3);
	if (!strcmp(what, "wait") && argc == 3)
		return wait_for(argv[2]);
	if (!strcmp(what, "serve") && argc == 2)
		serve();
	fputs("mark: see the source\n", stderr);
	return 1;
}
