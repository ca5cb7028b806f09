/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AF_PACKET: a socket for all protocols sees a frame before the kernel's
 * ingress hooks do, so hiding the wire there (wire_hide.c) does not hide it
 * from us.  PACKET_VNET_HDR tells of GSO and partial checksums, which a TAP
 * takes back in the same form.
 *
 * Frames longer than a slot of the ring come whole by the socket's queue, as
 * PACKET_COPY_THRESH asks for: slots for 64 KB each would be a ring of some
 * hundred megabytes, or too short for a burst of single frames.  Never set
 * PACKET_QDISC_BYPASS: with it superpackets are lost where the device has no
 * TSO. */
#include "ipsec/port_packet.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/port_steer.h"
#include "ipsec/stats.h"

/* Linux 6.0 */
#ifndef PACKET_FANOUT_FLAG_IGNORE_OUTGOING
#define PACKET_FANOUT_FLAG_IGNORE_OUTGOING 0x4000
#endif

enum {
	PACKET_BURST = 64,
	PACKET_IOV = 4 * PACKET_BURST,
	PACKET_PIECES = 80, /* of a frame that we send */
	PACKET_SLOTS = 4096,
	PACKET_SLOT_MIN = 2048,
	PACKET_SLOT_MAX = 16384, /* a jumbo frame */
	PACKET_SLOT_HEAD = 128,	 /* kernel's header, address, tag: at most */
	PACKET_BLOCK = 1 << 16,
	PACKET_RING_MAX = 1 << 24, /* octets: fewer slots when they are long */
	PACKET_COPIES = 32 << 20,  /* octets of long frames that wait */
	PACKET_SNDBUF = 32 << 20,  /* in the device's queue */
};

struct packet_port {
	struct port port;
	int fd; /* also of one that only sends */
	uint8_t *ring;
	size_t ring_len;
	unsigned int slots, slot_size, at;
	bool idle; /* the last time nothing was there */
	/* Long frames that the queue had no room for; the kernel's count. */
	uint64_t truncated, drops;
	struct mmsghdr msgs[PACKET_BURST];
	struct iovec iov[PACKET_IOV];
	unsigned int n_msgs, n_iov;
};

/* Nothing with a VLAN tag (the tag would be lost) and nothing that is for
 * another station. */
static struct sock_filter wanted[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
		 SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 4),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, SKF_AD_OFF + SKF_AD_PKTTYPE),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OTHERHOST, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	BPF_STMT(BPF_RET | BPF_K, 0),
};
static struct sock_filter nothing[] = { BPF_STMT(BPF_RET | BPF_K, 0) };

/* --- rx --------------------------------------------------------------------- */

static struct tpacket2_hdr *slot(const struct packet_port *pp)
{
	return (struct tpacket2_hdr *)(pp->ring +
				       (size_t)pp->at * pp->slot_size);
}

static void message(struct packet_port *pp, struct pkt *p)
{
	struct msghdr *m = &pp->msgs[pp->n_msgs++].msg_hdr;

	*m = (struct msghdr){ .msg_iov = &pp->iov[pp->n_iov] };
	pp->iov[pp->n_iov++] = (struct iovec){ &p->vnet, sizeof(p->vnet) };
	m->msg_iovlen = 1;
}

static void piece(struct packet_port *pp, void *octets, size_t len)
{
	pp->iov[pp->n_iov++] = (struct iovec){ octets, len };
	pp->msgs[pp->n_msgs - 1].msg_hdr.msg_iovlen++;
}

/* The frame waits in the socket's queue; it is fetched with the others of the
 * burst. */
static void expect_long(struct packet_port *pp, struct pkt *p)
{
	message(pp, p);
	piece(pp, pkt_data(p), PKT_BIG_DATA);
}

static void copy_frame(struct pkt *p, const struct tpacket2_hdr *h)
{
	const uint8_t *frame = (const uint8_t *)h + h->tp_mac;

	memcpy(&p->vnet, frame - sizeof(p->vnet), sizeof(p->vnet));
	memcpy(pkt_data(p), frame, h->tp_snaplen);
	p->len = h->tp_snaplen;
}

/* The slot's frame in a packet of ours; NULL: it is lost.  False: there is no
 * packet for it now. */
static bool take_slot(struct packet_port *pp, const struct tpacket2_hdr *h,
		      struct pkt **out)
{
	bool queued = h->tp_status & TP_STATUS_COPY;

	*out = NULL;
	if (!queued && h->tp_snaplen < h->tp_len) {
		STAT_INC(pp->truncated);
		return true;
	}
	if (h->tp_len < PKT_MIN_ETH) {
		STAT_INC(pp->port.rx_failed);
		return true;
	}
	*out = queued ? pkt_get_big(pp->port.pool)
		      : pkt_get_for(pp->port.pool, h->tp_len);
	if (!*out)
		return false;
	if (queued)
		expect_long(pp, *out);
	else
		copy_frame(*out, h);
	return true;
}

/* The long ones of a burst of n, in order. */
static unsigned int fetch_long(struct packet_port *pp, struct pkt **pkts,
			       unsigned int n)
{
	int got = recvmmsg(pp->fd, pp->msgs, pp->n_msgs, MSG_DONTWAIT, NULL);
	unsigned int kept = 0, m = 0;

	for (unsigned int i = 0; i < n; i++) {
		struct pkt *p = pkts[i];

		if (!p->len && (int)m < got)
			p->len = pp->msgs[m].msg_len - sizeof(p->vnet);
		m += !p->len || p->size == PKT_BIG;
		if (p->len) {
			pkts[kept++] = p;
		} else {
			STAT_INC(pp->truncated);
			pkt_put(p);
		}
	}
	return kept;
}

/* A device that went away leaves an error, for which epoll_wait() returns
 * until somebody has asked. */
static void nothing_there(struct packet_port *pp)
{
	socklen_t len = sizeof(int);
	int err;

	if (pp->idle)
		(void)getsockopt(pp->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	pp->idle = true;
}

static unsigned int packet_rx(struct port *port, struct pkt **pkts,
			      unsigned int max)
{
	struct packet_port *pp = (struct packet_port *)port;
	unsigned int n = 0;

	if (max > PACKET_BURST)
		max = PACKET_BURST;
	pp->n_msgs = pp->n_iov = 0;
	while (n < max) {
		struct tpacket2_hdr *h = slot(pp);

		if (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) &
		      TP_STATUS_USER) ||
		    !take_slot(pp, h, &pkts[n]))
			break;
		n += pkts[n] != NULL;
		__atomic_store_n(&h->tp_status, TP_STATUS_KERNEL,
				 __ATOMIC_RELEASE);
		pp->at = (pp->at + 1) % pp->slots;
	}
	if (!n) {
		nothing_there(pp);
		return 0;
	}
	pp->idle = false;
	if (pp->n_msgs)
		n = fetch_long(pp, pkts, n);
	STAT_ADD(port->rx_frames, n);
	return n;
}

static unsigned int no_rx(struct port *port, struct pkt **pkts,
			  unsigned int max)
{
	(void)port;
	(void)pkts;
	(void)max;
	return 0;
}

/* --- tx --------------------------------------------------------------------- */

static void flush(struct packet_port *pp)
{
	unsigned int done = 0;

	while (done < pp->n_msgs) {
		int sent = sendmmsg(pp->fd, pp->msgs + done, pp->n_msgs - done,
				    MSG_DONTWAIT);

		if (sent > 0) {
			STAT_ADD(pp->port.tx_frames, (unsigned int)sent);
			done += (unsigned int)sent;
		} else if (errno != EINTR) {
			/* This one cannot go (too long, queue full). */
			STAT_INC(pp->port.tx_failed);
			done++;
		}
	}
	pp->n_msgs = pp->n_iov = 0;
}

static unsigned int count_pieces(const struct pkt *p)
{
	unsigned int n = 0;

	for (; p; p = p->next)
		n++;
	return n;
}

static void packet_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	struct packet_port *pp = (struct packet_port *)port;
	unsigned int pieces;

	pp->n_msgs = pp->n_iov = 0;
	for (unsigned int i = 0; i < n; i++) {
		pieces = count_pieces(pkts[i]);
		if (pieces > PACKET_PIECES) {
			STAT_INC(port->tx_failed);
			continue;
		}
		if (pp->n_msgs == PACKET_BURST ||
		    pp->n_iov + 1 + pieces > PACKET_IOV)
			flush(pp);
		message(pp, pkts[i]);
		for (const struct pkt *p = pkts[i]; p; p = p->next)
			piece(pp, pkt_data(p), p->len);
	}
	flush(pp);
	for (unsigned int i = 0; i < n; i++)
		pkt_put(pkts[i]);
}

/* --- life ------------------------------------------------------------------- */

/* Reading them sets the kernel's to zero. */
static void packet_refresh(struct port *port)
{
	struct packet_port *pp = (struct packet_port *)port;
	struct tpacket_stats s;
	socklen_t len = sizeof(s);

	if (getsockopt(pp->fd, SOL_PACKET, PACKET_STATISTICS, &s, &len) == 0)
		pp->drops += s.tp_drops;
	__atomic_store_n(&port->rx_missed, pp->drops + STAT_READ(pp->truncated),
			 __ATOMIC_RELAXED);
}

static void packet_close(struct port *port)
{
	struct packet_port *pp = (struct packet_port *)port;

	if (pp->ring)
		munmap(pp->ring, pp->ring_len);
	if (pp->fd >= 0)
		close(pp->fd);
	free(pp);
}

static const struct port_ops packet_ops = {
	.name = "af-packet",
	.rx = packet_rx,
	.tx = packet_tx,
	.refresh = packet_refresh,
	.close = packet_close,
};

static const struct port_ops send_ops = {
	.name = "af-packet",
	.rx = no_rx,
	.tx = packet_tx,
	.close = packet_close,
};

static int set(int fd, int name, int value)
{
	return setsockopt(fd, SOL_PACKET, name, &value, sizeof(value)) ? -errno
								       : 0;
}

/* As root; with less it is what the administrator allows. */
static void enlarge(int fd, int name, int forced, int size)
{
	if (setsockopt(fd, SOL_SOCKET, forced, &size, sizeof(size)))
		(void)setsockopt(fd, SOL_SOCKET, name, &size, sizeof(size));
}

static int set_filter(int fd, struct sock_filter *code, size_t n)
{
	struct sock_fprog program = { .len = (unsigned short)n,
				      .filter = code };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			  sizeof(program))
		       ? -errno
		       : 0;
}

static int bind_to(int fd, unsigned int ifindex, uint16_t protocol)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons(protocol),
				       .sll_ifindex = (int)ifindex };

	return bind(fd, (struct sockaddr *)&address, sizeof(address)) ? -errno
								      : 0;
}

static int make_ring(struct packet_port *pp, unsigned int mtu)
{
	struct tpacket_req req = { .tp_block_size = PACKET_BLOCK };
	unsigned int size = PACKET_SLOT_MIN;
	void *ring;

	while (size < mtu + ETH_HLEN + PACKET_SLOT_HEAD &&
	       size < PACKET_SLOT_MAX)
		size *= 2;
	pp->slot_size = size;
	pp->slots = PACKET_SLOTS < PACKET_RING_MAX / size
			    ? PACKET_SLOTS
			    : PACKET_RING_MAX / size;
	pp->ring_len = (size_t)pp->slots * size;
	req.tp_frame_size = size;
	req.tp_frame_nr = pp->slots;
	req.tp_block_nr = (unsigned int)(pp->ring_len / PACKET_BLOCK);
	if (setsockopt(pp->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		return -errno;
	ring = mmap(NULL, pp->ring_len, PROT_READ | PROT_WRITE, MAP_SHARED,
		    pp->fd, 0);
	if (ring == MAP_FAILED)
		return -errno;
	pp->ring = ring;
	return 0;
}

static int prepare(struct packet_port *pp, const struct wire_spec *spec)
{
	int fd = pp->fd, err;

	err = set_filter(fd, nothing, ARRAY_SIZE(nothing));
	enlarge(fd, SO_RCVBUF, SO_RCVBUFFORCE, PACKET_COPIES);
	if (!err)
		err = set(fd, PACKET_VERSION, TPACKET_V2);
	if (!err)
		err = set(fd, PACKET_COPY_THRESH, 1);
	if (!err)
		err = set(fd, PACKET_IGNORE_OUTGOING, 1);
	if (!err)
		err = make_ring(pp, spec->mtu);
	return err ? err : bind_to(fd, spec->ifindex, ETH_P_ALL);
}

int port_packet_open(struct port **out, const struct wire_spec *spec,
		     unsigned int lane, bool receives)
{
	struct packet_port *pp = xcalloc(1, sizeof(*pp));
	int err;

	pp->port.ops = receives ? &packet_ops : &send_ops;
	pp->port.pool = spec->pools[lane];
	pp->port.offloads = true;
	/* Protocol 0: nothing comes in before it is bound. */
	pp->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (pp->fd < 0) {
		err = -errno;
		packet_close(&pp->port);
		return err;
	}
	pp->port.fd = receives ? pp->fd : -1;
	enlarge(pp->fd, SO_SNDBUF, SO_SNDBUFFORCE, PACKET_SNDBUF);
	err = set(pp->fd, PACKET_VNET_HDR, 1);
	if (!err)
		err = receives ? prepare(pp, spec)
			       : bind_to(pp->fd, spec->ifindex, 0);
	if (err) {
		packet_close(&pp->port);
		return err;
	}
	*out = &pp->port;
	return 0;
}

/* The first port makes the group, which gets a number of its own. */
static int join(int fd, int type, int *group)
{
	int what = type | PACKET_FANOUT_FLAG_IGNORE_OUTGOING;
	socklen_t len = sizeof(*group);

	if (*group >= 0)
		return set(fd, PACKET_FANOUT, *group | what << 16);
	what |= PACKET_FANOUT_FLAG_UNIQUEID;
	if (set(fd, PACKET_FANOUT, what << 16))
		return -errno;
	if (getsockopt(fd, SOL_PACKET, PACKET_FANOUT, group, &len))
		return -errno;
	*group &= UINT16_MAX;
	return 0;
}

/* The kernel's own hash, where a program may not be loaded, takes the SPI for
 * ports, which fragments have not. */
static int join_all(struct port *const *ports, unsigned int n)
{
	int steer = port_steer_load(), group = -1, err = 0;
	int type = steer < 0 ? PACKET_FANOUT_HASH : PACKET_FANOUT_EBPF;

	for (unsigned int i = 0; i < n && !err; i++)
		err = join(ports[i]->fd, type, &group);
	if (steer < 0)
		return err;
	if (!err)
		err = set(ports[0]->fd, PACKET_FANOUT_DATA, steer);
	close(steer);
	return err;
}

int port_packet_start(struct port *const *ports, unsigned int n)
{
	int err = n > 1 ? join_all(ports, n) : 0;

	for (unsigned int i = 0; i < n && !err; i++)
		err = set_filter(ports[i]->fd, wanted, ARRAY_SIZE(wanted));
	return err;
}

int port_packet_multicast(unsigned int ifindex)
{
	struct packet_mreq all = { .mr_ifindex = (int)ifindex,
				   .mr_type = PACKET_MR_ALLMULTI };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), err;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all,
		       sizeof(all))) {
		err = -errno;
		close(fd);
		return err;
	}
	return fd;
}
