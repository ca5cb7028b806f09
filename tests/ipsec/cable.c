/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ipsec/cable.h"

#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include "ipsec/ip.h"
#include "tests/ipsec/nodes.h"

enum { RCVBUF = 64 << 20, PATIENCE_MS = 1000 };

static void no_ipv6(void)
{
	int fd = open("/proc/sys/net/ipv6/conf/default/disable_ipv6", O_WRONLY);

	if (fd < 0)
		return; /* a kernel without */
	NEED(write(fd, "1", 1) == 1);
	close(fd);
}

static void put_end(struct nlmsghdr *h, const char *name, unsigned int queues)
{
	mnl_attr_put_strz(h, IFLA_IFNAME, name);
	mnl_attr_put_u32(h, IFLA_NUM_RX_QUEUES, queues);
	mnl_attr_put_u32(h, IFLA_NUM_TX_QUEUES, queues);
}

static void make_veth(unsigned int queues)
{
	_Alignas(8) char buf[1024];
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct nlattr *info, *data, *peer;
	const struct nlmsgerr *answer;
	struct ifinfomsg *ifi;

	NEED(nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) == 0);
	h->nlmsg_type = RTM_NEWLINK;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
	ifi = mnl_nlmsg_put_extra_header(h, sizeof(*ifi));
	ifi->ifi_family = AF_UNSPEC;
	put_end(h, "wire0", queues);
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(h, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(h, sizeof(*ifi));
	put_end(h, "far0", queues);
	mnl_attr_nest_end(h, peer);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	NEED(mnl_socket_sendto(nl, h, h->nlmsg_len) > 0);
	NEED(mnl_socket_recvfrom(nl, buf, sizeof(buf)) > 0);
	answer = mnl_nlmsg_get_payload((struct nlmsghdr *)buf);
	errno = -answer->error;
	NEED(answer->error == 0);
	mnl_socket_close(nl);
}

static struct ifreq request(const char *device)
{
	struct ifreq req = { 0 };

	snprintf(req.ifr_name, sizeof(req.ifr_name), "%s", device);
	return req;
}

static void bring_up(const char *device, uint8_t mac[6])
{
	struct ifreq req = request(device);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	NEED(fd >= 0 && ioctl(fd, SIOCGIFHWADDR, &req) == 0);
	memcpy(mac, req.ifr_hwaddr.sa_data, 6);
	req.ifr_flags = IFF_UP | IFF_BROADCAST | IFF_MULTICAST;
	NEED(ioctl(fd, SIOCSIFFLAGS, &req) == 0);
	close(fd);
}

void cable_set_mtu(unsigned int mtu)
{
	static const char *const ends[] = { "wire0", "far0" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	for (size_t i = 0; i < 2; i++) {
		struct ifreq req = request(ends[i]);

		req.ifr_mtu = (int)mtu;
		NEED(ioctl(fd, SIOCSIFMTU, &req) == 0);
	}
	close(fd);
}

static void put_address(struct sockaddr *to, const char *address)
{
	struct sockaddr_in in = { .sin_family = AF_INET };

	NEED(inet_pton(AF_INET, address, &in.sin_addr) == 1);
	memcpy(to, &in, sizeof(in));
}

void cable_address(const struct cable *c, const char *address,
		   const char *neighbour)
{
	struct ifreq req = request("far0"), mask = request("far0");
	struct arpreq arp = { .arp_flags = ATF_COM | ATF_PERM,
			      .arp_dev = "far0" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	put_address(&req.ifr_addr, address);
	NEED(ioctl(fd, SIOCSIFADDR, &req) == 0);
	put_address(&mask.ifr_netmask, "255.255.255.0");
	NEED(ioctl(fd, SIOCSIFNETMASK, &mask) == 0);
	put_address(&arp.arp_pa, neighbour);
	arp.arp_ha.sa_family = ARPHRD_ETHER;
	memcpy(arp.arp_ha.sa_data, c->mac, sizeof(c->mac));
	NEED(ioctl(fd, SIOCSARP, &arp) == 0);
	close(fd);
}

static int open_far(unsigned int ifindex)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL),
				  .sll_ifindex = (int)ifindex };
	int fd = socket(AF_PACKET, SOCK_RAW, 0), one = 1, size = RCVBUF;

	NEED(fd >= 0);
	NEED(setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof(one)) ==
	     0);
	NEED(setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one,
			sizeof(one)) == 0);
	NEED(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ==
	     0);
	NEED(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

void cable_make(struct cable *c, unsigned int queues)
{
	NEED(unshare(CLONE_NEWNET) == 0);
	no_ipv6();
	make_veth(queues);
	bring_up("wire0", c->mac);
	bring_up("far0", c->far_mac);
	c->ifindex = if_nametoindex("wire0");
	c->far_ifindex = if_nametoindex("far0");
	c->fd = open_far(c->far_ifindex);
}

void cable_send_super(struct cable *c, const struct virtio_net_hdr *vnet,
		      const void *frame, size_t len)
{
	struct virtio_net_hdr head = *vnet;
	uint8_t *copy = malloc(len);
	struct iovec iov[] = { { &head, sizeof(head) }, { copy, len } };

	memcpy(copy, frame, len);
	NEED(writev(c->fd, iov, 2) == (ssize_t)(sizeof(head) + len));
	free(copy);
}

void cable_send(struct cable *c, const void *frame, size_t len)
{
	const struct virtio_net_hdr none = { 0 };

	cable_send_super(c, &none, frame, len);
}

size_t cable_receive(struct cable *c, struct virtio_net_hdr *vnet, void *frame)
{
	struct pollfd p = { .fd = c->fd, .events = POLLIN };
	struct iovec iov[] = { { vnet, sizeof(*vnet) },
			       { frame, CABLE_FRAME } };
	uint16_t ethertype;
	ssize_t got;

	while (poll(&p, 1, PATIENCE_MS) > 0) {
		got = readv(c->fd, iov, 2) - (ssize_t)sizeof(*vnet);
		NEED(got >= ETH_HLEN);
		ethertype = get16((uint8_t *)frame + 12);
		if (ethertype == CABLE_ETHERTYPE || ethertype == ETH_P_IP)
			return (size_t)got;
	}
	return 0;
}

uint8_t *cable_header(const struct cable *c, uint8_t *frame, uint16_t ethertype)
{
	memcpy(frame, c->mac, 6);
	memcpy(frame + 6, c->far_mac, 6);
	put16(frame + 12, ethertype);
	return frame + ETH_HLEN;
}

void cable_fill(uint8_t *to, size_t len, unsigned int number)
{
	for (size_t i = 0; i < len; i++)
		to[i] = (uint8_t)(number * 7 + i + i / 251);
}
