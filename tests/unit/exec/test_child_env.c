// SPDX-License-Identifier: MIT
// Tests of a child's environment: what passes, what never does, what is put in.
#include "exec/child_env.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The environment of one entry, with PASS_ME, AWS_PROFILE, LD_PRELOAD and ORGRUN_X in `pass`. */
static bool survives(const char *entry)
{
    const char *const parent[] = {entry, NULL};
    struct strv pass = {0};
    static const char *const names[] = {"PASS_ME", "AWS_PROFILE", "LD_PRELOAD", "ORGRUN_X"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(strv_push(&pass, names[i]), 0);
    struct child_env env;
    assert_int_equal(child_env_init(&env, parent, &pass, NULL), 0);
    bool there = env.vars.len == 1;
    if (there)
        assert_string_equal(child_env_array(&env)[0], entry);
    assert_null(child_env_array(&env)[env.vars.len]);
    child_env_clear(&env);
    strv_clear(&pass);
    return there;
}

static void allow_list(void **state)
{
    (void)state;
    static const struct {
        const char *entry;
        bool passes;
    } cases[] = {
        {"PATH=/bin", true},
        {"HOME=/root", true},
        {"USER=u", true},
        {"LOGNAME=u", true},
        {"SHELL=/bin/sh", true},
        {"LANG=C.UTF-8", true},
        {"LC_ALL=C", true},
        {"LC_TIME=de_DE", true},
        {"TZ=UTC", true},
        {"TMPDIR=/var/tmp", true},
        {"TERM=xterm", true},
        {"http_proxy=x", true},
        {"HTTP_PROXY=x", true},
        {"https_proxy=x", true},
        {"HTTPS_PROXY=x", true},
        {"no_proxy=x", true},
        {"NO_PROXY=x", true},
        {"all_proxy=x", true},
        {"ALL_PROXY=x", true},
        {"SSL_CERT_FILE=/etc/ca.pem", true},
        {"SSL_CERT_DIR=/etc/ssl", true},
        {"XDG_CACHE_HOME=/c", true},
        {"PASS_ME=a=b", true},
        {"PATH=", true},
        {"PASS_ME2=x", false},
        {"PASS_M=x", false},
        {"PATHX=x", false},
        {"PAT=x", false},
        {"LCALL=x", false},
        {"AWS_ACCESS_KEY_ID=AKIA", false},
        {"AWS_SECRET_ACCESS_KEY=s", false},
        {"AWS_SESSION_TOKEN=t", false},
        {"AWS_PROFILE=p", false},
        {"AWS_=x", false},
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI=x", false},
        {"LD_PRELOAD=evil.so", false},
        {"LD_LIBRARY_PATH=/x", false},
        {"ORGRUN_X=1", false},
        {"GLIBC_TUNABLES=x", false},
        {"BASH_ENV=/x", false},
        {"SECRET=x", false},
        {"", false},
        {"=x", false},
        {"PATH", false},
        {"XDG_CACHE_HOME", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (survives(cases[i].entry) != cases[i].passes)
            fail_msg("%s %s", cases[i].entry, cases[i].passes ? "was dropped" : "came through");
}

static void first_of_a_name_counts(void **state)
{
    (void)state;
    static const char *const parent[] = {"PATH=/first", "HOME=/h", "PATH=/second", NULL};
    struct child_env env;
    assert_int_equal(child_env_init(&env, parent, NULL, NULL), 0);
    assert_int_equal(env.vars.len, 2);
    assert_string_equal(child_env_get(&env, "PATH"), "/first");
    child_env_clear(&env);
    assert_int_equal(env.vars.len, 0);
}

static void no_parent(void **state)
{
    (void)state;
    struct child_env env;
    assert_int_equal(child_env_init(&env, NULL, NULL, NULL), 0);
    assert_null(child_env_array(&env)[0]);
    assert_null(child_env_get(&env, "PATH"));
    child_env_clear(&env);
}

static void set_and_replace(void **state)
{
    (void)state;
    struct child_env env;
    struct orgrun_error err = {0};
    struct secret key = {0};
    assert_int_equal(secret_set(&key, "wJalrXUtnFEMI", 13), 0);
    assert_int_equal(child_env_init(&env, NULL, NULL, &err), 0);
    assert_int_equal(child_env_set(&env, "AWS_REGION", "eu-west-1", &err), 0);
    assert_int_equal(child_env_set(&env, "AWS_REGION_X", "no", &err), 0);
    assert_int_equal(child_env_set(&env, "AWS_REGION", "us-east-1", &err), 0);
    assert_int_equal(child_env_set_secret(&env, "AWS_SECRET_ACCESS_KEY", &key, &err), 0);
    assert_int_equal(child_env_set_secret(&env, "AWS_SECRET_ACCESS_KEY", &key, &err), 0);
    assert_int_equal(env.vars.len, 3);
    assert_string_equal(child_env_array(&env)[0], "AWS_REGION=us-east-1");
    assert_string_equal(child_env_get(&env, "AWS_SECRET_ACCESS_KEY"), "wJalrXUtnFEMI");
    assert_null(child_env_get(&env, "AWS_REG"));
    secret_clear(&key);
    child_env_clear(&env);
}

static void bad_names(void **state)
{
    (void)state;
    struct child_env env = {0};
    struct orgrun_error err = {0};
    assert_int_equal(child_env_set(&env, "", "x", &err), ORGRUN_EUSAGE);
    assert_string_equal(err.message, "'' cannot be the name of an environment variable");
    assert_int_equal(child_env_set(&env, "A=B", "x", &err), ORGRUN_EUSAGE);
    assert_string_equal(err.message, "'A=B' cannot be the name of an environment variable");
    assert_int_equal(env.vars.len, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(allow_list), cmocka_unit_test(first_of_a_name_counts),
        cmocka_unit_test(no_parent),  cmocka_unit_test(set_and_replace),
        cmocka_unit_test(bad_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
