#
# Copyright (c) 2026, virtCCA contributors. All rights reserved.
#
# SPDX-License-Identifier: BSD-3-Clause
#
# The root of trust by software, for platforms that include this. Wants
# MEASURED_BOOT=1, MBEDTLS_DIR (Mbed TLS 3.6) and TINYCBOR_DIR.

ifneq (${MEASURED_BOOT},1)
  $(error tmmd_rot.mk needs MEASURED_BOOT=1)
endif
ifeq (${TINYCBOR_DIR},)
  $(error TINYCBOR_DIR is not set)
endif

MBEDTLS_CONFIG_FILE	:=	"<drivers/measured_boot/tmmd/tmmd_mbedtls_config.h>"
$(eval $(call add_define,MBEDTLS_CONFIG_FILE))

PLAT_INCLUDES		+=	-I${MBEDTLS_DIR}/include -I${TINYCBOR_DIR}/src

LIBMBEDTLS_SRCS		:=	$(addprefix ${MBEDTLS_DIR}/library/,		\
				bignum.c bignum_core.c constant_time.c		\
				ecdsa.c ecp.c ecp_curves.c hkdf.c hmac_drbg.c	\
				md.c memory_buffer_alloc.c platform.c		\
				platform_util.c sha256.c sha512.c)
$(eval $(call MAKE_LIB,mbedtls))

LIBTINYCBOR_SRCS	:=	${TINYCBOR_DIR}/src/cborencoder.c
libtinycbor_CFLAGS	:=	-DCBOR_NO_FLOATING_POINT
$(eval $(call MAKE_LIB,tinycbor))

TMMD_ROT_PATH		:=	drivers/measured_boot/tmmd

BL1_SOURCES		+=	drivers/auth/crypto_mod.c		\
				${TMMD_ROT_PATH}/tmmd_rot_bl1.c		\
				${TMMD_ROT_PATH}/tmmd_rot_hash.c

BL2_SOURCES		+=	drivers/auth/crypto_mod.c		\
				${TMMD_ROT_PATH}/tmmd_rot_bl2.c		\
				${TMMD_ROT_PATH}/tmmd_rot_hash.c	\
				${TMMD_ROT_PATH}/tmmd_rot_keys.c	\
				${TMMD_ROT_PATH}/tmmd_rot_token.c	\
				${TMM_DIR}/lib/cose.c
