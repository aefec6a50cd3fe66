# SPDX-License-Identifier: BSD-3-Clause
#
# The tools built one way: F is native, asan, fuzz, arm64
# or guest. Called by Makefile.

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
cc_guest = $(cc_arm64)
CROSS_COMPILE ?= aarch64-linux-gnu-

CC = $(cc_$(F))
include $(top)/tests/warnings.mk
CPPFLAGS := -I. -D_GNU_SOURCE -D_FORTIFY_SOURCE=2 -MMD -MP
CFLAGS := -std=c11 -g $(WARNINGS) -fstack-protector-strong -fPIE
LDFLAGS := -pie -Wl,-z,relro,-z,now
# Sanitizers have their own checks in place of these.
ifneq ($(filter asan fuzz,$(F)),)
CPPFLAGS := -I. -D_GNU_SOURCE -MMD -MP
endif

# What guides the fuzzer is our code, not the targets' own.
link_fuzz := -fsanitize=fuzzer

objs = $(patsubst %.c,$(obj)/%.o,$1)

token := base.c options.c cbor_reader.c cose.c token.c report.c verify.c claims.c \
	reference.c
rim := base.c options.c rim.c layout.c dtb.c
pair := base.c options.c net.c hpke.c protocol.c

$(out)/cca-token: $(call objs,cca-token.c $(token))
$(out)/cca-token: LDLIBS := -lcbor -lcrypto -ljansson
$(out)/cca-rim: $(call objs,cca-rim.c $(rim))
$(out)/cca-rim: LDLIBS := -lcrypto -ljansson -lfdt

$(out)/cca-verifier: $(call objs,cca-verifier.c $(sort $(pair) $(token)))
$(out)/cca-verifier: LDLIBS := -lcbor -lcrypto -ljansson
$(out)/cca-attester: $(call objs,cca-attester.c tsm.c $(pair))
$(out)/cca-attester: LDLIBS := -lcrypto
# On its own, for a guest with as little in it as there may be. The linker's
# warnings are of names and plug-ins that libcrypto could look up; it never does.
$(build)/arm64/cca-attester: LDFLAGS := -static-pie -s -Wl,--no-warnings,-z,relro,-z,now
$(build)/arm64/cca-attester: LDLIBS := -lcrypto -lzstd -lz
# With cryptsetup and socat there is a libcrypto already.
$(build)/guest/cca-attester: LDFLAGS += -s
$(out)/unit: $(call objs,tests/unit.c base.c hpke.c protocol.c rim.c)
$(out)/unit: LDLIBS := -lcmocka -lcrypto
$(out)/fake_tsm.so: tests/fake_tsm.c
	$(CC) -D_GNU_SOURCE -std=c11 -g $(WARNINGS) -fPIC -shared -o $@ $< -ldl
$(out)/fuzz_token: $(call objs,fuzz/fuzz_token.c $(filter-out options.c,$(token)))
$(out)/fuzz_token: LDLIBS := -lcbor -lcrypto -ljansson
$(out)/fuzz_dtb: $(call objs,fuzz/fuzz_dtb.c base.c dtb.c)
$(out)/fuzz_dtb: LDLIBS := -lcrypto -lfdt

$(out)/%:
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(link_$(F)) -o $@ $(filter %.o,$^) $(LDLIBS)

$(obj)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

-include $(shell find $(obj) -name '*.d' 2>/dev/null)
