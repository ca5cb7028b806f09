/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/port_steer.h"

#include <asm/byteorder.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/port_bpf.h"

enum {
	CONTEXT = BPF_REG_6,
	HASH = BPF_REG_7,
	PROTOCOL = BPF_REG_8,
	PLACE = BPF_REG_9,
	FRAGMENT = 0x3fff, /* more fragments, or an offset */
	V4_LENGTH = 15,
	ODD = 0x5bd1e995, /* to multiply with: spreads the bits upwards */
};

/* Of the IP header. */
#define IP(at)	    (SKF_NET_OFF + (at))
/* Instructions of MIX and of the last part: what jumps go over. */
#define MIX_LENGTH  2
#define DONE_LENGTH 7

/* hash = (hash + r0) * ODD */
#define MIX BPF_DO(BPF_ADD, HASH, BPF_REG_0), BPF_DO_NUMBER(BPF_MUL, HASH, ODD)
/* The upper half is the result: modulo the number of queues it is the queue.
 * Multiplying alone leaves what differs a little too near to one another: the
 * upper half goes into the lower one, and it is multiplied once more. */
#define DONE                                           \
	BPF_DO(BPF_MOV, BPF_REG_0, HASH),              \
		BPF_DO_NUMBER(BPF_RSH, BPF_REG_0, 32), \
		BPF_DO(BPF_XOR, HASH, BPF_REG_0),      \
		BPF_DO_NUMBER(BPF_MUL, HASH, ODD),     \
		BPF_DO_NUMBER(BPF_RSH, HASH, 32),      \
		BPF_DO(BPF_MOV, BPF_REG_0, HASH), BPF_LEAVE()
/* Ports only of what has them. */
#define PORTS_LENGTH (3 + MIX_LENGTH)
#define PORTS                                                             \
	BPF_SKIP(BPF_JEQ, PROTOCOL, IPPROTO_TCP, 1),                      \
		BPF_SKIP(BPF_JNE, PROTOCOL, IPPROTO_UDP, 1 + MIX_LENGTH), \
		BPF_PACKET_REG(BPF_W, PLACE, IP(0)), MIX

/* A read past the end of the packet ends the program with 0. */
static const struct bpf_insn program[] = {
	BPF_DO(BPF_MOV, CONTEXT, BPF_REG_1),
	BPF_LOAD(BPF_W, PROTOCOL, CONTEXT,
		 offsetof(struct __sk_buff, protocol)),
	BPF_DO_NUMBER(BPF_MOV, HASH, 0),
	BPF_DO_NUMBER(BPF_MOV, BPF_REG_0, 0),
	BPF_SKIP(BPF_JEQ, PROTOCOL, __constant_htons(ETH_P_IP), 2),
	BPF_SKIP(BPF_JEQ, PROTOCOL, __constant_htons(ETH_P_IPV6),
		 18 + PORTS_LENGTH + DONE_LENGTH),
	BPF_LEAVE(),
	/* IPv4 */
	BPF_PACKET(BPF_W, IP(12)),
	MIX,
	BPF_PACKET(BPF_W, IP(16)),
	MIX,
	BPF_PACKET(BPF_B, IP(9)),
	BPF_DO(BPF_MOV, PROTOCOL, BPF_REG_0),
	MIX,
	BPF_PACKET(BPF_B, IP(0)),
	BPF_DO_NUMBER(BPF_AND, BPF_REG_0, V4_LENGTH),
	BPF_DO_NUMBER(BPF_LSH, BPF_REG_0, 2),
	BPF_DO(BPF_MOV, PLACE, BPF_REG_0),
	BPF_PACKET(BPF_H, IP(6)),
	BPF_DO_NUMBER(BPF_AND, BPF_REG_0, FRAGMENT),
	BPF_SKIP(BPF_JNE, BPF_REG_0, 0, PORTS_LENGTH),
	PORTS,
	DONE,
	/* IPv6 */
	BPF_PACKET(BPF_W, IP(8)),
	MIX,
	BPF_PACKET(BPF_W, IP(12)),
	MIX,
	BPF_PACKET(BPF_W, IP(16)),
	MIX,
	BPF_PACKET(BPF_W, IP(20)),
	MIX,
	BPF_PACKET(BPF_W, IP(24)),
	MIX,
	BPF_PACKET(BPF_W, IP(28)),
	MIX,
	BPF_PACKET(BPF_W, IP(32)),
	MIX,
	BPF_PACKET(BPF_W, IP(36)),
	MIX,
	/* Not the next header: a fragment's is another one. */
	BPF_PACKET(BPF_B, IP(6)),
	BPF_DO(BPF_MOV, PROTOCOL, BPF_REG_0),
	BPF_DO_NUMBER(BPF_MOV, PLACE, 40),
	PORTS,
	DONE,
};

int port_steer_load(void)
{
	return port_bpf_load(BPF_PROG_TYPE_SOCKET_FILTER, program,
			     ARRAY_SIZE(program), 0);
}

int port_steer(int tap)
{
	int fd = port_steer_load(), err = 0;

	if (fd < 0)
		return fd;
	if (ioctl(tap, TUNSETSTEERINGEBPF, &fd))
		err = -errno;
	close(fd);
	return err;
}
