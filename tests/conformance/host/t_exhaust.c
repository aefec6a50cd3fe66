/* SPDX-License-Identifier: BSD-3-Clause */
/* The last of everything: refused as specified, and work goes on afterwards. */
#include "host/refuse.h"

/* The last VMID serves like any other. @test REALM_CREATE.vmid_valid */
TEST(exhaust, last_vmid, ONCE)
{
	struct realm *a = realm_blank(GEOMETRY_DEFAULT);
	struct realm *b = realm_blank(GEOMETRY_DEFAULT);

	a->params->vmid = b->params->vmid = 0xffff;
	ASSERT_EQ(RMI_STATUS_OF(RMI_REALM_CREATE, a->rd, (uint64_t)a->params),
		  RMI_SUCCESS);
	EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_CREATE, b->rd, (uint64_t)b->params),
		  E_INPUT);
	EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_DESTROY, a->rd), RMI_SUCCESS);
	EXPECT_EQ(RMI_STATUS_OF(RMI_REALM_CREATE, b->rd, (uint64_t)b->params),
		  RMI_SUCCESS);
}
