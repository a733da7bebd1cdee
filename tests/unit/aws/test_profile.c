// SPDX-License-Identifier: MIT
// Unit tests of aws/profile: the shared files' format, the merge of both, and where they lie.
#include "aws/profile.h"

#include "base/cleanup.h"
#include "unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct kept_log {
    struct log log;
    char text[512]; /* warnings, a line each */
};

static void keep(void *user, enum orgrun_log_level level, const char *message)
{
    struct kept_log *k = user;
    if (level == ORGRUN_LOG_WARNING)
        (void)snprintf(k->text + strlen(k->text), sizeof k->text - strlen(k->text), "%s\n",
                       message);
}

static void kept_log_init(struct kept_log *k)
{
    *k = (struct kept_log){.log = {.write = keep, .user = k, .least = ORGRUN_LOG_WARNING}};
}

static void put_section(struct buf *out, const struct profile_section *s)
{
    (void)buf_printf(out, "[%s]", s->name);
    for (size_t i = 0; i < s->properties_len; i++) {
        const struct profile_property *p = &s->properties[i];
        (void)buf_printf(out, " %s=", p->name);
        if (!p->nested_len)
            (void)buf_printf(out, "<%s>", p->value);
        for (size_t k = 0; k < p->nested_len; k++)
            (void)buf_printf(out, "{%s=<%s>}", p->nested[k].name, p->nested[k].value);
    }
}

/* The set on one line: "[a] k=<v> n={x=<y>}[b]|sso:[s]|services:[t]". */
static void put_set(struct buf *out, const struct profile_set *s)
{
    buf_init(out, 4096);
    for (size_t i = 0; i < s->profiles_len; i++)
        put_section(out, &s->profiles[i]);
    for (size_t i = 0; i < s->sso_sessions_len; i++) {
        (void)buf_puts(out, "|sso:");
        put_section(out, &s->sso_sessions[i]);
    }
    for (size_t i = 0; i < s->services_len; i++) {
        (void)buf_puts(out, "|services:");
        put_section(out, &s->services[i]);
    }
}

static const struct good {
    const char *config, *credentials;
    const char *set;
    const char *warnings;
} goods[] = {
    {NULL, NULL, "", ""},
    {"", "", "", ""},
    {"\n  \n# c\n; c\n", NULL, "", ""},
    {"[profile foo]", NULL, "[foo]", ""},
    {"[profile foo]\nname = value", NULL, "[foo] name=<value>", ""},
    {"[profile foo]\r\nname = value\r\n", NULL, "[foo] name=<value>", ""},
    {"\xef\xbb\xbf[profile foo]\nname = value", NULL, "[foo] name=<value>", ""},
    {"[ \tprofile \t foo \t]\n", NULL, "[foo]", ""},
    {"[profile foo] # c\n[profile bar]; c\n[profile x];", NULL, "[foo][bar][x]", ""},
    {"[profile A-_/.%@:+9]\n", NULL, "[A-_/.%@:+9]", ""},
    {"[profile foo]\nNAME = value", NULL, "[foo] name=<value>", ""},
    {"[profile foo]\nname=", NULL, "[foo] name=<>", ""},
    {"[profile foo]\nname = v=v \t", NULL, "[foo] name=<v=v>", ""},
    {"[profile foo]\nname = a b # c", NULL, "[foo] name=<a b>", ""},
    {"[profile foo]\nname = a#b;c ; d", NULL, "[foo] name=<a#b;c>", ""},
    {"[profile foo]\nname = value\n -continued\n \t-again ", NULL,
     "[foo] name=<value\n-continued\n-again>", ""},
    {"[profile foo]\nname = value\n -kept # kept ", NULL, "[foo] name=<value\n-kept # kept>", ""},
    {"[profile foo]\ns3 =\n a = b\n C=d\nx = y", NULL, "[foo] s3={a=<b>}{c=<d>} x=<y>", ""},
    {"[profile foo]\ns3 =\n a =", NULL, "[foo] s3={a=<>}", ""},
    {"[profile foo]\n # c\nx = y", NULL, "[foo] x=<y>", ""},
    /* what comes twice */
    {"[profile foo]\na = 1\nb = 2\na = 3", NULL, "[foo] a=<3> b=<2>", ""},
    {"[profile foo]\na = 1\n[profile bar]\nx = 0\n[profile foo]\nA = 2\nb = 3", NULL,
     "[foo] a=<2> b=<3>[bar] x=<0>", ""},
    {"[profile foo]\na = 1\nb = 1", "[foo]\na = 2\nc = 2", "[foo] a=<2> b=<1> c=<2>", ""},
    {"[profile foo]\n", "[bar]\n[foo]\n", "[foo][bar]", ""},
    {"[default]\na = 1", "[default]\nb = 2", "[default] a=<1> b=<2>", ""},
    {"[profile default]\na = 1\n[default]\na = 2\nb = 2", NULL, "[default] a=<1>",
     "config:3: section ignored: [profile default] stands in the same file\n"},
    {"[default]\na = 2\n[profile default]\na = 1\n", "[default]\nb = 3", "[default] a=<1> b=<3>",
     "config:1: section ignored: [profile default] stands in the same file\n"},
    /* other sections */
    {"[sso-session s]\na = 1\n[services t]\nb =\n c = d\n[profile s]\n", NULL,
     "[s]|sso:[s] a=<1>|services:[t] b={c=<d>}", ""},
    /* what is ignored */
    {"[foo]\nname = value\n continued", NULL, "",
     "config:1: section ignored: in the config file a profile is [profile NAME] or [default]\n"},
    {"[profilefoo]\n", NULL, "",
     "config:1: section ignored: in the config file a profile is [profile NAME] or [default]\n"},
    {NULL, "[profile foo]\nname = value", "",
     "credentials:1: section ignored: in the credentials file a section is [NAME] alone\n"},
    {NULL, "[sso-session foo]\nname = value\n[foo]", "[foo]",
     "credentials:1: section ignored: in the credentials file a section is [NAME] alone\n"},
    {"[profile in valid]\nname = value\n[profile foo]", NULL, "[foo]",
     "config:1: section ignored: its name may hold letters, digits and - _ / . % @ : + only\n"},
    {"[profile foo]\nin valid = secret\n secret\nname = value", NULL, "[foo] name=<value>",
     "config:2: ignored: a property's name may hold letters, digits, - and _ only\n"},
};

static void test_good_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(goods); i++) {
        const struct good *g = &goods[i];
        struct profile_set set;
        struct orgrun_error err = {0};
        struct kept_log kept;
        AUTO(buf_clear) struct buf text;
        kept_log_init(&kept);
        int rc = profile_set_parse(&set, g->config, "config", g->credentials, "credentials",
                                   &kept.log, &err);
        assert_string_equal(err.message, "");
        assert_int_equal(rc, 0);
        put_set(&text, &set);
        assert_string_equal(buf_str(&text), g->set);
        assert_string_equal(kept.text, g->warnings);
        profile_set_clear(&set);
    }
}

static const struct {
    const char *config, *credentials;
    const char *message;
} bads[] = {
    {"a = b", NULL, "config:1: Expected a profile definition"},
    {"\n a = b", NULL, "config:2: Expected a profile definition, found continuation"},
    {"[profile foo]\n continued", NULL,
     "config:2: Expected a property definition, found continuation"},
    {"[profile foo", NULL, "config:1: Profile definition must end with ']'"},
    {"[profile foo # ]", NULL, "config:1: Profile definition must end with ']'"},
    {"[sso-session foo", NULL, "config:1: Section definition must end with ']'"},
    {"[profile foo]\nsecret", NULL, "config:2: Expected an '=' sign defining a property"},
    {"[profile foo]\n= secret", NULL, "config:2: Property did not have a name"},
    {"[profile foo]\ns3 =\n secret", NULL,
     "config:3: Expected an '=' sign defining a sub-property"},
    {"[profile foo]\ns3 =\n = secret", NULL, "config:3: Sub-property did not have a name"},
    {NULL, "[foo]\n\nsecret\n", "credentials:3: Expected an '=' sign defining a property"},
    {"[profile foo]\na = b", "[", "credentials:1: Profile definition must end with ']'"},
};

static void test_bad_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(bads); i++) {
        struct profile_set set;
        struct orgrun_error err = {0};
        int rc = profile_set_parse(&set, bads[i].config, "config", bads[i].credentials,
                                   "credentials", NULL, &err);
        assert_error(rc, err, ORGRUN_ECREDENTIALS, bads[i].message);
        assert_null(strstr(err.hint, "secret"));
        assert_int_equal(set.profiles_len, 0);
        assert_null(set.profiles);
    }
}

static void test_search(void **state)
{
    (void)state;
    struct profile_set set;
    assert_int_equal(profile_set_parse(&set,
                                       "[profile foo]\nRegion = r\ns3 =\n a = 1\n A = 2\n"
                                       "[profile Foo]\nregion = R\n",
                                       "config", NULL, NULL, NULL, NULL),
                     0);
    const struct profile_section *foo = profile_find(&set, "foo");
    assert_string_equal(profile_get(foo, "REGION"), "r");
    assert_string_equal(profile_get(profile_find(&set, "Foo"), "region"), "R");
    assert_string_equal(profile_get(foo, "s3"), "\na = 1\nA = 2");
    assert_string_equal(profile_nested(foo, "S3", "a"), "2");
    assert_null(profile_nested(foo, "s3", "b"));
    assert_null(profile_nested(foo, "region", "a"));
    assert_null(profile_nested(foo, "none", "a"));
    assert_null(profile_get(foo, "none"));
    assert_null(profile_get(NULL, "region"));
    assert_null(profile_find(&set, "FOO"));
    assert_null(profile_find(NULL, "foo"));
    profile_set_clear(&set);
}

/* ---- files ---- */

struct home {
    char dir[64];
    char home[80];
};

static void put_file(const struct home *h, const char *name, const char *text, size_t len)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", h->dir, name);
    AUTO(close_file) FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, len, f), len);
}

/* "<command> <dir>/<name>" by the shell. */
static void run(const char *command, const char *dir, const char *name)
{
    char line[256];
    (void)snprintf(line, sizeof line, "%s %s/%s", command, dir, name);
    assert_int_equal(system(line), 0);
}

static int set_up(void **state)
{
    struct home *h = calloc(1, sizeof *h);
    *state = h;
    (void)snprintf(h->dir, sizeof h->dir, "/tmp/orgrun-profile-XXXXXX");
    assert_non_null(mkdtemp(h->dir));
    (void)snprintf(h->home, sizeof h->home, "HOME=%s", h->dir);
    run("mkdir", h->dir, ".aws");
    return 0;
}

static int tear_down(void **state)
{
    struct home *h = *state;
    run("rm -r", h->dir, "");
    free(h);
    return 0;
}

static void put_text(const struct home *h, const char *name, const char *text)
{
    put_file(h, name, text, strlen(text));
}

static void assert_loads(const char *const *env, const char *wanted)
{
    struct profile_set set;
    struct orgrun_error err = {0};
    AUTO(buf_clear) struct buf text;
    int rc = profile_set_load(&set, env, NULL, &err);
    assert_string_equal(err.message, "");
    assert_int_equal(rc, 0);
    put_set(&text, &set);
    assert_string_equal(buf_str(&text), wanted);
    profile_set_clear(&set);
}

static void test_places(void **state)
{
    struct home *h = *state;
    char elsewhere[128];
    (void)snprintf(elsewhere, sizeof elsewhere, "AWS_SHARED_CREDENTIALS_FILE=%s/other", h->dir);
    assert_loads((const char *const[]){h->home, NULL}, "");
    put_text(h, ".aws/config", "[profile a]\nx = 1");
    put_text(h, ".aws/credentials", "[a]\ny = 2");
    put_text(h, "other", "[b]\ny = 3");
    assert_loads((const char *const[]){h->home, NULL}, "[a] x=<1> y=<2>");
    assert_loads((const char *const[]){elsewhere, h->home, NULL}, "[a] x=<1>[b] y=<3>");
    assert_loads((const char *const[]){elsewhere, NULL}, "[b] y=<3>");
    assert_loads((const char *const[]){"AWS_CONFIG_FILE=~/none",
                                       "AWS_SHARED_CREDENTIALS_FILE=~/other", h->home, NULL},
                 "[b] y=<3>");
    assert_loads((const char *const[]){NULL}, "");
}

static void assert_does_not_load(const struct home *h, int code, const char *before,
                                 const char *after)
{
    struct profile_set set;
    struct orgrun_error err = {0};
    char message[256];
    (void)snprintf(message, sizeof message, "%s%s/.aws/credentials%s", before, h->dir, after);
    int rc = profile_set_load(&set, (const char *const[]){h->home, NULL}, NULL, &err);
    assert_error(rc, err, code, message);
    assert_null(set.profiles);
}

static void test_bad_files(void **state)
{
    struct home *h = *state;
    put_text(h, ".aws/credentials", "[a]\nsecret");
    assert_does_not_load(h, ORGRUN_ECREDENTIALS, "",
                         ":2: Expected an '=' sign defining a property");
    put_file(h, ".aws/credentials", "[a]\0b", 5);
    assert_does_not_load(h, ORGRUN_ECREDENTIALS, "", " holds a NUL byte: it is no text");
    AUTO(free_ptr) char *large = malloc(PROFILE_FILE_MAX + 1);
    memset(large, '\n', PROFILE_FILE_MAX + 1);
    put_file(h, ".aws/credentials", large, PROFILE_FILE_MAX + 1);
    assert_does_not_load(h, ORGRUN_ELIMIT, "", " is larger than 4194304 bytes");
    put_file(h, ".aws/credentials", large, PROFILE_FILE_MAX);
    assert_loads((const char *const[]){h->home, NULL}, "");
    run("rm", h->dir, ".aws/credentials");
    run("mkdir", h->dir, ".aws/credentials");
    assert_does_not_load(h, ORGRUN_EIO, "cannot read ", ": Is a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_texts),
        cmocka_unit_test(test_bad_texts),
        cmocka_unit_test(test_search),
        cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_files, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
