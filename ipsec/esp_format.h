/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sizes of what stands in an ESP packet, in octets. */
#ifndef IPSEC_ESP_FORMAT_H
#define IPSEC_ESP_FORMAT_H

enum esp_format {
	ESP_HEADER = 8,	 /* SPI and sequence number, RFC 4303 2 */
	ESP_TRAILER = 2, /* pad length and next header */
	ESP_PAD_MAX = 255,
	ESP_PROTOCOL = 50,
	/* The time stamp in front of the inner packet (docs/PROTOCOL.md). */
	TBAR_HEADER = 12,
	TBAR_NEXT_HEADER = 99, /* what stands in the ESP trailer then */
	TBAR_VERSION = 1,
	TBAR_WORDS = TBAR_HEADER / 4,
};

#endif
