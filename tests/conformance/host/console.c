/* SPDX-License-Identifier: BSD-3-Clause */
/* Polled PL011; the firmware has set it up. */
#include "host/machine.h"
#include <stdarg.h>

#define UARTDR		0x00
#define UARTFR		0x18
#define UARTFR_TXFF	(1U << 5)

static unsigned int lock;

void console_lock(void)
{
	while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
		cpu_relax();
}

void console_unlock(void)
{
	__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

static void put(char c)
{
	volatile uint32_t *uart = (volatile uint32_t *)(uintptr_t)UART_BASE;

	while (uart[UARTFR / 4] & UARTFR_TXFF)
		;
	uart[UARTDR / 4] = (uint32_t)c;
}

static void put_number(uint64_t v, unsigned int base, unsigned int width)
{
	char digits[20];
	unsigned int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v || n < width);
	while (n)
		put(digits[--n]);
}

static void put_signed(int64_t v)
{
	if (v < 0)
		put('-');
	put_number(v < 0 ? -(uint64_t)v : (uint64_t)v, 10, 1);
}

/* One conversion, *f past the '%'; returns past it. */
static const char *put_arg(const char *f, va_list *ap)
{
	unsigned int width = 1;
	bool wide = false;

	for (; *f == '0'; f++)
		width = 16;
	for (; *f >= '1' && *f <= '9'; f++)
		;
	for (; *f == 'l'; f++)
		wide = true;
	if (*f == 's')
		for (const char *s = va_arg(*ap, const char *); *s; s++)
			put(*s);
	else if (*f == 'c')
		put((char)va_arg(*ap, int));
	else if (*f == 'd')
		put_signed(wide ? va_arg(*ap, long) : va_arg(*ap, int));
	else
		put_number(wide ? va_arg(*ap, uint64_t) : va_arg(*ap, unsigned int),
			   *f == 'x' ? 16 : 10, width);
	return f + 1;
}

void print(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	while (*format) {
		if (*format == '%') {
			format = put_arg(format + 1, &ap);
			continue;
		}
		if (*format == '\n')
			put('\r');
		put(*format++);
	}
	va_end(ap);
}
