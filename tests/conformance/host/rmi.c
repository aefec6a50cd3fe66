/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/rmi.h"
#include "host/test.h"

#define X1	(1U << 1)
#define X2	(1U << 2)

const struct command commands[] = {
	{ RMI_VERSION, "VERSION", 1, 2, X1 | X2 },
	{ RMI_GRANULE_DELEGATE, "GRANULE_DELEGATE", 1, 0, 0 },
	{ RMI_GRANULE_UNDELEGATE, "GRANULE_UNDELEGATE", 1, 0, 0 },
	{ RMI_DATA_CREATE, "DATA_CREATE", 5, 0, 0 },
	{ RMI_DATA_CREATE_UNKNOWN, "DATA_CREATE_UNKNOWN", 3, 0, 0 },
	{ RMI_DATA_DESTROY, "DATA_DESTROY", 2, 2, X2 },
	{ RMI_REALM_ACTIVATE, "REALM_ACTIVATE", 1, 0, 0 },
	{ RMI_REALM_CREATE, "REALM_CREATE", 2, 0, 0 },
	{ RMI_REALM_DESTROY, "REALM_DESTROY", 1, 0, 0 },
	{ RMI_REC_CREATE, "REC_CREATE", 3, 0, 0 },
	{ RMI_REC_DESTROY, "REC_DESTROY", 1, 0, 0 },
	{ RMI_REC_ENTER, "REC_ENTER", 2, 0, 0 },
	{ RMI_RTT_CREATE, "RTT_CREATE", 4, 0, 0 },
	{ RMI_RTT_DESTROY, "RTT_DESTROY", 3, 2, X2 },
	{ RMI_RTT_MAP_UNPROTECTED, "RTT_MAP_UNPROTECTED", 4, 0, 0 },
	{ RMI_RTT_READ_ENTRY, "RTT_READ_ENTRY", 3, 4, 0 },
	{ RMI_RTT_UNMAP_UNPROTECTED, "RTT_UNMAP_UNPROTECTED", 3, 1, X1 },
	{ RMI_PSCI_COMPLETE, "PSCI_COMPLETE", 3, 0, 0 },
	{ RMI_FEATURES, "FEATURES", 1, 1, 0 },
	{ RMI_RTT_FOLD, "RTT_FOLD", 3, 1, 0 },
	{ RMI_REC_AUX_COUNT, "REC_AUX_COUNT", 1, 1, 0 },
	{ RMI_RTT_INIT_RIPAS, "RTT_INIT_RIPAS", 3, 1, 0 },
	{ RMI_RTT_SET_RIPAS, "RTT_SET_RIPAS", 4, 1, 0 },
	{ TMM_VERSION, "TMM_VERSION", 0, 3, 0 },
	{ TMM_POOL_INFO, "TMM_POOL_INFO", 1, 4, 0 },
	{ TMM_STAT, "TMM_STAT", 1, 1, 0 },
};
const unsigned int commands_count = ARRAY_SIZE(commands);

/* As smc_asm of boot.S reads and writes it. */
struct smc_frame {
	uint64_t x[31];
};
void smc_asm(struct smc_frame *f);

uint64_t smc_plain(uint64_t fid, uint64_t a1, uint64_t a2, uint64_t a3)
{
	struct smc_frame f = { { fid, a1, a2, a3 } };

	smc_asm(&f);
	return f.x[0];
}

static const struct command *command_of(uint32_t fid)
{
	static const struct command unknown = { 0, "unknown", CALL_MAX_ARGS, 0, 0 };
	unsigned int i;

	for (i = 0; i < commands_count; i++)
		if (commands[i].fid == (fid & ~SMCCC_SVE_HINT))
			return &commands[i];
	return &unknown;
}

static bool is_output(const struct command *c, unsigned int i, bool failed)
{
	if (failed && !(c->out_failed & (1U << i)))
		return false;
	return i >= 1 && i <= c->out;
}

/* X4 alone is zeroed by the commands that have it as output, when they fail. */
static uint64_t expected(const struct command *c, const struct smc_frame *in,
			 unsigned int i)
{
	return i < 4 || (i == 4 && c->out == 4) ? 0 : in->x[i];
}

static void check_registers(const struct command *c, const struct smc_frame *in,
			    const struct smc_frame *out)
{
	bool failed = out->x[0] != RMI_SUCCESS;
	unsigned int i;

	/* an unknown function leaves all but x0 to SMCCC, which keeps x4 up */
	for (i = c->fid ? 1 : 4; i < 31; i++)
		if (!is_output(c, i, failed) && out->x[i] != expected(c, in, i))
			test_fail_register(c->name, i, out->x[i],
					   expected(c, in, i));
}

struct answer call(struct call c)
{
	static uint64_t noise[MAX_CPUS];
	const struct command *cmd = command_of(c.fid);
	struct smc_frame in, out;
	struct answer a;
	unsigned int i;

	in.x[0] = c.fid;
	for (i = 1; i < 31; i++)
		in.x[i] = random64(&noise[cpu_id()]);
	for (i = 0; i < cmd->in; i++)
		in.x[i + 1] = c.x[i];
	out = in;
	smc_asm(&out);
	check_registers(cmd, &in, &out);
	memcpy(a.x, out.x, sizeof(a.x));
	ledger_note(&c, &a);
	return a;
}
