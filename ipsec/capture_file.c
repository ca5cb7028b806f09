/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "ipsec/capture_store.h"

enum {
	SNAP_LEN = 262144, /* as tcpdump */
	FILE_MODE = 0600,
	US = 1000000,
};

/* A file of that name is replaced: another's rights to it end, and who reads
 * the former one goes on doing so. */
static FILE *open_new(const char *path)
{
	int fd, err;
	FILE *file;

	if (unlink(path) < 0 && errno != ENOENT)
		return NULL;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		  FILE_MODE);
	if (fd < 0)
		return NULL;
	file = fdopen(fd, "wb");
	if (!file) {
		err = errno;
		close(fd);
		errno = err;
	}
	return file;
}

static void dump(pcap_dumper_t *out, const struct capture_packet *p)
{
	struct pcap_pkthdr header = {
		.ts = { .tv_sec = p->wall / US, .tv_usec = p->wall % US },
		.caplen = p->kept,
		.len = p->len,
	};

	pcap_dump((u_char *)out, &header, p->data);
}

static int64_t write_all(const struct capture_store *s, pcap_dumper_t *out)
{
	const struct capture_packet *p;
	int64_t size;

	STAILQ_FOREACH (p, &s->packets, link)
		dump(out, p);
	if (pcap_dump_flush(out) < 0)
		return -EIO;
	size = pcap_dump_ftell64(out);
	return ferror(pcap_dump_file(out)) ? -EIO : size;
}

int64_t capture_store_write(const struct capture_store *s, const char *path)
{
	pcap_t *pcap = pcap_open_dead(DLT_EN10MB, SNAP_LEN);
	pcap_dumper_t *out = NULL;
	int64_t size = -ENOMEM;
	FILE *file;

	if (!pcap)
		return size;
	file = open_new(path);
	if (!file) {
		size = -errno;
		pcap_close(pcap);
		return size;
	}
	out = pcap_dump_fopen(pcap, file);
	if (out) {
		size = write_all(s, out);
		pcap_dump_close(out);
	} else {
		fclose(file);
	}
	pcap_close(pcap);
	return size;
}
