/* SPDX-License-Identifier: BSD-3-Clause */
/* What the monitor believes of EL3's manifest (arch/aarch64/manifest.c). */
#include "arch/aarch64/manifest.h"
#include "unit.h"
#include <stddef.h>
#include <string.h>

#define IMAGE	UINT64_C(0x20000000)
#define MIB2	UINT64_C(0x200000)
#define PA_BITS	48
#define PA_END	(UINT64_C(1) << PA_BITS)

static struct tmm_manifest proper(void)
{
	return (struct tmm_manifest){
		.magic = TMM_MANIFEST_MAGIC,
		.version = TMM_MANIFEST_VERSION,
		.size = sizeof(struct tmm_manifest),
		.cpu_count = 4,
		.secure_count = 2,
		.dram_count = 2,
		.console_base = 0x60030000,
		.gicr_base = 0x40080000,
		.gicr_stride = 0x20000,
		.attest_base = 0x3fffe000,
		.attest_size = sizeof(struct tmm_attest),
		.secure = {
			{ .base = IMAGE + 8 * MIB2, .size = 16 * MIB2, .node = 1 },
			{ .base = IMAGE + MIB2, .size = 7 * MIB2 },
		},
		.dram = {
			{ .base = UINT64_C(1) << 40, .size = 1024 * MIB2 },
			{ .base = UINT64_C(0x80000000), .size = MIB2, .node = 3 },
		},
	};
}

/* One field of a proper manifest changed: refused, or still good. */
struct change {
	const char *name;
	size_t offset;
	unsigned int bytes;
	uint64_t value;
	bool is_good;
};

#define FIELD(f, v, good)						\
	{ #f " = " #v, offsetof(struct tmm_manifest, f),		\
	  sizeof(((struct tmm_manifest *)0)->f), v, good }

static const struct change changes[] = {
	FIELD(magic, TMM_MANIFEST_MAGIC, true),
	FIELD(magic, 0, false),
	FIELD(version, TMM_MANIFEST_VERSION + 1, false),
	FIELD(size, sizeof(struct tmm_manifest) - 8, false),
	FIELD(reserved, 1, false),
	FIELD(attest_base, 0x3fc00000, true),
	FIELD(attest_base, 0x3fc00800, false),
	FIELD(attest_base, IMAGE + 0x1000, false),
	FIELD(attest_base, IMAGE + 8 * MIB2, false),
	FIELD(attest_base, 0x60030000, false),		/* the console */
	FIELD(attest_base, PA_END - 0x1000, true),
	FIELD(attest_base, PA_END, false),
	FIELD(attest_base, 0, false),			/* of a size, all the same */
	FIELD(attest_size, 0, false),
	FIELD(attest_size, sizeof(struct tmm_attest) + 1, false),
	FIELD(cpu_count, 0, false),
	FIELD(cpu_count, TMM_MAX_CPUS, true),
	FIELD(cpu_count, TMM_MAX_CPUS + 1, false),
	FIELD(secure_count, 0, false),
	FIELD(secure_count, 1, true),
	FIELD(secure_count, 3, false),			/* the third is empty */
	FIELD(secure_count, TMM_MAX_RANGES + 1, false),
	FIELD(dram_count, 0, false),
	FIELD(dram_count, TMM_MAX_RANGES + 1, false),
	FIELD(secure[0].reserved, 1, false),
	FIELD(secure[0].base, IMAGE + 8 * MIB2 + 0x1000, false),
	FIELD(secure[0].base, IMAGE, false),
	FIELD(secure[0].base, IMAGE + 7 * MIB2, false),
	FIELD(secure[0].base, PA_END - 16 * MIB2, true),
	FIELD(secure[0].base, PA_END - 15 * MIB2, false),
	FIELD(secure[0].base, PA_END, false),
	FIELD(secure[0].base, ~UINT64_C(0) - MIB2 + 1, false),
	FIELD(secure[0].size, 0, false),
	FIELD(secure[0].size, MIB2 + 0x1000, false),
	FIELD(secure[0].size, ~UINT64_C(0) - MIB2 + 1, false),
	FIELD(secure[1].base, IMAGE - 7 * MIB2, true),
	FIELD(secure[1].base, IMAGE - 6 * MIB2, false),
	FIELD(dram[1].base, IMAGE, false),
	FIELD(dram[1].base, IMAGE + 8 * MIB2, false),
	FIELD(dram[1].base, IMAGE + 24 * MIB2, true),
	FIELD(dram[1].base, 0x40000000, false),		/* over the redistributors */
	FIELD(dram[1].base, 0x60000000, false),		/* over the console */
	FIELD(gicr_base, 0, false),
	FIELD(gicr_base, 0x40081000, false),
	FIELD(gicr_base, PA_END, false),
	FIELD(gicr_base, IMAGE, false),
	FIELD(gicr_base, 0x60000000, false),		/* over the console */
	FIELD(gicr_stride, 0x10000, false),
	FIELD(gicr_stride, 0x21000, false),
	FIELD(gicr_stride, 0x40000, true),
	FIELD(gicr_stride, UINT64_C(1) << 62, false),
	FIELD(console_base, 0, true),
	FIELD(console_base, 0x60030004, false),
	FIELD(console_base, IMAGE + 0x3000, false),
	FIELD(console_base, 0x40080000, false),
	FIELD(console_base, 0x80000000, false),
};

static void one_change(const void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COUNT_OF(changes); i++) {
		const struct change *c = &changes[i];
		struct tmm_manifest m = proper();

		memcpy((unsigned char *)&m + c->offset, &c->value, c->bytes);
		if (manifest_check(&m, PA_BITS, IMAGE) != c->is_good)
			FAIL("%s: %s", c->name, c->is_good ? "refused" : "taken");
	}
}

static void sorted(const void *arg)
{
	struct tmm_manifest m = proper();

	(void)arg;
	EXPECT_EQ(manifest_check(&m, PA_BITS, IMAGE), true);
	EXPECT_EQ(m.secure[0].base, IMAGE + MIB2);
	EXPECT_EQ(m.secure[1].node, 1);
	EXPECT_EQ(m.dram[0].node, 3);
	EXPECT_EQ(m.dram[1].size, 1024 * MIB2);
}

static void small_address_space(const void *arg)
{
	struct tmm_manifest m = proper();

	(void)arg;
	EXPECT_EQ(manifest_check(&m, 40, IMAGE), false);
	m.dram[0].base = (UINT64_C(1) << 40) - m.dram[0].size;
	EXPECT_EQ(manifest_check(&m, 40, IMAGE), true);
}

static const struct unit_test tests[] = {
	{ "manifest: one field changed", one_change, NULL },
	{ "manifest: ranges are sorted", sorted, NULL },
	{ "manifest: small address space", small_address_space, NULL },
};

void suite_manifest(void)
{
	UNIT_TESTS(tests);
}
