/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AF_PACKET: a socket for all protocols sees a frame before the kernel's
 * ingress hooks do, so hiding the wire there (wire_hide.c) does not hide it
 * from us.  PACKET_VNET_HDR tells of GSO and partial checksums, which a TAP
 * takes back in the same form. */
#include "ipsec/port_packet.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/stats.h"

enum {
	PACKET_BURST = 64,
	/* Room for a burst of small frames that comes while we are busy. */
	PACKET_RCVBUF = 8 << 20,
};

struct packet_port {
	struct port port;
	struct mmsghdr msgs[PACKET_BURST];
	struct iovec iov[PACKET_BURST][2];
};

/* Nothing with a VLAN tag (the tag would be lost) and nothing that is for
 * another station. */
static struct sock_filter filter_code[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS,
		 SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 4),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, SKF_AD_OFF + SKF_AD_PKTTYPE),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OTHERHOST, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

/* msgs[i] is about the frame of pkts[i] with room for len octets. */
static void aim(struct packet_port *pp, unsigned int i, struct pkt *p,
		uint32_t len)
{
	pp->iov[i][0].iov_base = &p->vnet;
	pp->iov[i][0].iov_len = sizeof(p->vnet);
	pp->iov[i][1].iov_base = pkt_data(p);
	pp->iov[i][1].iov_len = len;
	pp->msgs[i].msg_hdr.msg_iov = pp->iov[i];
	pp->msgs[i].msg_hdr.msg_iovlen = 2;
}

static unsigned int get_buffers(struct packet_port *pp, struct pkt **pkts,
				unsigned int max)
{
	unsigned int n;

	for (n = 0; n < max && n < PACKET_BURST; n++) {
		pkts[n] = pkt_get_big(pp->port.pool);
		if (!pkts[n])
			break;
		aim(pp, n, pkts[n], PKT_BIG_DATA);
	}
	return n;
}

static unsigned int packet_rx(struct port *port, struct pkt **pkts,
			      unsigned int max)
{
	struct packet_port *pp = (struct packet_port *)port;
	unsigned int room = get_buffers(pp, pkts, max), n = 0, kept = 0;
	int got = recvmmsg(port->fd, pp->msgs, room, MSG_DONTWAIT, NULL);

	if (got > 0)
		n = (unsigned int)got;
	for (unsigned int i = 0; i < room; i++) {
		size_t len = i < n ? pp->msgs[i].msg_len : 0;

		if (len > sizeof(struct virtio_net_hdr) + PKT_MIN_ETH) {
			pkts[i]->len = (uint32_t)(len - sizeof(pkts[i]->vnet));
			pkts[kept++] = pkts[i];
		} else {
			pkt_put(pkts[i]);
		}
	}
	STAT_ADD(port->rx_frames, kept);
	STAT_ADD(port->rx_failed, n - kept);
	return kept;
}

static void send_all(struct packet_port *pp, unsigned int n)
{
	unsigned int done = 0;
	int sent;

	while (done < n) {
		sent = sendmmsg(pp->port.fd, pp->msgs + done, n - done,
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
}

static void packet_tx(struct port *port, struct pkt **pkts, unsigned int n)
{
	struct packet_port *pp = (struct packet_port *)port;
	unsigned int i, m;

	for (i = 0; i < n; i += m) {
		m = n - i < PACKET_BURST ? n - i : PACKET_BURST;
		for (unsigned int j = 0; j < m; j++)
			aim(pp, j, pkts[i + j], pkts[i + j]->len);
		send_all(pp, m);
	}
	for (i = 0; i < n; i++)
		pkt_put(pkts[i]);
}

static void packet_close(struct port *port)
{
	close(port->fd);
	free(port);
}

static const struct port_ops packet_ops = {
	.name = "af-packet",
	.rx = packet_rx,
	.tx = packet_tx,
	.close = packet_close,
};

static int set(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) ? -errno : 0;
}

static int prepare(int fd, unsigned int ifindex)
{
	struct sock_fprog program = { .len = ARRAY_SIZE(filter_code),
				      .filter = filter_code };
	struct sockaddr_ll address = { .sll_family = AF_PACKET,
				       .sll_protocol = htons(ETH_P_ALL),
				       .sll_ifindex = (int)ifindex };
	struct packet_mreq all = { .mr_ifindex = (int)ifindex,
				   .mr_type = PACKET_MR_ALLMULTI };
	int err;

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof(program)))
		return -errno;
	if (set(fd, SOL_SOCKET, SO_RCVBUFFORCE, PACKET_RCVBUF))
		(void)set(fd, SOL_SOCKET, SO_RCVBUF, PACKET_RCVBUF);
	err = set(fd, SOL_PACKET, PACKET_VNET_HDR, 1);
	if (!err)
		err = set(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
	if (!err && setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all,
			       sizeof(all)))
		err = -errno;
	if (!err && bind(fd, (struct sockaddr *)&address, sizeof(address)))
		err = -errno;
	return err;
}

int port_packet_open(struct port **out, const struct wire_spec *spec,
		     unsigned int lane)
{
	struct packet_port *pp;
	int fd, err;

	/* Protocol 0: nothing comes in before it is bound. */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	err = prepare(fd, spec->ifindex);
	if (err) {
		close(fd);
		return err;
	}
	pp = xcalloc(1, sizeof(*pp));
	pp->port.ops = &packet_ops;
	pp->port.fd = fd;
	pp->port.pool = spec->pools[lane];
	pp->port.offloads = true;
	*out = &pp->port;
	return 0;
}
