/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench/flood send|receive: the load of the measurements. */
#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/flood.h"

static const char usage[] =
	"usage: flood send --to ADDRESS [options]\n"
	"       flood receive [options]\n"
	"\n"
	"  --port N       of the receiver's first thread (default 9000)\n"
	"  --threads N    of this end (2)\n"
	"  --receivers N  threads of the other end (2)\n"
	"  --flows N      source ports, over all threads (one a thread)\n"
	"  --size N       octets of each IP packet, or 'imix':\n"
	"                 7 of 64, 4 of 576, 1 of 1400 (default 1400)\n"
	"  --gso N        superpackets of N datagrams\n"
	"  --rate N       packets a second over all threads (0: no limit)\n"
	"  --seconds S    how long (1.0)\n"
	"  --pin          each of the sender's threads stays on its core\n"
	"  --run N        the receiver counts the run of this number alone\n"
	"\n"
	"The receiver counts until its standard input ends.\n";

_Noreturn static void bad_usage(void)
{
	fputs(usage, stderr);
	exit(2);
}

static double number(const char *text, double lo, double hi)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= lo && value <= hi))
		bad_usage();
	return value;
}

static const struct option long_options[] = {
	{ "to", required_argument, NULL, 'a' },
	{ "port", required_argument, NULL, 'p' },
	{ "threads", required_argument, NULL, 't' },
	{ "receivers", required_argument, NULL, 'r' },
	{ "flows", required_argument, NULL, 'f' },
	{ "size", required_argument, NULL, 's' },
	{ "gso", required_argument, NULL, 'g' },
	{ "rate", required_argument, NULL, 'R' },
	{ "seconds", required_argument, NULL, 'S' },
	{ "pin", no_argument, NULL, 'P' },
	{ "run", required_argument, NULL, 'n' },
	{ NULL, 0, NULL, 0 },
};

static void set_size(struct flood_options *o, const char *text)
{
	o->size = 0;
	if (strcmp(text, "imix") != 0)
		o->size = (unsigned int)number(text, FLOOD_SIZE_MIN,
					       FLOOD_SIZE_MAX);
}

static void set(struct flood_options *o, int option, const char *text)
{
	switch (option) {
	case 'a':
		if (inet_pton(AF_INET, text, &o->to) != 1)
			bad_usage();
		break;
	case 'p':
		o->port = (uint16_t)number(text, 1, 65000);
		break;
	case 't':
		o->threads = (unsigned int)number(text, 1, FLOOD_THREADS);
		break;
	case 'r':
		o->receivers = (unsigned int)number(text, 1, FLOOD_THREADS);
		break;
	case 'f':
		o->flows = (unsigned int)number(text, 1, FLOOD_FLOWS);
		break;
	case 's':
		set_size(o, text);
		break;
	case 'g':
		o->segments = (unsigned int)number(text, 1, FLOOD_BATCH);
		break;
	case 'R':
		o->rate = (uint64_t)number(text, 0, 1e9);
		break;
	case 'S':
		o->seconds = number(text, 0.01, FLOOD_SECONDS);
		break;
	case 'n':
		o->run = (uint32_t)number(text, 0, UINT32_MAX);
		break;
	case 'P':
		o->pin = true;
		break;
	default:
		bad_usage();
	}
}

int main(int argc, char **argv)
{
	struct flood_options o = {
		.port = 9000,
		.threads = 2,
		.receivers = 2,
		.size = 1400,
		.segments = 1,
		.seconds = 1,
	};
	bool sends, ok;
	int option;

	if (argc < 2)
		bad_usage();
	sends = !strcmp(argv[1], "send");
	if (!sends && strcmp(argv[1], "receive") != 0)
		bad_usage();
	optind = 2;
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		set(&o, option, optarg);
	if (optind != argc || (sends && !o.to.s_addr))
		bad_usage();
	if (o.flows < o.threads)
		o.flows = o.threads;
	if (o.segments > 1 && !o.size)
		bad_usage(); /* a superpacket's datagrams are of one size */
	ok = sends ? flood_send(&o) : flood_receive(&o);
	return ok ? 0 : 1;
}
