/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/refuse.h"

/* Devices, the monitor and EL3 themselves, holes, and beyond every PA. */
const uint64_t not_granules[] = {
	UART_BASE, GICD_BASE, 0, MONITOR_BASE, EL3_BASE,
	SECURE_RAM_BASE + SECURE_RAM_SIZE - PAGE, SECURE_RAM_BASE,
	SECURE_RAM_BASE + SECURE_RAM_SIZE, DRAM_BASE - PAGE,
	DRAM_BASE + DRAM_SIZE, (1UL << 48), (1UL << 48) + PAGE,
	(1UL << 52), (1UL << 63), ~0UL & ~(PAGE - 1),
};
const unsigned int not_granules_count = ARRAY_SIZE(not_granules);

static const char *const state_names[G_STATES] = {
	"UNDELEGATED", "DELEGATED", "RD", "REC", "REC_AUX", "RTT", "DATA",
};

const struct zoo *zoo_new(void)
{
	struct zoo *z = ns_page();
	struct rec *c;

	z->realm = realm_new(GEOMETRY_DEFAULT);
	z->pa[G_UNDELEGATED] = granule_take();
	z->pa[G_DELEGATED] = granule_new();
	z->pa[G_RD] = z->realm->rd;
	z->pa[G_RTT] = z->realm->rtt;
	z->pa[G_DATA] = realm_data(z->realm, PUPPET_BASE, ns_page(), 0);
	c = rec_new(z->realm, true);
	z->pa[G_REC] = c->pa;
	z->pa[G_REC_AUX] = c->params->aux[0];
	return z;
}

void refused(const char *label, struct call c, unsigned int arg, uint64_t value,
	     uint64_t want)
{
	test_label(label);
	c.x[arg - 1] = value;
	EXPECT_EQ(call(c).x[0], want);
	test_label(NULL);
}

static void refused_unaligned(struct call c, unsigned int arg)
{
	static const uint64_t off[] = { 1, 8, 0x800, 0xfff };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(off); i++)
		refused("unaligned", c, arg, c.x[arg - 1] + off[i], E_INPUT);
}

static void refused_bounds(struct call c, unsigned int arg)
{
	unsigned int i;

	for (i = 0; i < not_granules_count; i++)
		refused("no granule", c, arg, not_granules[i], E_INPUT);
}

void refused_granule(struct call c, unsigned int arg, const struct zoo *z,
		     enum granule_state good)
{
	unsigned int i;

	refused_unaligned(c, arg);
	refused_bounds(c, arg);
	for (i = 0; i < G_STATES; i++)
		if (i != good)
			refused(state_names[i], c, arg, z->pa[i], E_INPUT);
	if (good != G_UNDELEGATED)
		refused("normal memory", c, arg, (uint64_t)ns_page(), E_INPUT);
}

void refused_ns_page(struct call c, unsigned int arg, const struct zoo *z)
{
	unsigned int i;

	refused_unaligned(c, arg);
	refused_bounds(c, arg);
	for (i = G_DELEGATED; i < G_STATES; i++)
		refused(state_names[i], c, arg, z->pa[i], E_INPUT);
	refused("secure page", c, arg, pool_base() + pool_size() / 2, E_INPUT);
}

void refused_top(const char *label, struct call c, unsigned int reg,
		 uint64_t status, uint64_t top)
{
	struct answer a = call(c);

	test_label(label);
	EXPECT_EQ(a.x[0], status);
	EXPECT_EQ(a.x[reg], top);
	test_label(NULL);
}
