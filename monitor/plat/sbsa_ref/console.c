/* SPDX-License-Identifier: BSD-3-Clause */
/* PL011, transmit only. EL3 has set line and speed before. */
#include "arch/sel2/plat.h"
#include "hal/console.h"

#define UART_DR		0x00
#define UART_FR		0x18
#define UART_CR		0x30
#define UART_FR_TXFF	(1U << 5)
#define UART_CR_ENABLE	((1U << 0) | (1U << 8))	/* UARTEN, TXE */

static uint64_t uart;

static volatile uint32_t *uart_reg(uint64_t offset)
{
	return (volatile uint32_t *)(uart + offset);
}

void plat_console_init(uint64_t base)
{
	uart = base;
	if (uart != 0)
		*uart_reg(UART_CR) |= UART_CR_ENABLE;
}

static void uart_putc(char c)
{
	while (*uart_reg(UART_FR) & UART_FR_TXFF)
		;
	*uart_reg(UART_DR) = (unsigned char)c;
}

void hal_console_puts(const char *s)
{
	if (uart == 0)
		return;
	for (; *s != '\0'; s++) {
		if (*s == '\n')
			uart_putc('\r');
		uart_putc(*s);
	}
}
