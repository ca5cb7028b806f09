/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_vendor.h"

#include <string.h>

#define PREFIX "OpenGETVPN GETVPN/"

enum { PREFIX_LEN = sizeof(PREFIX) - 1 };

void gdoi_announce(struct isakmp *isakmp)
{
	static const char id[] = PREFIX GDOI_VERSION;

	isakmp_set_vendor_id(isakmp, id, sizeof(id) - 1);
}

/* Shown to people, so nothing but a version number gets through. */
static bool is_version(const char *text, size_t len)
{
	return len > 0 && strspn(text, "0123456789.") == len;
}

bool gdoi_vendor_parse(struct rd body, char *version)
{
	const uint8_t *prefix = rd_bytes(&body, PREFIX_LEN);
	size_t len = rd_left(&body);

	memset(version, 0, GDOI_VERSION_TEXT);
	if (!prefix || memcmp(prefix, PREFIX, PREFIX_LEN) != 0 ||
	    len >= GDOI_VERSION_TEXT)
		return false;
	rd_copy(&body, version, len);
	if (is_version(version, len))
		return true;
	memset(version, 0, GDOI_VERSION_TEXT);
	return false;
}

bool gdoi_vendor_of(const struct isakmp_sa *sa, char *version)
{
	const uint8_t *id;
	size_t len = 0;

	id = isakmp_sa_vendor_id(sa, PREFIX, PREFIX_LEN, &len);
	version[0] = '\0';
	return id && gdoi_vendor_parse(rd_init(id, len), version);
}
