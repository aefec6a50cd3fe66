# SPDX-License-Identifier: BSD-3-Clause
"""Device trees that look as much like a realm's as cca-rim can tell"""

import subprocess

DTS = """/dts-v1/;
/ {{
    #address-cells = <2>; #size-cells = <2>; compatible = "linux,dummy-virt";
    psci {{ compatible = "arm,psci-1.0"; method = "{method}"; }};
    memory@40000000 {{ device_type = "memory"; reg = <0 0x40000000 {high} {low}>; }};
    cpus {{
        #address-cells = <1>; #size-cells = <0>;
        cpu@0 {{ device_type = "cpu"; compatible = "arm,armv8"; reg = <0>; }};
        cpu@1 {{ device_type = "cpu"; compatible = "arm,armv8"; reg = <1>; }};
    }};
    chosen {{ {chosen} stdout-path = "/pl011@9000000"; }};
}};
"""


def dtb(ram_size, append="quiet", initrd=None, method="smc", more=""):
    """initrd: (start, end)"""
    chosen = more
    if initrd:
        chosen += " ".join(
            f"linux,initrd-{name} = <{at >> 32} {at & 0xffffffff}>;"
            for name, at in zip(("end", "start"), reversed(initrd)))
    if append:
        chosen += f' bootargs = "{append}";'
    text = DTS.format(method=method, high=ram_size >> 32,
                      low=ram_size & 0xffffffff, chosen=chosen)
    return subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb"], check=True,
                          input=text.encode(), capture_output=True).stdout
