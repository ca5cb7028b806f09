/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gdoi/gdoi_attr.h"

enum { ATTR_NUMBER_MAX = 8 }; /* octets of the longest number */

static bool read_number(const struct isakmp_attribute *a,
			enum gdoi_attr_form form, uint64_t *out)
{
	struct rd data = a->data;

	if (a->basic) {
		*out = a->value;
		return true;
	}
	if (form == GDOI_ATTR_BASIC || rd_left(&data) == 0 ||
	    rd_left(&data) > ATTR_NUMBER_MAX)
		return false;
	*out = 0;
	while (rd_left(&data))
		*out = *out << 8 | rd_u8(&data);
	return true;
}

static size_t find_rule(const struct gdoi_attr_table *table, uint16_t type,
			bool extensions)
{
	size_t i;

	for (i = 0; i < table->n; i++) {
		const struct gdoi_attr_rule *rule = &table->rules[i];

		if (rule->type == type && (extensions || !rule->private))
			break;
	}
	return i;
}

struct isakmp_fault gdoi_attr_parse(struct rd body,
				    const struct gdoi_attr_table *table,
				    bool extensions,
				    struct gdoi_attr_value *values)
{
	struct isakmp_attribute a;
	size_t i;

	for (i = 0; i < table->n; i++)
		values[i] = (struct gdoi_attr_value){ 0 };
	while (isakmp_attribute_next(&body, &a)) {
		i = find_rule(table, a.type, extensions);
		if (i == table->n)
			return ISAKMP_FAULT(ATTRIBUTES_NOT_SUPPORTED,
					    table->unknown);
		if (values[i].seen)
			return ISAKMP_FAULT(PAYLOAD_MALFORMED, table->twice);
		if (!read_number(&a, table->rules[i].form, &values[i].number))
			return ISAKMP_FAULT(PAYLOAD_MALFORMED,
					    table->malformed);
		values[i].seen = true;
	}
	if (!rd_done(&body))
		return ISAKMP_FAULT(PAYLOAD_MALFORMED, table->malformed);
	return ISAKMP_OK;
}
