/* SPDX-License-Identifier: BSD-3-Clause */
#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union address {
	struct sockaddr any;
	struct sockaddr_in in4;
	struct sockaddr_in6 in6;
};

static socklen_t size_of(const union address *a)
{
	return a->any.sa_family == AF_INET6 ? sizeof(a->in6) : sizeof(a->in4);
}

/* "[address]" for version 6, without the brackets if there are none */
static bool parse_host(const char *host, size_t len, uint16_t port,
		       union address *a)
{
	char text[NET_TEXT];

	memset(a, 0, sizeof(*a));
	if (len >= sizeof(text) || len < 2)
		return false;
	memcpy(text, host, len);
	text[len] = '\0';
	if (text[0] == '[' && text[len - 1] == ']') {
		text[len - 1] = '\0';
		a->in6.sin6_family = AF_INET6;
		a->in6.sin6_port = htons(port);
		return inet_pton(AF_INET6, text + 1, &a->in6.sin6_addr) == 1;
	}
	a->in4.sin_family = AF_INET;
	a->in4.sin_port = htons(port);
	return inet_pton(AF_INET, text, &a->in4.sin_addr) == 1;
}

static bool parse(const char *text, union address *a, struct problem *p)
{
	const char *colon = strrchr(text, ':');
	uint64_t port;

	if (colon && number_parse(colon + 1, UINT16_MAX, &port) &&
	    parse_host(text, (size_t)(colon - text), (uint16_t)port, a))
		return true;
	return fail(p, "\"%s\" is not like 192.0.2.1:4433 or [2001:db8::1]:4433",
		    text);
}

static int failed(int fd, const char *address, struct problem *p)
{
	fail(p, "%s: %s", address, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int net_connect(const char *address, struct problem *p)
{
	union address a;
	int fd;

	if (!parse(address, &a, p))
		return -1;
	fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, &a.any, size_of(&a)) != 0)
		return failed(fd, address, p);
	return fd;
}

int net_listen(const char *address, struct problem *p)
{
	union address a;
	int fd, on = 1;

	if (!parse(address, &a, p))
		return -1;
	fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    bind(fd, &a.any, size_of(&a)) != 0 || listen(fd, 16) != 0)
		return failed(fd, address, p);
	return fd;
}

void net_name(int fd, bool is_listening, char name[NET_TEXT])
{
	union address a;
	socklen_t len = sizeof(a);
	char host[INET6_ADDRSTRLEN] = "?";

	memset(&a, 0, sizeof(a));
	if (is_listening)
		getsockname(fd, &a.any, &len);
	else
		getpeername(fd, &a.any, &len);
	if (a.any.sa_family == AF_INET6) {
		inet_ntop(AF_INET6, &a.in6.sin6_addr, host, sizeof(host));
		snprintf(name, NET_TEXT, "[%s]:%u", host,
			 ntohs(a.in6.sin6_port));
	} else {
		inet_ntop(AF_INET, &a.in4.sin_addr, host, sizeof(host));
		snprintf(name, NET_TEXT, "%s:%u", host, ntohs(a.in4.sin_port));
	}
}
