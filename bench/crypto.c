/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The crypto backends side by side, for every transform, size of packet and
 * length of burst: crypto [--json FILE] [TRANSFORM..].  A TRANSFORM is part of
 * the name that show commands give it; none: all of them. */
#include "ipsec/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bench/measure.h"
#include "ipsec/esp_format.h"

enum {
	ROUND_US = 1000,
	RING = 128, /* packets, so that they come from the second-level cache */
	BUFFER = 2048,
	KEY_MAX = 64,
	BITS = 8,
};

/* 0: IMIX, which is 7 packets of 40 octets to 4 of 576 and 1 of 1400. */
static const unsigned int sizes[] = { 64, 256, 576, 1400, 0 };
static const unsigned int imix[] = { 40,  576, 40,  40, 1400, 40,
				     576, 40,  576, 40, 576,  40 };
static const unsigned int bursts[] = { 1, 4, 16, 64 };

#define WITH_AUTHS(cipher, bits)                          \
	{ cipher, bits, ESP_AUTH_MD5, false },            \
		{ cipher, bits, ESP_AUTH_SHA1, false },   \
		{ cipher, bits, ESP_AUTH_SHA256, false }, \
		{ cipher, bits, ESP_AUTH_SHA384, false }, \
	{                                                 \
		cipher, bits, ESP_AUTH_SHA512, false      \
	}

static const struct esp_transform transforms[] = {
	WITH_AUTHS(ESP_AES_CBC, 128),
	WITH_AUTHS(ESP_AES_CBC, 192),
	WITH_AUTHS(ESP_AES_CBC, 256),
	WITH_AUTHS(ESP_3DES_CBC, 0),
	WITH_AUTHS(ESP_DES_CBC, 0),
	WITH_AUTHS(ESP_NULL, 0),
	{ ESP_AES_GCM, 128, ESP_AUTH_NONE, false },
	{ ESP_AES_GCM, 192, ESP_AUTH_NONE, false },
	{ ESP_AES_GCM, 256, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 128, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 192, ESP_AUTH_NONE, false },
	{ ESP_AES_GMAC, 256, ESP_AUTH_NONE, false },
};

struct lane {
	struct crypto *crypto;
	struct crypto_sa *sa;
	bool decrypts;
	unsigned int burst;
	double octets; /* of a packet, on average */
	struct crypto_op ops[RING];
	uint8_t (*ring)[BUFFER];
};

static struct crypto_sa *sa_new(struct crypto *crypto,
				const struct esp_transform *t)
{
	struct keybuf key = { 0 }, auth_key = { 0 };
	struct crypto_sa *sa;
	uint8_t octets[KEY_MAX];

	for (size_t i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(37 * i + 1);
	keybuf_set(&key, octets, esp_key_size(t));
	keybuf_set(&auth_key, octets, esp_auth_key_size(t));
	sa = crypto_sa_new(crypto, t, &key, &auth_key);
	keybuf_free(&key);
	keybuf_free(&auth_key);
	return sa;
}

/* All of the ring, a burst at a time. */
static void pass(struct lane *l, bool decrypt)
{
	for (unsigned int at = 0; at < RING; at += l->burst)
		(decrypt ? crypto_decrypt : crypto_encrypt)(
			l->crypto, 0, l->sa, &l->ops[at], l->burst);
}

static void check(const struct lane *l)
{
	for (unsigned int i = 0; i < RING; i++)
		if (!l->ops[i].ok) {
			fprintf(stderr, "crypto: a packet is not right\n");
			exit(1);
		}
}

/* times: packets.  What is decrypted has to be encrypted before: that time
 * does not count. */
static int64_t work(void *arg, unsigned int times)
{
	struct lane *l = arg;
	int64_t us = 0, begin;

	for (unsigned int done = 0; done < times; done += RING) {
		if (l->decrypts)
			pass(l, false);
		begin = clock_real_now();
		pass(l, l->decrypts);
		us += clock_real_now() - begin;
		check(l);
	}
	return us;
}

static void lane_init(struct lane *l, struct crypto *crypto,
		      const struct esp_transform *t)
{
	*l = (struct lane){ .crypto = crypto, .sa = sa_new(crypto, t) };
	l->ring = xcalloc(RING, sizeof(*l->ring));
	for (unsigned int i = 0; i < RING; i++)
		for (unsigned int k = 0; k < BUFFER; k++)
			l->ring[i][k] = (uint8_t)(i * 131 + k * 17);
}

static void lane_clear(struct lane *l)
{
	crypto_sa_free(l->sa);
	free(l->ring);
}

/* Inner packets of size octets, with trailer and padding. */
static void lane_set(struct lane *l, unsigned int size, unsigned int burst,
		     bool decrypts)
{
	size_t block = esp_block_size(&l->sa->transform), clear;

	l->decrypts = decrypts;
	l->burst = burst;
	l->octets = 0;
	for (unsigned int i = 0; i < RING; i++) {
		clear = size ? size : imix[i % ARRAY_SIZE(imix)];
		l->octets += (double)clear / RING;
		clear = (clear + ESP_TRAILER + block - 1) / block * block;
		l->ops[i].esp = l->ring[i];
		l->ops[i].len = (uint32_t)(ESP_HEADER + l->sa->iv + clear);
	}
}

enum { SIZE_TEXT = 12 };

static void show(FILE *json, bool *first, const char *name,
		 const struct lane *l, unsigned int size,
		 const struct contender *c)
{
	char text[SIZE_TEXT] = "imix";
	const char *direction = l->decrypts ? "decrypt" : "encrypt";

	if (size)
		snprintf(text, sizeof(text), "%u", size);
	printf("%-32s %s %5s %3u  %7.0f %7.0f %7.1f  %5.2f/%5.2f/%5.2f\n", name,
	       direction, text, l->burst, c[0].med, c[1].med,
	       l->octets * BITS / c[1].med, c[0].med / c[1].max,
	       c[0].med / c[1].med, c[0].med / c[1].min);
	if (!json)
		return;
	fprintf(json,
		"%s{\"transform\":\"%s\",\"direction\":\"%s\",\"size\":\"%s\","
		"\"burst\":%u",
		*first ? "" : ",\n", name, direction, text, l->burst);
	*first = false;
	for (int i = 0; i < 2; i++)
		fprintf(json,
			",\"%s\":{\"min\":%.1f,\"med\":%.1f,\"max\":%.1f}",
			(l + i)->crypto->backend->name, c[i].min, c[i].med,
			c[i].max);
	fprintf(json, "}");
}

static void compare(FILE *json, bool *first, struct crypto *const *crypto,
		    const struct esp_transform *t, const char *name)
{
	struct contender c[2] = { { .work = work }, { .work = work } };
	struct lane lanes[2];

	for (int i = 0; i < 2; i++) {
		lane_init(&lanes[i], crypto[i], t);
		c[i].arg = &lanes[i];
	}
	for (int decrypts = 0; decrypts < 2; decrypts++)
		for (size_t s = 0; s < ARRAY_SIZE(sizes); s++)
			for (size_t b = 0; b < ARRAY_SIZE(bursts); b++) {
				for (int i = 0; i < 2; i++)
					lane_set(&lanes[i], sizes[s], bursts[b],
						 decrypts);
				measure(c, 2, ROUND_US);
				show(json, first, name, lanes, sizes[s], c);
			}
	lane_clear(&lanes[0]);
	lane_clear(&lanes[1]);
}

static bool wanted(const char *name, char *const *filters)
{
	if (!*filters)
		return true;
	for (; *filters; filters++)
		if (strstr(name, *filters))
			return true;
	return false;
}

static void compare_all(FILE *json, struct crypto *const *crypto,
			char *const *filters)
{
	char name[ESP_TRANSFORM_TEXT];
	bool first = true;

	printf("ns of a packet, Gbit/s of the second one, how many times it is "
	       "as fast\n");
	printf("%-32s %7s %5s %3s  %7s %7s %7s  %s\n", "transform", "", "size",
	       "n", crypto[0]->backend->name, crypto[1]->backend->name,
	       "Gbit/s", "min/ med/ max");
	for (size_t i = 0; i < ARRAY_SIZE(transforms); i++) {
		esp_transform_text(&transforms[i], name);
		if (wanted(name, filters))
			compare(json, &first, crypto, &transforms[i], name);
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	struct crypto *crypto[2];
	FILE *json = NULL;

	argv++;
	if (argc > 2 && strcmp(argv[0], "--json") == 0) {
		json = fopen(argv[1], "w");
		if (!json) {
			perror(argv[1]);
			return 1;
		}
		argv += 2;
	}
	crypto[0] = crypto_new("openssl", 1);
	crypto[1] = crypto_new("ipsec-mb", 1);
	if (!crypto[1]) {
		fprintf(stderr, "crypto: no ipsec-mb here to compare with\n");
		return 1;
	}
	if (json)
		fprintf(json, "[\n");
	compare_all(json, crypto, argv);
	if (json) {
		fprintf(json, "\n]\n");
		fclose(json);
	}
	crypto_free(crypto[0]);
	crypto_free(crypto[1]);
	return 0;
}
