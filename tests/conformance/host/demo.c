/* SPDX-License-Identifier: BSD-3-Clause */
#include "host/realm.h"

void host_main(void)
{
}
