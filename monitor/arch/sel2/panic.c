/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The end: say where, give the host its registers back, tell EL3, which never
 * enters the monitor again, on any CPU. Realm memory stays where no other world
 * can read it.
 */
#include "arch/sel2/panic.h"
#include "arch/sel2/vcpu.h"
#include "hal/console.h"
#include "lib/check.h"
#include <stdbool.h>

unsigned char panic_happened;

static void put_number(uint64_t n, unsigned int base)
{
	char text[20];
	unsigned int i = sizeof(text);

	text[--i] = '\0';
	do {
		text[--i] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n != 0);
	hal_console_puts(&text[i]);
}

/* Only the first CPU speaks; the text of two would mix. Who waits for a lock wakes. */
static bool panic_first(void)
{
	bool first = !__atomic_exchange_n(&panic_happened, 1, __ATOMIC_RELAXED);

	asm volatile("dsb ish\n\tsev" : : : "memory");
	return first;
}

noreturn void panic_follow(void)
{
	vcpu_abandon();
	panic_stop();
}

noreturn void panic(const char *what, const char *file, int line)
{
	if (panic_first()) {
		hal_console_puts("\nTMM panic: ");
		hal_console_puts(file);
		hal_console_puts(":");
		put_number((uint64_t)line, 10);
		hal_console_puts(": ");
		hal_console_puts(what);
		hal_console_puts("\n");
	}
	panic_follow();
}

noreturn void panic_exception(uint64_t esr, uint64_t elr, uint64_t far)
{
	if (panic_first()) {
		hal_console_puts("\nTMM panic: exception esr 0x");
		put_number(esr, 16);
		hal_console_puts(" elr 0x");
		put_number(elr, 16);
		hal_console_puts(" far 0x");
		put_number(far, 16);
		hal_console_puts("\n");
	}
	panic_follow();
}

/* Stack protector of the compiler; the value is set by entry.S. */
uint64_t __stack_chk_guard;

noreturn void __stack_chk_fail(void);

noreturn void __stack_chk_fail(void)
{
	panic("stack smashed", __FILE_NAME__, __LINE__);
}
