/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The first process of the guest whose loads are measured: ends the measurement
 * of its start, has a script set up devices, and then works between marks. The
 * same in a realm and in an ordinary VM.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "marks.h"
#include "ops.h"

#define ROUNDS		4	/* ./run leaves the first one out */
#define IO_ROUNDS	8
#define DISK		"/dev/vda"
#define DISK_BYTES	(16ul << 20)
#define CHUNK		(64ul << 10)
#define FORKS		100
#define SIEVE		1000000
#define SIEVES		6
#define HOST		"10.77.0.1"

static char chunk[CHUNK];

static void must(int ok, const char *what)
{
	if (ok)
		return;
	printf("bench: %s: %m\n", what);
	sync();
	reboot(RB_POWER_OFF);
	exit(1);
}

static void known(void)
{
	uint64_t n = (KNOWN_LOAD - 1) / 2;

	__asm__ volatile("0: subs %0, %0, #1\n\tb.ne 0b" : "+r"(n) : : "cc");
}

/* Memory and arithmetic, and nothing of a system */
static void compute(void)
{
	static unsigned char composite[SIEVE];
	volatile unsigned int primes = 0;
	unsigned int i, j, round;

	for (round = 0; round < SIEVES; round++) {
		memset(composite, 0, sizeof(composite));
		for (i = 2; i < SIEVE; i++) {
			if (composite[i])
				continue;
			primes++;
			for (j = 2 * i; j < SIEVE; j += i)
				composite[j] = 1;
		}
	}
}

/* Runs one of our programs; true if it says that all is well. */
static int run(const char *path, const char *arg)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		execl(path, path, arg, NULL);
		_exit(1);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void fork_and_exec(void)
{
	unsigned int i;

	for (i = 0; i < FORKS; i++)
		must(run("/bench/load", "nothing"), "fork");
}

static int open_disk(int flags)
{
	int fd = open(DISK, flags);

	must(fd >= 0, DISK);
	/* Nothing of the last round shall be there. */
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return fd;
}

static void disk_read(int fd)
{
	unsigned long at;

	for (at = 0; at < DISK_BYTES; at += CHUNK)
		must(read(fd, chunk, CHUNK) == CHUNK, "read");
}

static void disk_write(int fd)
{
	unsigned long at;

	for (at = 0; at < DISK_BYTES; at += CHUNK)
		must(write(fd, chunk, CHUNK) == CHUNK, "write");
	must(fsync(fd) == 0, "fsync");
}

static int connect_host(uint16_t port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, HOST, &to.sin_addr);
	must(fd >= 0 && connect(fd, (void *)&to, sizeof(to)) == 0, "connect");
	return fd;
}

/* All has arrived when the other side closes. */
static void tcp_send(int fd)
{
	unsigned long sent;

	for (sent = 0; sent < TCP_BYTES; sent += CHUNK)
		must(write(fd, chunk, CHUNK) == CHUNK, "send");
	shutdown(fd, SHUT_WR);
	must(read(fd, chunk, CHUNK) == 0, "end of what was sent");
}

static void tcp_receive(int fd)
{
	unsigned long received = 0;
	ssize_t n;

	while ((n = read(fd, chunk, CHUNK)) > 0)
		received += (unsigned long)n;
	must(received == TCP_BYTES, "receive");
}

static void compute_and_fork(void)
{
	mark_begin(OP_KNOWN_LOAD);
	known();
	mark_end();

	mark_begin(OP_CPU);
	compute();
	mark_end();

	mark_begin(OP_FORK);
	fork_and_exec();
	mark_end();
}

static void disk_and_tcp(void)
{
	int fd;

	fd = open_disk(O_RDONLY);
	mark_begin(OP_DISK_READ);
	disk_read(fd);
	mark_end();
	close(fd);

	fd = open_disk(O_WRONLY);
	mark_begin(OP_DISK_WRITE);
	disk_write(fd);
	mark_end();
	close(fd);

	fd = connect_host(TCP_TO_HOST);
	mark_begin(OP_TCP_SEND);
	tcp_send(fd);
	mark_end();
	close(fd);

	fd = connect_host(TCP_FROM_HOST);
	mark_begin(OP_TCP_RECEIVE);
	tcp_receive(fd);
	mark_end();
	close(fd);
}

int main(int argc, char **argv)
{
	unsigned int i;

	(void)argv;
	if (getpid() != 1)	/* for fork_and_exec() */
		return 0;
	mark_end();		/* of OP_BOOT, which the host began */
	if (argc > 1)		/* the boot was all */
		reboot(RB_POWER_OFF);
	must(run("/bench/setup", NULL), "setup");
	for (i = 0; i < ROUNDS; i++)
		compute_and_fork();
	for (i = 0; i < IO_ROUNDS; i++)
		disk_and_tcp();
	printf("bench: loads done\n");
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
