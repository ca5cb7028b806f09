/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The layout of a show command's output without its values: labels, where
 * their colons stand, the order of lines and columns.  Two outputs of the same
 * form, of whatever routers, have the same layout.
 *
 *	"    Group Identity           : 1234"	"    Group Identity           : *"
 *	"  Number 7 of 192.168.1.1 is 0x7F"	"  Number # of # is #"
 *
 * Lines that repeat the one above are left out, empty ones too. */
#ifndef TESTS_EXCHANGE_LAYOUT_H
#define TESTS_EXCHANGE_LAYOUT_H

/* To be freed.  name: of the group, a value like others. */
char *layout_of(const char *text, const char *name);

#endif
