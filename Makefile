# SPDX-License-Identifier: BSD-3-Clause
#
# The front door. Each part has its own makefile; this one fetches what they
# need and calls them in order. All output goes below build/.

MAKEFLAGS += --no-print-directory -j$(shell nproc)
.NOTPARALLEL:	# one step at a time, each as parallel as it likes

export CROSS_COMPILE ?= aarch64-linux-gnu-

step = @tools/step

help:		## this list
	@echo 'make TARGET, where TARGET is one of'
	@sed -n 's/^\([a-z-]*\):.*## /    \1\t/p' Makefile | expand -t 20
	@echo 'VIRTCCA_QEMU=PATH uses another emulator than ours;'
	@echo 'VIRTCCA_CACHE=DIR keeps downloads and long builds elsewhere.'

setup:		## install and fetch what the build needs (Debian only)
	@tools/setup

qemu: setup	## build the emulator, or take it from the cache
	@tools/build-qemu

monitor: setup	## build the monitor (TMM)
	$(step) 'Building the monitor' build/log/monitor.log '1 min' \
		$(MAKE) -C monitor

firmware: monitor	## build TF-A with tmmd and the monitor into a flash image
	$(step) 'Building the firmware (TF-A)' build/log/firmware.log '1 min' \
		$(MAKE) -C firmware

attest: setup	## build the attestation tools, for this machine
	@$(MAKE) -C attest

linux: setup	## build the host kernel with realms, or take it from the cache
	@tools/setup --linux
	@tools/build-linux
	@tools/build-linux --devel

vmm: linux	## build QEMU for the host, or take it from the cache
	@tools/build-vmm

images: linux vmm	## pack the RAM disks of the host and of the guests
	@$(MAKE) -C attest guest
	@tools/build-realm-key
	@tools/build-images

server: qemu firmware attest linux vmm images	## all that the emulated server needs
	@$(MAKE) -C tests/linux uapi
	$(step) 'Building another monitor, to be refused' build/log/other.log '20 s' \
		$(MAKE) -C tests/linux other

run: server	## boot the server, and show a confidential VM beside an ordinary one
	@$(MAKE) -C tests/linux tour

shell: server	## the host's console; `cvm --help` there
	@host/shell

demo: qemu firmware	## see a realm live and die on the bare server, without Linux
	@$(MAKE) -C tests/conformance demo

check: setup	## tests on this machine: unit, model, race, fuzz, layers, trace
	@tools/run-suites check

conformance: qemu firmware	## tests on the emulated server
	@tools/run-suites conformance

linux-test: server	## tests with Linux as host
	@tools/run-suites linux terminal

test: server	## check, conformance and linux-test
	@tools/run-suites check conformance+terminal linux

# About three hours. Each part can be had by itself.
soak: server	## the long tests: random calls, all states, fuzzing, Linux
	@$(MAKE) -C tests/conformance soak
	@$(MAKE) -C tests proof
	@$(MAKE) -C tests fuzz FUZZ_SECONDS=1200
	@$(MAKE) -C tests/linux soak

bench: server	## count instructions: the monitor's, and those of Linux with VMs
	@$(MAKE) -s -C bench run
	@$(MAKE) -s -C bench linux

proof: setup	## every state that calls lead to, with few pages
	@$(MAKE) -C tests proof

fuzz: setup	## fuzz the monitor's interfaces until stopped
	@$(MAKE) -C tests fuzz

metrics:	## measure the code, beside the figures we aim at
	@tools/metrics.py

clean:		## remove build/; the cache stays
	rm -rf build

distclean: clean	## remove the cache as well
	@tools/setup --remove-cache

.PHONY: help setup qemu monitor firmware attest linux vmm images server run \
	shell demo check conformance linux-test test soak bench proof fuzz metrics clean \
	distclean
