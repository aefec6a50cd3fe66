/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * CHECK guards what only a bug of ours can break. It stays in every build, and
 * no register value of a host or realm may ever reach one that fails.
 */
#ifndef TMM_LIB_CHECK_H
#define TMM_LIB_CHECK_H

#include <stdnoreturn.h>

#define MUST_USE	__attribute__((warn_unused_result))

/* Provided by the backend: stops secure work for good. */
noreturn void panic(const char *what, const char *file, int line);

#define CHECK(cond)						\
	do {							\
		if (__builtin_expect(!(cond), 0))		\
			panic(#cond, __FILE_NAME__, __LINE__);	\
	} while (0)

#endif
