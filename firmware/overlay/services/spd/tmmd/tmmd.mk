#
# Copyright (c) 2026, virtCCA contributors. All rights reserved.
#
# SPDX-License-Identifier: BSD-3-Clause
#

# Where <abi/boot.h>, the contract with the monitor, is found. It is searched
# last, so that no other file of the monitor's can shadow one of TF-A's.
TMM_DIR			?=	../monitor

SPD_INCLUDES		:=	-idirafter ${TMM_DIR}

SPD_SOURCES		:=	services/spd/tmmd/tmmd_helpers.S	\
				services/spd/tmmd/tmmd_main.c		\
				services/spd/tmmd/tmmd_pm.c

NEED_BL32		:=	yes

# S-EL2 and the realms below it use FP and SVE. The monitor keeps the contexts
# of the worlds apart, so EL3 needs no room for them.
ENABLE_SVE_FOR_SWD	:=	1
