/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * TCP. An address is "192.0.2.1:4433" or "[2001:db8::1]:4433", and no name: the
 * attester is static, and glibc looks up names only with libraries of its own.
 */
#ifndef ATTEST_NET_H
#define ATTEST_NET_H

#include "base.h"

#define NET_TEXT	64	/* room for an address */

/* A socket, or -1 */
int net_connect(const char *address, struct problem *p);
int net_listen(const char *address, struct problem *p);
/* Whom a socket is connected to, or if it is listening, where */
void net_name(int fd, bool is_listening, char name[NET_TEXT]);

#endif
