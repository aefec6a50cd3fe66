# SPDX-License-Identifier: BSD-3-Clause
# style.md 13, for gcc and clang alike
WARNINGS := -Wall -Wextra -Werror -Wconversion -Wshadow -Wmissing-prototypes \
	-Wvla -Wswitch-enum -Wundef
