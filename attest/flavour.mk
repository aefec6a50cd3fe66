# SPDX-License-Identifier: BSD-3-Clause
#
# The tools built one way: F is native, asan, fuzz or arm64. Called by Makefile.

top := ..
build := $(top)/build/attest
out_native := $(build)
out := $(or $(out_$(F)),$(build)/$(F))
obj := $(out)/obj

root = $(realpath $(top)/build/arm64/root)
libs = $(root)/usr/lib/aarch64-linux-gnu
cc_native := gcc -O2
cc_asan := clang -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
cc_fuzz := $(cc_asan) -fsanitize=fuzzer-no-link
# Debian's cross compiler finds its own libc before the sysroot's: images/README.md
cc_arm64 = $(CROSS_COMPILE)gcc -O2 --sysroot=$(root) -B$(libs) -L$(libs) \
	-isystem $(root)/usr/include/aarch64-linux-gnu -isystem $(root)/usr/include
CROSS_COMPILE ?= aarch64-linux-gnu-

CC = $(cc_$(F))
include $(top)/tests/warnings.mk
CPPFLAGS := -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -MMD -MP
CFLAGS := -std=c11 -g $(WARNINGS) -fstack-protector-strong -fPIE
LDFLAGS := -pie -Wl,-z,relro,-z,now
# Sanitizers have their own checks in place of these.
ifneq ($(filter asan fuzz,$(F)),)
CPPFLAGS := -D_GNU_SOURCE -MMD -MP
endif

objs = $(patsubst %.c,$(obj)/%.o,$1)

rim := base.c options.c rim.c layout.c dtb.c

$(out)/cca-rim: $(call objs,cca-rim.c $(rim))
$(out)/cca-rim: LDLIBS := -lcrypto -ljansson -lfdt

$(out)/%:
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LDLIBS)

$(obj)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

-include $(shell find $(obj) -name '*.d' 2>/dev/null)
