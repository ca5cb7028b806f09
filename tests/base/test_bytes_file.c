/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/bytes.h"
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/check_main.h"

static char folder[] = "/tmp/getvpn-test-XXXXXX";
static char path[64];

static void make_folder(void)
{
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
}

static void remove_folder(void)
{
	unlink(path);
	rmdir(folder);
}

START_TEST(hex_and_back)
{
	const uint8_t in[] = { 0x00, 0x7f, 0x80, 0xff };
	uint8_t out[4];
	char hex[9];

	ck_assert_str_eq(bytes_hex(hex, in, sizeof(in)), "007f80ff");
	ck_assert(bytes_from_hex(out, sizeof(out), "007F80fF"));
	ck_assert_mem_eq(in, out, sizeof(in));
	ck_assert(!bytes_from_hex(out, sizeof(out), "007f80f"));
	ck_assert(!bytes_from_hex(out, sizeof(out), "007f80fg"));
}
END_TEST

START_TEST(a_key_is_copied_and_replaced)
{
	struct keybuf k = { 0 };

	keybuf_set(&k, "secret", 6);
	ck_assert_uint_eq(k.len, 6);
	ck_assert(bytes_equal(k.data, "secret", 6));
	keybuf_set(&k, "other", 5);
	ck_assert_mem_eq(k.data, "other", 5);
	/* A part of itself. */
	keybuf_set(&k, k.data + 1, 3);
	ck_assert_mem_eq(k.data, "the", 3);
	keybuf_free(&k);
	ck_assert_ptr_null(k.data);
}
END_TEST

START_TEST(a_file_is_written_whole_with_its_mode)
{
	struct stat st;
	size_t len;
	char *content;

	ck_assert_int_eq(file_write(path, 0600, "one", 3), 0);
	ck_assert_int_eq(file_write(path, 0600, "three", 5), 0);
	content = file_read(path, 100, &len);
	ck_assert_str_eq(content, "three");
	ck_assert_uint_eq(len, 5);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	free(content);
}
END_TEST

START_TEST(a_file_of_any_size_is_read_whole)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 4097, 100000 };
	char *data = malloc(100000), *content;
	size_t i, len;

	for (i = 0; i < 100000; i++)
		data[i] = (char)('a' + i % 23);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_assert_int_eq(file_write(path, 0600, data, sizes[i]), 0);
		content = file_read(path, sizes[i], &len);
		ck_assert_ptr_nonnull(content);
		ck_assert_uint_eq(len, sizes[i]);
		ck_assert_mem_eq(content, data, len);
		ck_assert_int_eq(content[len], 0);
		free(content);
	}
	free(data);
}
END_TEST

/* Its size is said to be 0. */
START_TEST(a_file_that_hides_its_size_is_read_whole)
{
	size_t len;
	char *content = file_read("/proc/self/smaps", 1 << 24, &len);

	ck_assert_ptr_nonnull(content);
	ck_assert_uint_gt(len, 4096);
	ck_assert_uint_eq(strlen(content), len);
	ck_assert_ptr_nonnull(strstr(content, "VmFlags"));
	free(content);
	ck_assert_ptr_null(file_read("/proc/self/smaps", 5000, NULL));
	ck_assert_int_eq(errno, EFBIG);
}
END_TEST

START_TEST(a_file_that_is_too_big_is_refused)
{
	ck_assert_int_eq(file_write(path, 0600, "12345", 5), 0);
	ck_assert_ptr_null(file_read(path, 4, NULL));
	ck_assert_int_eq(errno, EFBIG);
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_old_file)
{
	char *content;

	ck_assert_int_eq(file_write(path, 0600, "old", 3), 0);
	ck_assert_int_eq(file_write("/nonexistent/x", 0600, "new", 3), -ENOENT);
	content = file_read(path, 100, NULL);
	ck_assert_str_eq(content, "old");
	free(content);
}
END_TEST

static TCase *bytes(void)
{
	TCase *tc = tcase_create("bytes");

	tcase_add_test(tc, hex_and_back);
	tcase_add_test(tc, a_key_is_copied_and_replaced);
	return tc;
}

static TCase *files(void)
{
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, make_folder, remove_folder);
	tcase_add_test(tc, a_file_is_written_whole_with_its_mode);
	tcase_add_test(tc, a_file_of_any_size_is_read_whole);
	tcase_add_test(tc, a_file_that_hides_its_size_is_read_whole);
	tcase_add_test(tc, a_file_that_is_too_big_is_refused);
	tcase_add_test(tc, a_write_that_fails_leaves_the_old_file);
	return tc;
}

RUN_CASES("bytes_file", bytes, files)
