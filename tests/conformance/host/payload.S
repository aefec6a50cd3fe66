/* SPDX-License-Identifier: BSD-3-Clause */
/* The realm payload, page aligned so that its pages serve as DATA_CREATE's source. */
	.data
	.balign	0x1000
	.global	payload_start, payload_end
payload_start:
	.incbin	"puppet.bin"
	.balign	0x1000
payload_end:
