/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TMM_HAL_CONSOLE_H
#define TMM_HAL_CONSOLE_H

/* Boot messages and panics only: nothing a host or realm does is ever logged. */
void hal_console_puts(const char *s);

#endif
