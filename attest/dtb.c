/* SPDX-License-Identifier: BSD-3-Clause */
#include "dtb.h"

#include <libfdt.h>
#include <string.h>

#define BOOTARGS	"bootargs"
#define INITRD_START	"linux,initrd-start"
#define INITRD_END	"linux,initrd-end"

/* A text, with its end; NULL if it is something else, or is not there */
static const char *get_text(const void *fdt, int node, const char *name)
{
	int len;
	const char *text = fdt_getprop(fdt, node, name, &len);

	return text && len > 0 && memchr(text, '\0', (size_t)len) == text + len - 1 ?
	       text : NULL;
}

/* `reg` of machine virt: an address and a size of two cells each */
static bool get_memory(const void *fdt, int node, struct dtb_info *info,
		       struct problem *p)
{
	int len;
	const fdt64_t *reg = fdt_getprop(fdt, node, "reg", &len);
	uint64_t base, size;

	if (!reg || len != 16)
		return fail(p, "a memory node is not like that of machine virt");
	base = fdt64_ld(reg);
	size = fdt64_ld(reg + 1);
	if (info->ram_size == 0)
		info->ram_base = base;
	else if (base != info->ram_base + info->ram_size)
		return fail(p, "the RAM has holes");
	if (size == 0 || size >= UINT64_C(1) << 47)
		return fail(p, "the size of the RAM is impossible");
	info->ram_size += size;
	return true;
}

static bool has_device_type(const void *fdt, int node, const char *type)
{
	const char *text = get_text(fdt, node, "device_type");

	return text && strcmp(text, type) == 0;
}

static bool find_memory(const void *fdt, struct dtb_info *info,
			struct problem *p)
{
	int node;

	fdt_for_each_subnode(node, fdt, 0)
		if (has_device_type(fdt, node, "memory") &&
		    !get_memory(fdt, node, info, p))
			return false;
	return info->ram_size > 0 || fail(p, "it names no RAM");
}

static unsigned int count_cpus(const void *fdt)
{
	int cpus = fdt_path_offset(fdt, "/cpus");
	unsigned int n = 0;
	int node;

	if (cpus < 0)
		return 0;
	fdt_for_each_subnode(node, fdt, cpus)
		if (has_device_type(fdt, node, "cpu"))
			n++;
	return n;
}

static bool check_realm(const void *fdt, int chosen, struct problem *p)
{
	int psci = fdt_path_offset(fdt, "/psci");
	const char *method = psci < 0 ? NULL : get_text(fdt, psci, "method");

	if (!method || strcmp(method, "smc") != 0)
		return fail(p, "it is not of a realm, which calls PSCI by smc");
	if (chosen < 0)
		return fail(p, "there is no /chosen");
	if (fdt_getprop(fdt, chosen, "kaslr-seed", NULL) ||
	    fdt_getprop(fdt, chosen, "rng-seed", NULL))
		return fail(p, "there are random seeds in it, so it differs each time");
	return true;
}

/* The size of the item that a tree's structure begins with; 0: it is none. */
static size_t item_size(struct bytes b)
{
	const uint8_t *end;
	size_t len;

	if (b.len < FDT_TAGSIZE)
		return 0;
	switch (fdt32_ld((const fdt32_t *)b.at)) {
	case FDT_NOP:
	case FDT_END_NODE:
	case FDT_END:
		return FDT_TAGSIZE;
	case FDT_BEGIN_NODE:
		end = memchr(b.at + FDT_TAGSIZE, '\0', b.len - FDT_TAGSIZE);
		return end ? (size_t)(end - b.at) / 4 * 4 + 4 : 0;
	case FDT_PROP:
		if (b.len < sizeof(struct fdt_property))
			return 0;
		len = fdt32_ld((const fdt32_t *)b.at + 1);
		return sizeof(struct fdt_property) + (len + 3) / 4 * 4;
	default:
		return 0;
	}
}

/*
 * libfdt 1.6 adds up lengths as they come, and so walks back, and for ever, if one
 * of them is meant to be taken for a negative number.
 */
static bool lengths_fit(struct bytes dtb)
{
	struct bytes b = { dtb.at + fdt_off_dt_struct(dtb.at),
			   fdt_size_dt_struct(dtb.at) };

	while (b.len > 0) {
		size_t size = item_size(b);

		if (size == 0 || size > b.len)
			return false;
		b.at += size;
		b.len -= size;
	}
	return true;
}

/*
 * fdt_check_full() of libfdt 1.6 follows a null pointer, too, in trees of a version
 * before 16. There has been none since 2005; the VMM's have 17.
 */
static bool is_tree(struct bytes dtb)
{
	return dtb.len >= sizeof(struct fdt_header) &&
	       fdt_check_header(dtb.at) == 0 &&
	       fdt_totalsize(dtb.at) <= dtb.len &&
	       fdt_off_dt_struct(dtb.at) % 4 == 0 &&
	       fdt_version(dtb.at) == FDT_LAST_SUPPORTED_VERSION &&
	       lengths_fit(dtb) && fdt_check_full(dtb.at, dtb.len) == 0;
}

bool dtb_inspect(struct bytes dtb, struct dtb_info *info, struct problem *p)
{
	const void *fdt = dtb.at;
	int chosen;

	*info = (struct dtb_info){ 0 };
	if (!is_tree(dtb))
		return fail(p, "it is not a device tree");
	chosen = fdt_path_offset(fdt, "/chosen");
	if (!check_realm(fdt, chosen, p) || !find_memory(fdt, info, p))
		return false;
	info->num_cpus = count_cpus(fdt);
	info->bootargs = get_text(fdt, chosen, BOOTARGS);
	info->has_initrd = fdt_getprop(fdt, chosen, INITRD_START, NULL) &&
			   fdt_getprop(fdt, chosen, INITRD_END, NULL);
	return true;
}

/*
 * A property that was not there would be added in another place than where the
 * VMM puts it, and the result be another measurement. So only replace.
 */
static bool replace(void *fdt, const char *name, const void *value, int len,
		    struct problem *p)
{
	int chosen = fdt_path_offset(fdt, "/chosen");
	int error;

	if (!fdt_getprop(fdt, chosen, name, NULL))
		return fail(p, "there is no %s in it to be changed", name);
	error = fdt_setprop(fdt, chosen, name, value, len);
	return error == 0 || fail(p, "%s: %s", name, fdt_strerror(error));
}

static bool replace_address(void *fdt, const char *name, uint64_t address,
			    struct problem *p)
{
	fdt64_t value;

	fdt64_st(&value, address);
	return replace(fdt, name, &value, sizeof(value), p);
}

/* The size that a property of that length takes */
static int in_words(int len)
{
	return (len + 3) / 4 * 4;
}

/* What was in the tree behind a property when it was added */
struct tail {
	struct bytes tree;
	struct bytes names;
};

/* All that was added later comes before /chosen, and after its name. */
static struct tail find_tail(const void *fdt, const char *name)
{
	int len;
	const struct fdt_property *prop =
		fdt_get_property(fdt, fdt_path_offset(fdt, "/chosen"), name, &len);
	const uint8_t *names = (const uint8_t *)fdt + fdt_off_dt_strings(fdt);
	const uint8_t *end = (const uint8_t *)fdt + fdt_off_dt_struct(fdt) +
			     fdt_size_dt_struct(fdt);
	const uint8_t *at;

	if (!prop)
		return (struct tail){ { NULL, 0 }, { NULL, 0 } };
	at = (const uint8_t *)prop + sizeof(*prop) + in_words(len);
	return (struct tail){
		{ at, (size_t)(end - at) },
		{ names, fdt32_ld(&prop->nameoff) + strlen(name) + 1 },
	};
}

static uint8_t tail_byte(const struct tail *t, size_t at)
{
	if (at < t->tree.len)
		return t->tree.at[at];
	at -= t->tree.len;
	return at < t->names.len ? t->names.at[at] : 0;
}

/*
 * libfdt does not clear the bytes that fill up the last word of a property. What
 * they are in the VMM's tree is what was there before it was inserted, and they
 * are measured with all the rest.
 */
static void fill_up(void *fdt, const char *name, const struct tail *t)
{
	int len;
	struct fdt_property *prop = fdt_get_property_w(
		fdt, fdt_path_offset(fdt, "/chosen"), name, &len);

	for (int i = len; prop && i < in_words(len); i++)
		prop->data[i] = (char)tail_byte(t, sizeof(*prop) + (size_t)i);
}

/* `old` is the tree before; it stays as it is. */
static bool edit_bootargs(const void *old, void *fdt, const char *bootargs,
			  struct problem *p)
{
	struct tail t = find_tail(old, BOOTARGS);

	if (!replace(fdt, BOOTARGS, bootargs, (int)strlen(bootargs) + 1, p))
		return false;
	fill_up(fdt, BOOTARGS, &t);
	return true;
}

static bool edit(const void *old, void *fdt, const char *bootargs,
		 uint64_t start, uint64_t end, struct problem *p)
{
	if (bootargs && !edit_bootargs(old, fdt, bootargs, p))
		return false;
	if (end > start && (!replace_address(fdt, INITRD_START, start, p) ||
			    !replace_address(fdt, INITRD_END, end, p)))
		return false;
	return fdt_pack(fdt) == 0 || fail(p, "it cannot be packed");
}

bool dtb_edit(struct bytes dtb, const char *bootargs, uint64_t start,
	      uint64_t end, struct buffer *out, struct problem *p)
{
	size_t room = dtb.len + (bootargs ? strlen(bootargs) : 0) + 64;

	*out = (struct buffer){ xmalloc(room), room };
	memset(out->at, 0, room);
	if (fdt_open_into(dtb.at, out->at, (int)room) != 0) {
		buffer_free(out);
		return fail(p, "it cannot be edited");
	}
	if (!edit(dtb.at, out->at, bootargs, start, end, p)) {
		buffer_free(out);
		return false;
	}
	out->len = fdt_totalsize(out->at);
	return true;
}
