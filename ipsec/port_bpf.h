/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Small programs for the kernel, written as instructions here, and the
 * bpf(2) calls that they need.  Descriptors close on exec. */
#ifndef IPSEC_PORT_BPF_H
#define IPSEC_PORT_BPF_H

#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>

/* to += from, to = from and so on; class and width as in <linux/bpf.h>. */
#define BPF_DO(operation, to, from)                                  \
	((struct bpf_insn){ .code = BPF_ALU64 | (operation) | BPF_X, \
			    .dst_reg = (to),                         \
			    .src_reg = (from) })
#define BPF_DO_NUMBER(operation, to, number)                         \
	((struct bpf_insn){ .code = BPF_ALU64 | (operation) | BPF_K, \
			    .dst_reg = (to),                         \
			    .imm = (int32_t)(number) })
/* Skips instructions where the comparison (of 32 bits) holds. */
#define BPF_SKIP(comparison, reg, number, instructions)               \
	((struct bpf_insn){ .code = BPF_JMP32 | (comparison) | BPF_K, \
			    .dst_reg = (reg),                         \
			    .off = (instructions),                    \
			    .imm = (int32_t)(number) })
#define BPF_SKIP_REG(comparison, a, b, instructions)                \
	((struct bpf_insn){ .code = BPF_JMP | (comparison) | BPF_X, \
			    .dst_reg = (a),                         \
			    .src_reg = (b),                         \
			    .off = (instructions) })
/* to = *(width *)(from + at) */
#define BPF_LOAD(width, to, from, at)                            \
	((struct bpf_insn){ .code = BPF_LDX | (width) | BPF_MEM, \
			    .dst_reg = (to),                     \
			    .src_reg = (from),                   \
			    .off = (at) })
/* r0 = of the packet, in host order; r6 is the context; r1 to r5 are lost. */
#define BPF_PACKET(width, at)                                   \
	((struct bpf_insn){ .code = BPF_LD | (width) | BPF_ABS, \
			    .imm = (int32_t)(at) })
#define BPF_PACKET_REG(width, reg, at)                          \
	((struct bpf_insn){ .code = BPF_LD | (width) | BPF_IND, \
			    .src_reg = (reg),                   \
			    .imm = (int32_t)(at) })
#define BPF_CALL_HELPER(function) \
	((struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .imm = (function) })
#define BPF_LEAVE() ((struct bpf_insn){ .code = BPF_JMP | BPF_EXIT })

/* Each: a descriptor or -errno. */
int port_bpf_load(enum bpf_prog_type type, const struct bpf_insn *insns,
		  size_t n, unsigned int flags);
int port_bpf_map(enum bpf_map_type type, unsigned int entries);
/* Attaches an XDP program; it goes with the descriptor. */
int port_bpf_link(int program, unsigned int ifindex, unsigned int flags);
/* map[key] = value; 0 or -errno. */
int port_bpf_map_set(int map, unsigned int key, int value);

#endif
