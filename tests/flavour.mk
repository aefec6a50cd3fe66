# SPDX-License-Identifier: BSD-3-Clause
#
# Everything that runs on the build host, built one way: F is gcc, clang, asan,
# tsan or fuzz. Called by Makefile; output in build/check/$(F).

top := ..
out := $(top)/build/check/$(F)
mbedtls := $(top)/build/src/mbedtls
tinycbor := $(top)/build/src/tinycbor

cc_gcc := gcc -O2
cc_clang := clang -O2
cc_asan := clang -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
cc_tsan := clang -O1 -fsanitize=thread
cc_fuzz := $(cc_asan)
# what guides the fuzzer is the monitor, not the tests
cover_fuzz := -fsanitize=fuzzer-no-link
link_fuzz := -fsanitize=fuzzer

CC := $(cc_$(F))
include warnings.mk
CPPFLAGS := -I$(top)/monitor -I$(top)/tests -isystem $(mbedtls)/include \
	-isystem $(tinycbor)/src \
	-DMBEDTLS_CONFIG_FILE='"arch/host/mbedtls_config.h"' -MMD -MP
CFLAGS := -std=c11 -g $(WARNINGS)

# the monitor itself, as on the target; then what stands in for the machine
portable := $(wildcard $(addprefix $(top)/monitor/,lib/*.c core/*.c call/*.c main/*.c))
pure := $(addprefix $(top)/monitor/arch/aarch64/,attest.c manifest.c seal.c sign.c \
	sign_heap.c stage1.c)
fake := $(wildcard $(top)/monitor/arch/host/*.c harness/*.c)
foreign := $(addprefix $(mbedtls)/library/,asn1parse.c asn1write.c bignum.c \
	bignum_core.c constant_time.c ecdsa.c ecp.c ecp_curves.c hkdf.c hmac_drbg.c md.c \
	platform_util.c sha256.c sha512.c) $(tinycbor)/src/cborencoder.c

objs = $(patsubst $(top)/%.c,$(out)/%.o,$(filter $(top)/%,$1)) \
       $(patsubst %.c,$(out)/tests/%.o,$(filter-out $(top)/%,$1))
common := $(call objs,$(portable) $(pure) $(fake) $(foreign))

unit := $(wildcard unit/*.c)

$(out)/unit: $(call objs,$(unit))
$(out)/unit: LDLIBS := -lcmocka
$(out)/model: $(call objs,$(wildcard model/*.c))
$(out)/race: $(call objs,$(wildcard race/*.c))
$(out)/race: LDLIBS := -pthread
$(out)/explore: $(call objs,$(wildcard proof/*.c))
$(out)/fuzz_rmi: $(call objs,fuzz/fuzz_rmi.c $(wildcard fuzz/common*.c))
$(out)/fuzz_rsi: $(call objs,fuzz/fuzz_rsi.c $(wildcard fuzz/common*.c))
$(out)/fuzz_stage1: $(call objs,fuzz/fuzz_stage1.c $(wildcard fuzz/common*.c))

$(addprefix $(out)/,unit model race explore fuzz_rmi fuzz_rsi fuzz_stage1): $(common)
	$(CC) $(CFLAGS) $(link_$(F)) -Wl,-T,harness/reset.ld -o $@ $(filter %.o,$^) \
		$(LDLIBS)

$(call objs,$(portable) $(pure)): CFLAGS += -ffreestanding $(cover_$(F))
$(call objs,$(fake)) $(out)/tests/%.o: CPPFLAGS += -D_GNU_SOURCE
# not ours to warn about
$(call objs,$(foreign)): CFLAGS := -std=c11 -g -w

$(out)/tests/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<
$(out)/%.o: $(top)/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

-include $(shell find $(out) -name '*.d' 2>/dev/null)
