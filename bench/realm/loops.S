/* SPDX-License-Identifier: BSD-3-Clause */
/* The realm's side of what is measured: nothing runs that is not needed. */
#include "../markers.h"
#include "loops.h"

#define RSI_VERSION	0xc4000190	/* abi/rsi.h is C */
#define RSI_TOKEN_INIT	0xc4000194
#define RSI_TOKEN_CONTINUE 0xc4000195
#define RSI_REALM_CONFIG 0xc4000196
#define RSI_IPA_STATE_GET 0xc4000198
#define RSI_HOST_CALL	0xc4000199

	/* What lies between the two is measured: counter in x21, by marks too. */
	.macro	begin
	isb
	mrs	x20, cntvct_el0
	hint	#MARK_BEGIN
	.endm

	.macro	end
	hint	#MARK_END
	mrs	x21, cntvct_el0
	sub	x21, x21, x20
	b	report
	.endm

	.text
	.global	_start
_start:
	cmp	x0, #LOOP_HOST_CALL
	b.eq	host_call
	cmp	x0, #LOOP_MMIO
	b.eq	mmio
	cmp	x0, #LOOP_SPIN
	b.eq	spin
	adr	x27, buffer_orders

report:
	str	x21, [x27, #8]
	ldr	w0, =RSI_HOST_CALL
	mov	x1, x27
	smc	#0
	ldr	x2, [x27, #8]
	adr	x3, orders
	add	x3, x3, x2, lsl #2
	br	x3
orders:
	b	nothing
	b	known
	b	version
	b	state
	b	config
	b	id
	b	token_init
	b	token_sign

nothing:
	begin
	end

known:	begin
	mov	x2, #(KNOWN_INSTRUCTIONS / 2)
0:	subs	x2, x2, #1
	b.ne	0b
	end

version:
	ldr	w0, =RSI_VERSION
	mov	x1, #0x10000
	begin
	smc	#0
	end

state:	ldr	w0, =RSI_IPA_STATE_GET
	mov	x1, #LOOPS_BASE
	add	x2, x1, #0x1000
	begin
	smc	#0
	end

config:	ldr	w0, =RSI_REALM_CONFIG
	ldr	x1, =LOOPS_SCRATCH
	begin
	smc	#0
	end

id:	begin
	mrs	x2, id_aa64pfr0_el1
	end

token_init:
	ldr	w0, =RSI_TOKEN_INIT
	begin
	smc	#0
	end

	/* The whole of it in one call: nothing interrupts. */
token_sign:
	ldr	w0, =RSI_TOKEN_INIT
	smc	#0
	ldr	w0, =RSI_TOKEN_CONTINUE
	ldr	x1, =LOOPS_SCRATCH
	mov	x2, #0
	mov	x3, #0x1000
	begin
	smc	#0
	end

host_call:
	ldr	w2, =RSI_HOST_CALL
	adr	x1, buffer_call
0:	mov	w0, w2
	smc	#0
	b	0b

mmio:	ldr	x0, =LOOPS_MMIO
0:	ldr	x1, [x0]
	b	0b

spin:	b	spin
	.ltorg

	/* struct rsi_host_call */
	.balign	256
buffer_orders:
	.space	256
buffer_call:
	.space	256
	.balign	0x1000
