/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/xdp_program.h"

#include <asm/byteorder.h>
#include <linux/if_ether.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/port_bpf.h"

enum {
	CONTEXT = BPF_REG_1, /* struct xdp_md */
	FRAME = BPF_REG_2,
	END = BPF_REG_3,
	VALUE = BPF_REG_4,
	GROUP_BIT = 1, /* of the address's first octet */
	ETHERTYPE_AT = 12,
};

/* A VLAN tag is in the frame here, unless the driver or the sender's end of a
 * veth has taken it out, which no program can see: who sends tagged frames to
 * a fronted veth of a sender with VLAN offload is taken for untagged. */
int xdp_program_load(struct xdp_program *p, const uint8_t mac[6],
		     unsigned int sockets, bool pieces)
{
	uint32_t mac_begin;
	uint16_t mac_end;

	*p = (struct xdp_program){ -1, -1, -1 };
	memcpy(&mac_begin, mac, sizeof(mac_begin));
	memcpy(&mac_end, mac + sizeof(mac_begin), sizeof(mac_end));
	p->map = port_bpf_map(BPF_MAP_TYPE_XSKMAP, sockets);
	if (p->map < 0)
		return p->map;

	const struct bpf_insn insns[] = {
		BPF_LOAD(BPF_W, FRAME, CONTEXT, offsetof(struct xdp_md, data)),
		BPF_LOAD(BPF_W, END, CONTEXT,
			 offsetof(struct xdp_md, data_end)),
		BPF_DO(BPF_MOV, VALUE, FRAME),
		BPF_DO_NUMBER(BPF_ADD, VALUE, ETH_HLEN),
		BPF_SKIP_REG(BPF_JGT, VALUE, END, 15),
		BPF_LOAD(BPF_B, VALUE, FRAME, 0),
		BPF_SKIP(BPF_JSET, VALUE, GROUP_BIT, 4),
		BPF_LOAD(BPF_W, VALUE, FRAME, 0),
		BPF_SKIP(BPF_JNE, VALUE, mac_begin, 11),
		BPF_LOAD(BPF_H, VALUE, FRAME, sizeof(mac_begin)),
		BPF_SKIP(BPF_JNE, VALUE, mac_end, 9),
		BPF_LOAD(BPF_H, VALUE, FRAME, ETHERTYPE_AT),
		BPF_SKIP(BPF_JEQ, VALUE, __constant_htons(ETH_P_8021Q), 7),
		BPF_SKIP(BPF_JEQ, VALUE, __constant_htons(ETH_P_8021AD), 6),
		BPF_LOAD(BPF_W, BPF_REG_2, CONTEXT,
			 offsetof(struct xdp_md, rx_queue_index)),
		{ .code = BPF_LD | BPF_DW | BPF_IMM,
		  .dst_reg = BPF_REG_1,
		  .src_reg = BPF_PSEUDO_MAP_FD,
		  .imm = p->map },
		{ .code = 0 }, /* the constant's upper half */
		BPF_DO_NUMBER(BPF_MOV, BPF_REG_3, XDP_DROP),
		BPF_CALL_HELPER(BPF_FUNC_redirect_map),
		BPF_LEAVE(),
		BPF_DO_NUMBER(BPF_MOV, BPF_REG_0, XDP_DROP),
		BPF_LEAVE(),
	};

	p->program = port_bpf_load(BPF_PROG_TYPE_XDP, insns, ARRAY_SIZE(insns),
				   pieces ? BPF_F_XDP_HAS_FRAGS : 0);
	return p->program < 0 ? p->program : 0;
}

int xdp_program_attach(struct xdp_program *p, unsigned int ifindex,
		       unsigned int mode)
{
	p->link = port_bpf_link(p->program, ifindex, mode);
	return p->link < 0 ? p->link : 0;
}

void xdp_program_close(struct xdp_program *p)
{
	const int fds[] = { p->link, p->program, p->map };

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	*p = (struct xdp_program){ -1, -1, -1 };
}
