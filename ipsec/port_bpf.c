/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/port_bpf.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(enum bpf_cmd command, union bpf_attr *attr)
{
	long result = syscall(SYS_bpf, command, attr, sizeof(*attr));

	return result < 0 ? -errno : (int)result;
}

int port_bpf_load(enum bpf_prog_type type, const struct bpf_insn *insns,
		  size_t n, unsigned int flags)
{
	/* Helpers are for programs under a compatible licence. */
	union bpf_attr attr = { .prog_type = type,
				.insn_cnt = (uint32_t)n,
				.insns = (uintptr_t)insns,
				.license = (uintptr_t) "GPL",
				.prog_flags = flags };

	return bpf(BPF_PROG_LOAD, &attr);
}

int port_bpf_map(enum bpf_map_type type, unsigned int entries)
{
	union bpf_attr attr = { .map_type = type,
				.key_size = sizeof(uint32_t),
				.value_size = sizeof(uint32_t),
				.max_entries = entries };

	return bpf(BPF_MAP_CREATE, &attr);
}

int port_bpf_link(int program, unsigned int ifindex, unsigned int flags)
{
	union bpf_attr attr = { 0 };

	attr.link_create.prog_fd = (uint32_t)program;
	attr.link_create.target_ifindex = ifindex;
	attr.link_create.attach_type = BPF_XDP;
	attr.link_create.flags = flags;
	return bpf(BPF_LINK_CREATE, &attr);
}

int port_bpf_map_set(int map, unsigned int key, int value)
{
	uint32_t k = key, v = (uint32_t)value;
	union bpf_attr attr = { 0 };

	attr.map_fd = (uint32_t)map;
	attr.key = (uintptr_t)&k;
	attr.value = (uintptr_t)&v;
	return bpf(BPF_MAP_UPDATE_ELEM, &attr);
}
