/* SPDX-License-Identifier: BSD-3-Clause */
/* Trapped accesses to system registers (EC 0x18). */
#include "arch/aarch64/regs.h"
#include "arch/sel2/context.h"
#include "arch/sel2/debug.h"
#include "arch/sel2/idregs.h"
#include "arch/sel2/inject.h"
#include "arch/sel2/traps.h"

#define REG_ID_SPACE	ISS_SYS(3, 0, 0, 0, 0)
#define ID_SPACE_MASK	ISS_SYS(3, 7, 15, 8, 0)		/* CRm 0 to 7, any op2 */
#define REG_OP0(r)	((r) >> 20)

#define REG_AIDR	ISS_SYS(3, 1, 0, 0, 7)
#define REG_SMIDR	ISS_SYS(3, 1, 0, 0, 6)
#define REG_ACTLR	ISS_SYS(3, 0, 1, 0, 1)
#define REG_ICC_SRE	ISS_SYS(3, 0, 12, 12, 5)
#define REG_ICC_DIR	ISS_SYS(3, 0, 12, 11, 1)
#define REG_ICC_SGI1R	ISS_SYS(3, 0, 12, 11, 5)
#define REG_ICC_ASGI1R	ISS_SYS(3, 0, 12, 11, 6)
#define REG_ICC_SGI0R	ISS_SYS(3, 0, 12, 11, 7)

/* RAS error records, CRn 5, CRm 3 to 5: ERRIDR_EL1.NUM = 0, there are none. */
#define ERR_SPACE_MASK	ISS_SYS(3, 7, 15, 0, 0)
#define REG_ERR_SPACE	ISS_SYS(3, 0, 5, 0, 0)
#define REG_CRM(r)	(((r) >> 1) & 0xf)
#define REG_OP2(r)	(((r) >> 17) & 0x7)

static bool is_err_record(uint32_t reg)
{
	return (reg & ERR_SPACE_MASK) == REG_ERR_SPACE && REG_CRM(reg) >= 3 &&
	       REG_CRM(reg) <= 5;
}

/* Host interrupts of the realm's making: the host emulates these. */
static bool is_icc_write(uint32_t reg)
{
	return reg == REG_ICC_DIR || reg == REG_ICC_SGI1R ||
	       reg == REG_ICC_ASGI1R || reg == REG_ICC_SGI0R;
}

/* False: the realm has no such register. */
static bool emulate_read(struct vcpu_arch *a, uint32_t reg, uint64_t *value)
{
	if ((reg & ID_SPACE_MASK) == REG_ID_SPACE) {
		*value = idreg_read(a, REG_CRM(reg), REG_OP2(reg));
		return true;
	}
	if (REG_OP0(reg) == 2)
		return debug_read(a, reg, value);

	*value = reg == REG_ICC_SRE ? 7 : 0;	/* SRE, DFB, DIB */
	return reg == REG_ICC_SRE || reg == REG_ACTLR || reg == REG_AIDR ||
	       reg == REG_SMIDR || is_err_record(reg);
}

static bool emulate_write(struct vcpu_arch *a, uint32_t reg, uint64_t value)
{
	if (REG_OP0(reg) == 2)
		return debug_write(a, reg, value);
	return reg == REG_ICC_SRE || reg == REG_ACTLR || is_err_record(reg);
}

static uint64_t operand(const struct vcpu *v, unsigned int rt)
{
	return rt == 31 ? 0 : v->regs.x[rt];
}

static bool trap_read(struct vcpu *v, uint32_t reg, unsigned int rt)
{
	uint64_t value;

	if (!emulate_read(vcpu_arch(v), reg, &value))
		return false;
	if (rt != 31)
		v->regs.x[rt] = value;
	return true;
}

bool sysreg_trap(struct vcpu *v, uint64_t esr, struct vcpu_exit *exit)
{
	uint32_t reg = (uint32_t)esr & ISS_SYS_MASK;
	unsigned int rt = ISS_SYS_RT(esr);
	bool is_read = (esr & ISS_SYS_READ) != 0;
	bool is_done;

	if (!is_read && is_icc_write(reg)) {
		exit->kind = VCPU_EXIT_ICC_WRITE;
		exit->value = operand(v, rt);
		return true;
	}
	is_done = is_read ? trap_read(v, reg, rt) :
			    emulate_write(vcpu_arch(v), reg, operand(v, rt));
	if (is_done)
		vcpu_skip(v);
	else
		inject_undefined(v);
	return false;
}
