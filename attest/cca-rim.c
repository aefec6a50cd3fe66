/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * cca-rim: what the initial measurement of a realm will be. See man/cca-rim.1.
 */
#include "dtb.h"
#include "layout.h"
#include "options.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_IMAGE	(UINT64_C(1) << 30)
#define FLAG_SVE	2
#define SVE_STEP	128

enum { KERNEL, INITRD, DTB, APPEND, HASH, IPA_BITS, SVE, BREAKPOINTS,
       WATCHPOINTS, WRITE_DTB, JSON, VERBOSE };

static const struct option_row rows[] = {
	[KERNEL] = { 'k', "kernel", "FILE", "the kernel, as for -kernel" },
	[INITRD] = { 'i', "initrd", "FILE", "the initial RAM disk, as for -initrd" },
	[DTB] = { 'd', "dtb", "FILE", "device tree, from -machine dumpdtb=FILE" },
	[APPEND] = { 'a', "append", "TEXT", "the command line; else what the tree has" },
	[HASH] = { 'H', "measurement-algorithm", "NAME", "sha256 or sha512 (default)" },
	[IPA_BITS] = { 0, "ipa-bits", "N", "of the realm, 32 to 48 (default: 41)" },
	[SVE] = { 0, "sve", "BITS", "vector length, 0: no SVE (default: 128)" },
	[BREAKPOINTS] = { 0, "breakpoints", "N", "of the CPU (default: 6)" },
	[WATCHPOINTS] = { 0, "watchpoints", "N", "of the CPU (default: 4)" },
	[WRITE_DTB] = { 0, "write-dtb", "FILE", "write the tree that is measured" },
	[JSON] = { 'j', "json", NULL, "as reference values for cca-token" },
	[VERBOSE] = { 'v', "verbose", NULL, "say on stderr what is measured; twice: each call" },
};

struct settings {
	const char *kernel;
	const char *initrd;
	const char *dtb;
	const char *append;
	const char *write_dtb;
	struct rim_params params;
	bool json;
	unsigned int verbose;
};

/* ----------------------------------------------------------------- options */

static bool set_hash(struct rim_params *params, const char *text,
		     struct problem *p)
{
	if (strcmp(text, "sha256") == 0)
		params->hash = RIM_SHA256;
	else if (strcmp(text, "sha512") == 0)
		params->hash = RIM_SHA512;
	else
		return fail(p, "--measurement-algorithm: sha256 or sha512");
	return true;
}

static bool set_sve(struct rim_params *params, const char *text,
		    struct problem *p)
{
	uint64_t bits;

	if (!number_parse(text, 2048, &bits) || bits % SVE_STEP != 0)
		return fail(p, "--sve: 0 or a multiple of 128 up to 2048");
	params->flags = bits ? FLAG_SVE : 0;
	params->sve_vl = bits ? (uint8_t)(bits / SVE_STEP - 1) : 0;
	return true;
}

/* Encoded as one less; one alone has no encoding. */
static bool set_points(uint8_t *out, const char *option, const char *text,
		       struct problem *p)
{
	uint64_t n;

	if (!number_parse(text, 64, &n) || n < 2)
		return fail(p, "--%s: a number from 2 to 64", option);
	*out = (uint8_t)(n - 1);
	return true;
}

static bool set_ipa_bits(struct rim_params *params, const char *text,
			 struct problem *p)
{
	uint64_t n;

	if (!number_parse(text, 48, &n) || n < 32)
		return fail(p, "--ipa-bits: a number from 32 to 48");
	params->s2sz = (uint8_t)n;
	return true;
}

static bool set(void *context, size_t row, const char *text, struct problem *p)
{
	struct settings *s = context;

	switch (row) {
	case KERNEL:
		s->kernel = text;
		return true;
	case INITRD:
		s->initrd = text;
		return true;
	case DTB:
		s->dtb = text;
		return true;
	case APPEND:
		s->append = text;
		return true;
	case HASH:
		return set_hash(&s->params, text, p);
	case IPA_BITS:
		return set_ipa_bits(&s->params, text, p);
	case SVE:
		return set_sve(&s->params, text, p);
	case BREAKPOINTS:
		return set_points(&s->params.num_bps, rows[row].name, text, p);
	case WATCHPOINTS:
		return set_points(&s->params.num_wps, rows[row].name, text, p);
	case WRITE_DTB:
		s->write_dtb = text;
		return true;
	case JSON:
		s->json = true;
		return true;
	default:
		s->verbose++;
		return true;
	}
}

/* ------------------------------------------------------------------- inputs */

struct inputs {
	struct buffer kernel;
	struct buffer initrd;
	struct buffer template;
	struct buffer dtb;	/* what the realm gets */
	struct dtb_info info;
};

static bool read_inputs(const struct settings *s, struct inputs *in,
			struct problem *p)
{
	if (!file_read(s->kernel, MAX_IMAGE, &in->kernel, p) ||
	    (s->initrd && !file_read(s->initrd, MAX_IMAGE, &in->initrd, p)) ||
	    !file_read(s->dtb, DTB_MAX_SIZE, &in->template, p))
		return false;
	return dtb_inspect(bytes_of(&in->template), &in->info, p) ||
	       fail_in(p, "%s", s->dtb);
}

static bool check_settings(const struct settings *s, const struct inputs *in,
			   struct problem *p)
{
	const struct dtb_info *info = &in->info;

	if (info->ram_base != LAYOUT_RAM_BASE)
		return fail(p, "%s: the RAM is not where machine virt has it",
			    s->dtb);
	if (info->ram_base + info->ram_size > UINT64_C(1) << (s->params.s2sz - 1))
		return fail(p, "--ipa-bits: too few for the RAM");
	if (info->has_initrd != (in->initrd.len > 0))
		return fail(p, "%s: dump it %s -initrd, as the realm is run",
			    s->dtb, info->has_initrd ? "without" : "with");
	if (s->append && (info->bootargs != NULL) != (*s->append != '\0'))
		return fail(p, "%s: dump it %s -append, as the realm is run",
			    s->dtb, info->bootargs ? "without" : "with");
	return true;
}

static const struct image *find_image(const struct layout *l, const char *name)
{
	for (size_t i = 0; i < l->num_images; i++)
		if (strcmp(l->images[i].name, name) == 0)
			return &l->images[i];
	return NULL;
}

static bool make_dtb(const struct settings *s, const struct layout *l,
		     struct inputs *in, struct problem *p)
{
	const struct image *initrd = find_image(l, "initrd");
	uint64_t start = initrd ? initrd->base : 0;
	uint64_t end = initrd ? start + initrd->content.len : 0;
	const char *append = s->append && *s->append ? s->append : NULL;

	return dtb_edit(bytes_of(&in->template), append, start, end, &in->dtb,
			p) ||
	       fail_in(p, "%s", s->dtb);
}

static bool plan(const struct settings *s, struct inputs *in, struct layout *l,
		 struct problem *p)
{
	return read_inputs(s, in, p) && check_settings(s, in, p) &&
	       layout_plan(l, in->info.ram_size, bytes_of(&in->kernel),
			   bytes_of(&in->initrd), p) &&
	       make_dtb(s, l, in, p) &&
	       layout_add_dtb(l, bytes_of(&in->dtb), p) &&
	       (!s->write_dtb || file_write(s->write_dtb, bytes_of(&in->dtb), p));
}

/* ------------------------------------------------------------------ outputs */

static void log_page(void *context, uint64_t ipa, const uint8_t *content)
{
	(void)context;
	(void)content;
	fprintf(stderr, "data   0x%" PRIx64 "\n", ipa);
}

static void log_ripas(void *context, uint64_t base, uint64_t top)
{
	(void)context;
	fprintf(stderr, "ripas  0x%" PRIx64 " to 0x%" PRIx64 "\n", base, top);
}

static void show_layout(const struct settings *s, const struct inputs *in,
			const struct layout *l)
{
	fprintf(stderr, "RAM    0x%" PRIx64 ", %" PRIu64 " MiB; %u CPUs; %u bits of IPA\n",
		LAYOUT_RAM_BASE, l->ram_size >> 20, in->info.num_cpus,
		s->params.s2sz);
	for (size_t i = 0; i < l->num_images; i++)
		fprintf(stderr, "%-6s 0x%" PRIx64 ", %zu bytes\n",
			l->images[i].name, l->images[i].base,
			l->images[i].content.len);
	fprintf(stderr, "start  0x%" PRIx64 ", X0 0x%" PRIx64 "\n", l->entry,
		l->dtb_base);
}

static void show(const struct settings *s, const struct rim *r)
{
	char *hex = hex_of(rim_value(r));
	json_t *json;

	if (s->json) {
		json = json_pack("{s:{s:s,s:s}}", "realm", "hash-algorithm",
				 s->params.hash == RIM_SHA512 ? "sha-512" :
								"sha-256",
				 "initial-measurement", hex);
		json_dumpf(json, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(json);
	} else {
		puts(hex);
	}
	free(hex);
}

static void free_inputs(struct inputs *in)
{
	buffer_free(&in->kernel);
	buffer_free(&in->initrd);
	buffer_free(&in->template);
	buffer_free(&in->dtb);
}

int main(int argc, char **argv)
{
	struct settings s = {
		.params = { .flags = FLAG_SVE, .s2sz = 41, .num_bps = 5,
			    .num_wps = 3, .hash = RIM_SHA512 },
	};
	const struct program prog = {
		.name = "cca-rim",
		.synopsis = "--kernel=FILE --dtb=FILE",
		.purpose = "Predict the initial measurement (RIM) of a realm that our VMM starts.",
		.rows = rows, .num_rows = ARRAY_SIZE(rows),
		.set = set, .context = &s,
	};
	struct layout_log log = { NULL, NULL, NULL };
	struct inputs in = { 0 };
	struct problem p;
	struct layout l;
	struct rim r;

	if (options_parse(&prog, argc, argv) != argc)
		usage_error(&prog, "only options are expected");
	if (!s.kernel || !s.dtb)
		usage_error(&prog, "--kernel and --dtb are needed");
	if (!plan(&s, &in, &l, &p))
		give_up(&prog, EXIT_TROUBLE, &p);
	if (s.verbose > 0)
		show_layout(&s, &in, &l);
	if (s.verbose > 1)
		log = (struct layout_log){ log_page, log_ripas, NULL };
	layout_measure(&l, &s.params, &log, &r);
	show(&s, &r);
	free_inputs(&in);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_TROUBLE;
}
