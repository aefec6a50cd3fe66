/* SPDX-License-Identifier: BSD-3-Clause */
/* The page that the realm runs, as DATA_CREATE's source. */
	.data
	.balign	0x1000
	.global	loops_page
loops_page:
	.incbin	"loops.bin"
	.balign	0x1000
