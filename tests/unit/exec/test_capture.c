// SPDX-License-Identifier: MIT
// Tests of capture: what is kept, what is cut and said to be, hash and size of the file.
#include "exec/capture.h"

#include "base/buf.h"
#include "base/fs.h"

#include <openssl/evp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/orgrun-capture-XXXXXX";
static char path[64];

static int make_dir(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/out", dir);
    return 0;
}

static int remove_dir(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(dir);
}

/* The byte at a place of the test stream. */
static char byte_at(uint64_t i)
{
    return (char)('a' + (i + i / 26) % 26);
}

/* What a file of `total` bytes of the stream must hold at this maximum. */
static void expect(uint64_t total, size_t max, struct buf *want, uint64_t *cut)
{
    size_t tail = max / 4 < 65536 ? max / 4 : 65536, head = max - tail;
    buf_init(want, 1u << 22);
    *cut = total > max ? total - max : 0;
    for (uint64_t i = 0; i < total; i++) {
        if (*cut && i == head) {
            buf_printf(want, "\n[orgrun: %llu bytes cut here]\n", (unsigned long long)*cut);
            i += *cut;
            if (i == total)
                break;
        }
        buf_putc(want, byte_at(i));
    }
}

static void assert_captured(uint64_t total, size_t max, size_t piece)
{
    struct capture *c;
    struct orgrun_error err = {0};
    assert_int_equal(capture_open(&c, path, max, &err), 0);
    char *data = malloc(piece);
    for (uint64_t at = 0; at < total; at += piece) {
        size_t n = piece < total - at ? piece : (size_t)(total - at);
        for (size_t i = 0; i < n; i++)
            data[i] = byte_at(at + i);
        assert_int_equal(capture_write(c, data, n, &err), 0);
    }
    free(data);
    struct capture_result result;
    assert_int_equal(capture_close(c, &result, &err), 0);

    struct buf want, got;
    uint64_t cut;
    expect(total, max, &want, &cut);
    assert_int_equal(fs_read_file(path, 1u << 22, &got, &err), 0);
    assert_int_equal(got.len, want.len);
    if (want.len)
        assert_memory_equal(got.data, want.data, want.len);
    assert_true(got.len <= max + 64);
    assert_int_equal(result.bytes, want.len);
    assert_int_equal(result.cut, cut);

    unsigned char md[32];
    char hex[65];
    EVP_Digest(buf_str(&want), want.len, md, NULL, EVP_sha256(), NULL);
    for (size_t i = 0; i < sizeof md; i++)
        snprintf(hex + i * 2, 3, "%02x", md[i]);
    assert_string_equal(result.sha256, hex);
    buf_clear(&want);
    buf_clear(&got);
}

static void sizes(void **state)
{
    (void)state;
    static const uint64_t totals[] = {0, 1, 7, 74, 75, 76, 99, 100, 101, 125, 126, 1000, 20000};
    static const size_t maxima[] = {0, 1, 3, 4, 100, 8192, 16384};
    static const size_t pieces[] = {1, 7, 25, 64, 8192, 65536};
    for (size_t t = 0; t < sizeof totals / sizeof *totals; t++)
        for (size_t m = 0; m < sizeof maxima / sizeof *maxima; m++)
            for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++)
                assert_captured(totals[t], maxima[m], pieces[p]);
}

static void large(void **state)
{
    (void)state;
    assert_captured(3u << 20, 1u << 20, 65536);
    assert_captured((1u << 20) + 1, 1u << 20, 10007);
    assert_captured(1u << 20, 1u << 20, 4096);
}

static void private_and_fresh(void **state)
{
    (void)state;
    struct capture *c;
    struct capture_result result;
    struct orgrun_error err = {0};
    /* An earlier attempt's file, as a link to something that must not be touched. */
    char other[80];
    snprintf(other, sizeof other, "%s/other", dir);
    FILE *f = fopen(other, "w");
    assert_non_null(f);
    fputs("mine", f);
    fclose(f);
    unlink(path);
    assert_int_equal(symlink(other, path), 0);
    assert_int_equal(capture_open(&c, path, 100, &err), 0);
    assert_int_equal(capture_write(c, "new", 3, &err), 0);
    assert_int_equal(capture_close(c, &result, &err), 0);
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    assert_true(S_ISREG(st.st_mode));
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_int_equal(st.st_size, 3);
    assert_int_equal(stat(other, &st), 0);
    assert_int_equal(st.st_size, 4);
    unlink(other);
}

static void abort_removes(void **state)
{
    (void)state;
    struct capture *c;
    assert_int_equal(capture_open(&c, path, 100, NULL), 0);
    assert_int_equal(capture_write(c, "x", 1, NULL), 0);
    capture_abort(c);
    assert_int_equal(access(path, F_OK), -1);
    capture_abort(NULL);
}

static void cannot_create(void **state)
{
    (void)state;
    struct capture *c;
    struct orgrun_error err = {0};
    assert_int_equal(capture_open(&c, "/nowhere/out", 100, &err), ORGRUN_EIO);
    assert_string_equal(err.message, "cannot create /nowhere/out: No such file or directory");
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(capture_open(&c, path, 100, &err), ORGRUN_EIO);
    assert_int_equal(err.code, ORGRUN_EIO);
    rmdir(path);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(large),
        cmocka_unit_test(private_and_fresh),
        cmocka_unit_test(abort_removes),
        cmocka_unit_test(cannot_create),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
