# SPDX-License-Identifier: BSD-3-Clause
# The portable layers with the target's compiler.

top := ..
out := $(top)/build/check/cross
CROSS_COMPILE ?= aarch64-linux-gnu-
include warnings.mk

src := $(wildcard $(addprefix $(top)/monitor/,lib/*.c core/*.c call/*.c main/*.c))
obj := $(patsubst $(top)/monitor/%.c,$(out)/%.o,$(src))

all: $(obj)
	@echo "$(words $(obj)) files"

$(out)/%.o: $(top)/monitor/%.c
	@mkdir -p $(@D)
	@$(CROSS_COMPILE)gcc -std=c11 -O2 -ffreestanding -mgeneral-regs-only \
		$(WARNINGS) -I$(top)/monitor -isystem $(top)/build/src/tinycbor/src -MMD -MP -c -o $@ $<

-include $(obj:.o=.d)
