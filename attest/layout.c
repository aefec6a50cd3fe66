/* SPDX-License-Identifier: BSD-3-Clause */
#include "layout.h"

#include <inttypes.h>
#include <string.h>

#define KiB		(UINT64_C(1) << 10)
#define MiB		(UINT64_C(1) << 20)

/* ---------------------------------------------- the VMM: hw/arm/boot.c there */

#define INITRD_OFFSET	(128 * MiB)	/* or half of the RAM, if that is less */
#define DTB_ALIGN	(2 * MiB)
#define BOOTLOADER_SIZE	(4 * KiB)	/* kept free, though a realm has none */
#define NO_HEADER_OFFSET	(512 * KiB)

/* The header of an arm64 Image, Documentation/arch/arm64/booting.rst */
#define HEADER_SIZE	64
#define HEADER_OFFSET	8
#define HEADER_IMAGE_SIZE	16
#define HEADER_MAGIC	56

static uint64_t align_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) / to * to;
}

static uint64_t get_u64(const uint8_t *at)
{
	uint64_t value = 0;

	for (unsigned int i = 8; i-- > 0;)
		value = value << 8 | at[i];
	return value;
}

static bool starts_with(struct bytes b, const void *magic, size_t len)
{
	return b.len >= len && memcmp(b.at, magic, len) == 0;
}

/* The VMM would load these otherwise than an Image. */
static bool check_kernel(struct bytes kernel, struct problem *p)
{
	if (starts_with(kernel, "\x1f\x8b", 2))
		return fail(p, "kernel: it is compressed; unpack it with gunzip, which the VMM does, too");
	if (starts_with(kernel, "\177ELF", 4))
		return fail(p, "kernel: an ELF file is not supported, only an Image");
	if (starts_with(kernel, "\x27\x05\x19\x56", 4))
		return fail(p, "kernel: a uImage is not supported, only an Image");
	if (starts_with(kernel, "MZ", 2) && kernel.len > 8 &&
	    memcmp(kernel.at + 4, "zimg", 4) == 0)
		return fail(p, "kernel: it is compressed (EFI zboot); give the Image that is in it");
	return kernel.len > 0 || fail(p, "kernel: it is empty");
}

/* Where it goes, and how much it needs there */
static void place_kernel(struct bytes kernel, uint64_t *offset, uint64_t *size)
{
	*offset = NO_HEADER_OFFSET;
	*size = kernel.len;
	if (kernel.len < HEADER_SIZE ||
	    memcmp(kernel.at + HEADER_MAGIC, "ARM\x64", 4) != 0 ||
	    get_u64(kernel.at + HEADER_IMAGE_SIZE) == 0)
		return;
	*size = get_u64(kernel.at + HEADER_IMAGE_SIZE);
	*offset = get_u64(kernel.at + HEADER_OFFSET);
	if (*offset < BOOTLOADER_SIZE)
		*offset += 2 * MiB;
}

/* Addresses are less than 2^48, so sums do not overflow. */
static bool add_image(struct layout *l, const char *name, uint64_t base,
		      struct bytes content, struct problem *p)
{
	const struct image *last =
		l->num_images > 0 ? &l->images[l->num_images - 1] : NULL;

	if (last && base < last->base + last->content.len)
		return fail(p, "%s: it overlaps the %s, whose header is wrong",
			    name, last->name);
	if (base - LAYOUT_RAM_BASE > l->ram_size ||
	    content.len > l->ram_size - (base - LAYOUT_RAM_BASE))
		return fail(p, "%s: it does not fit into the RAM at 0x%" PRIx64,
			    name, base);
	l->images[l->num_images++] = (struct image){ name, base, content };
	return true;
}

bool layout_plan(struct layout *l, uint64_t ram_size, struct bytes kernel,
		 struct bytes initrd, struct problem *p)
{
	uint64_t half = ram_size / 2;
	uint64_t offset, size, initrd_base;

	*l = (struct layout){ .ram_size = ram_size };
	if (!check_kernel(kernel, p))
		return false;
	place_kernel(kernel, &offset, &size);
	if (offset > ram_size || size > ram_size - offset)
		return fail(p, "kernel: it does not fit into the RAM");
	l->entry = LAYOUT_RAM_BASE + offset;
	if (!add_image(l, "kernel", l->entry, kernel, p))
		return false;

	initrd_base = LAYOUT_RAM_BASE +
		      (half < INITRD_OFFSET ? half : INITRD_OFFSET);
	if (initrd_base < l->entry + size)
		initrd_base = l->entry + size;
	initrd_base = align_up(initrd_base, RIM_PAGE);
	if (starts_with(initrd, "\x27\x05\x19\x56", 4))
		return fail(p, "initrd: a uImage is not supported");
	if (initrd.len > 0 && !add_image(l, "initrd", initrd_base, initrd, p))
		return false;
	l->dtb_base = align_up(initrd_base + initrd.len, DTB_ALIGN);
	return true;
}

bool layout_add_dtb(struct layout *l, struct bytes dtb, struct problem *p)
{
	return add_image(l, "dtb", l->dtb_base, dtb, p);
}

/* ------------------------------------------------ KVM: rmi-mmu.c, and rmi.c */

#define LAST_LEVEL	3

static uint64_t span(int level)
{
	return UINT64_C(1) << (12 + 9 * (LAST_LEVEL - level));
}

/* The pages of an image; the last one is filled up with zeros. */
static uint64_t image_top(const struct image *i)
{
	return align_up(i->base + i->content.len, RIM_PAGE);
}

static uint64_t image_bottom(const struct image *i)
{
	return i->base / RIM_PAGE * RIM_PAGE;
}

static bool is_populated(const struct layout *l, uint64_t base, uint64_t top)
{
	for (size_t i = 0; i < l->num_images; i++)
		if (image_bottom(&l->images[i]) < top &&
		    base < image_top(&l->images[i]))
			return true;
	return false;
}

static void copy_overlap(uint8_t page[RIM_PAGE], uint64_t ipa,
			 const struct image *i)
{
	uint64_t end = i->base + i->content.len;
	uint64_t from = i->base > ipa ? i->base : ipa;
	uint64_t to = end < ipa + RIM_PAGE ? end : ipa + RIM_PAGE;

	if (from < to)
		memcpy(page + (from - ipa), i->content.at + (from - i->base),
		       to - from);
}

static void measure_page(const struct layout *l, uint64_t ipa,
			 const struct layout_log *log, struct rim *r)
{
	uint8_t page[RIM_PAGE] = { 0 };

	for (size_t i = 0; i < l->num_images; i++)
		copy_overlap(page, ipa, &l->images[i]);
	rim_data_create(r, ipa, page);
	if (log->page)
		log->page(log->context, ipa, page);
}

/* layout_plan() has placed them by ascending address. Two can share a page. */
static void measure_images(const struct layout *l, const struct layout_log *log,
			   struct rim *r)
{
	uint64_t done = 0;

	for (size_t i = 0; i < l->num_images; i++) {
		uint64_t ipa = image_bottom(&l->images[i]);

		for (ipa = ipa < done ? done : ipa; ipa < image_top(&l->images[i]);
		     ipa += RIM_PAGE)
			measure_page(l, ipa, log, r);
		done = ipa;
	}
}

/*
 * All RAM that is left, in the largest entries there can be. There is a table in
 * place of an entry if something below it is populated, or if it is not all RAM.
 */
static void measure_ripas(const struct layout *l, int level, uint64_t base,
			  const struct layout_log *log, struct rim *r)
{
	uint64_t top = base + span(level);
	uint64_t ram_top = LAYOUT_RAM_BASE + l->ram_size;

	if (top <= LAYOUT_RAM_BASE || base >= ram_top)
		return;
	if (base >= LAYOUT_RAM_BASE && top <= ram_top &&
	    !is_populated(l, base, top)) {
		rim_init_ripas(r, base, top);
		if (log->ripas)
			log->ripas(log->context, base, top);
		return;
	}
	if (level == LAST_LEVEL)
		return;
	for (uint64_t at = base; at < top; at += span(level + 1))
		measure_ripas(l, level + 1, at, log, r);
}

/* As few levels as possible, with up to 16 tables side by side at the start */
static int start_level(unsigned int ipa_bits)
{
	int level = 2;

	for (unsigned int bits = ipa_bits - 21; bits > 13; bits -= 9)
		level--;
	return level;
}

void layout_measure(const struct layout *l, const struct rim_params *params,
		    const struct layout_log *log, struct rim *r)
{
	const uint64_t gprs[RIM_REC_GPRS] = { l->dtb_base };
	uint64_t protected = UINT64_C(1) << (params->s2sz - 1);
	int level = start_level(params->s2sz);

	rim_realm_create(r, params);
	measure_images(l, log, r);
	for (uint64_t base = 0; base < protected; base += span(level))
		measure_ripas(l, level, base, log, r);
	rim_rec_create(r, l->entry, gprs);
}
