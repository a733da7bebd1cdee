// SPDX-License-Identifier: MIT
// YAML's traps, each refused with its place; and trees that come back from their own text.
#include "base/buf.h"
#include "base/cleanup.h"
#include "job/yaml_reader.h"
#include "job/yaml_writer.h"
#include "unit/unit.h"

#include <stdio.h>
#include <string.h>

static void refuses_traps(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } rows[] = {
        /* What is shared, merged, tagged or there twice. */
        {"a: &x 1\n", "f:1:4: anchor \"&x\" is not allowed: write each value out where it is used"},
        {"a: &x [*x]\n",
         "f:1:4: anchor \"&x\" is not allowed: write each value out where it is used"},
        {"&x a: 1\n", "f:1:1: anchor \"&x\" is not allowed: write each value out where it is used"},
        {"a: *x\n", "f:1:4: alias \"*x\" is not allowed: write each value out where it is used"},
        {"- 1\n- *x\n",
         "f:2:3: alias \"*x\" is not allowed: write each value out where it is used"},
        {"*x : 1\n", "f:1:1: alias \"*x\" is not allowed: write each value out where it is used"},
        {"a: 1\nb:\n  <<: {c: 1}\n",
         "f:3:3: merge key \"<<\" is not allowed: write each key out where it is used"},
        {"a: !!str 1\n", "f:1:4: tag \"tag:yaml.org,2002:str\" is not allowed: write the value "
                         "without it"},
        {"a: !x {b: 1}\n", "f:1:4: tag \"!x\" is not allowed: write the value without it"},
        {"a: ! 1\n", "f:1:4: tag \"!\" is not allowed: write the value without it"},
        {"!!seq [a]\n",
         "f:1:1: tag \"tag:yaml.org,2002:seq\" is not allowed: write the value without it"},
        {"a: !!python/object/apply:os.system [id]\n",
         "f:1:4: tag \"tag:yaml.org,2002:python/object/apply:os.system\" is not allowed: write the "
         "value without it"},
        {"a: 1\nb: 2\na: 3\n", "f:3:1: duplicate key \"a\" (first at f:1:1)"},
        {"a: 1\n\"a\": 2\n", "f:2:1: duplicate key \"a\" (first at f:1:1)"},
        {"{a: 1, b: {c: 1, c: 2}}", "f:1:18: duplicate key \"c\" (first at f:1:12)"},
        /* What is no key. */
        {"? [a]\n: 1\n", "f:1:3: a key must be text, not a list"},
        {"? {a: 1}\n: 1\n", "f:1:3: a key must be text, not a mapping"},
        {"? ~\n: {'': 1}\n", "f:2:4: a key must not be empty"},
        {"\"\": 1\n", "f:1:1: a key must not be empty"},
        {"\"a\\0b\": 1\n", "f:1:1: text cannot hold a NUL character"},
        {"a: \"x\\0y\"\n", "f:1:4: text cannot hold a NUL character"},
        /* More than one document. */
        {"a: 1\n---\nb: 2\n", "f:2:1: a second document starts here; only one is allowed"},
        {"a: 1\n...\n---\n", "f:3:1: a second document starts here; only one is allowed"},
        {"---\n---\n", "f:2:1: a second document starts here; only one is allowed"},
        /* What cannot be read. */
        {"a:\n\tb: 1\n", "f:2:1: a tab cannot stand here; YAML is indented with spaces"},
        {"a: \"x\n", "f:2:1: found unexpected end of stream (while scanning a quoted scalar that "
                     "starts on line 1)"},
        {"a: [1, 2\nb: 3\n", "f:2:2: did not find expected ',' or ']' (while parsing a flow "
                             "sequence that starts on line 1)"},
        {"a: b: c\n", "f:1:5: mapping values are not allowed in this context"},
        {"a: @x\n", "f:1:4: found character that cannot start any token (while scanning for the "
                    "next token)"},
        {"\xc3\xa4: 1\n\xc3\xa4x: \xff\n", "f:2:5: not valid UTF-8: invalid leading UTF-8 octet"},
        {"a: \xc3", "f:1:4: not valid UTF-8: incomplete UTF-8 octet sequence"},
        {"a: \xed\xa0\x80\n", "f:1:4: not valid UTF-8: invalid Unicode character"},
        {"\xff\xfe"
         "a",
         "f:1:1: not valid UTF-8: invalid leading UTF-8 octet"},
        {"a: \x1b[31m\n", "f:1:4: control characters are not allowed here (U+001B)"},
        {"\xef\xbb\xbf"
         "a: \x01\n",
         "f:1:4: control characters are not allowed here (U+0001)"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct node *root = NULL;
        struct orgrun_error err = {0};
        int rc = yaml_reader_parse(&root, rows[i].text, strlen(rows[i].text), "f", true, &err);
        assert_error(rc, err, ORGRUN_EJOB, rows[i].message);
        assert_null(root);
    }
}

static void refuses_nul_bytes(void **state)
{
    (void)state;
    struct node *root = NULL;
    struct orgrun_error err = {0};
    int rc = yaml_reader_parse(&root, "a: 1\n\0b: 1\n", 11, "f", true, &err);
    assert_error(rc, err, ORGRUN_EJOB, "f:2:1: control characters are not allowed here (U+0000)");
}

/* `levels` lists in one another: "[[[...]]]". */
static int parse_nested(size_t levels, struct orgrun_error *err)
{
    char text[8192];
    assert_true(2 * levels < sizeof text);
    memset(text, '[', levels);
    memset(text + levels, ']', levels);
    AUTO(node_freep) struct node *root = NULL;
    return yaml_reader_parse(&root, text, 2 * levels, "f", true, err);
}

static void limits_depth_and_keys(void **state)
{
    (void)state;
    struct orgrun_error err = {0};
    assert_int_equal(parse_nested(NODE_DEPTH_MAX, &err), 0);
    int rc = parse_nested(NODE_DEPTH_MAX + 1, &err);
    assert_error(rc, err, ORGRUN_EJOB, "f:1:17: nested too deeply: at most 16 levels");
    rc = parse_nested(4000, &err);
    assert_error(rc, err, ORGRUN_EJOB, "f:1:17: nested too deeply: at most 16 levels");
    AUTO(buf_clear) struct buf text;
    buf_init(&text, 65536);
    for (int i = 0; i <= NODE_KEYS_MAX; i++)
        assert_int_equal(buf_printf(&text, "k%d: 1\n", i), 0);
    struct node *root = NULL;
    rc = yaml_reader_parse(&root, text.data, text.len, "f", true, &err);
    assert_error(rc, err, ORGRUN_EJOB, "f:513:1: a mapping may have at most 512 keys");
}

static void reads_marks_and_plainness(void **state)
{
    (void)state;
    static const char text[] = "\xef\xbb\xbf# a comment\r\n\xc3\xa4: [x, '1',\r\n  ~]\r\nn:\r\n";
    AUTO(node_freep) struct node *root = NULL;
    struct orgrun_error err = {0};
    assert_int_equal(yaml_reader_parse(&root, text, strlen(text), "f", true, &err), 0);
    assert_int_equal(root->len, 2);
    const struct node *list = root->items[0].value;
    static const struct {
        const char *text;
        size_t line, column;
        bool plain, nothing;
    } rows[] = {{"x", 2, 5, true, false}, {"1", 2, 8, false, false}, {"~", 3, 3, true, true}};
    assert_int_equal(list->len, COUNT(rows));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct node *n = list->items[i].value;
        assert_string_equal(n->text, rows[i].text);
        assert_int_equal(n->mark.line, rows[i].line);
        assert_int_equal(n->mark.column, rows[i].column);
        assert_int_equal(n->plain, rows[i].plain);
        assert_int_equal(node_is_nothing(n), rows[i].nothing);
    }
    assert_true(node_is_nothing(root->items[1].value));
    assert_int_equal(root->items[1].mark.line, 4);
}

static void finds_no_document(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "\n\n", "# only this\n", "\xef\xbb\xbf"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct node *root = NULL;
        struct orgrun_error err = {0};
        assert_int_equal(yaml_reader_parse(&root, texts[i], strlen(texts[i]), "f", true, &err), 0);
        assert_null(root);
    }
}

/* Long and foreign text may gain quotes, which change nothing of what it means. */
static bool may_gain_quotes(const char *text)
{
    for (; *text; text++)
        if (*text == '\n' || (unsigned char)*text >= 0x80)
            return true;
    return false;
}

static void assert_same(const struct node *a, const struct node *b)
{
    assert_int_equal(a->kind, b->kind);
    if (a->kind == NODE_TEXT) {
        assert_string_equal(a->text, b->text);
        if (!may_gain_quotes(a->text))
            assert_int_equal(a->plain, b->plain);
    }
    assert_int_equal(a->len, b->len);
    for (size_t i = 0; i < a->len; i++) {
        if (a->kind == NODE_MAP)
            assert_string_equal(a->items[i].key, b->items[i].key);
        assert_same(a->items[i].value, b->items[i].value);
    }
}

static void writes_what_it_reads_back(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "a: 1\nb: [x, '1', ~, '', \"\"]\nc: {}\nd: []\ne:\n",
        "'true': true\n'null': 'null'\n\"a\\nb\": \"x\\ty\\x01\\u2028\\u0085z\"\n",
        "s: |\n  #!/bin/sh\n  echo 'a: b' # c\n    indented\n\n  last\n",
        "s: \"\\n  leads with a break\\n\"\n",
        "s: \"  leads with blanks\\nb\\n\\n\\n\"\n",
        "s: \"trails \\nblank \\n \"\n",
        "s: \"tab\\n\\tindented\\n\"\n",
        "s: \"\\n\"\n",
        "s: \"a\\r\\nb\"\n",
        "s: a\n   b\n\n   c\n",
        "s: \"\xf0\x9f\x98\x80\\U0001F600\\uFEFF\"\n",
        "s: \"% @ ` - ? : # & * ! | > '\"\n'- x': '- y'\n'# k': v\n'k: k': v\n",
        "s: >\n  folded\n  text\n\n  more\n",
        "- - - a\n    - b\n  - c: {d: [e]}\n",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        AUTO(node_freep) struct node *first = NULL, *second = NULL;
        AUTO(buf_clear) struct buf text;
        struct orgrun_error err = {0};
        buf_init(&text, 65536);
        assert_int_equal(yaml_reader_parse(&first, texts[i], strlen(texts[i]), "f", true, &err), 0);
        assert_int_equal(yaml_writer_write(&text, first, &err), 0);
        if (yaml_reader_parse(&second, text.data, text.len, "g", true, &err))
            fail_msg("%s\n%s", err.message, text.data);
        assert_same(first, second);
    }
}

static void writes_no_more_than_it_may(void **state)
{
    (void)state;
    static const struct node_mark nowhere;
    struct orgrun_error err = {0};
    AUTO(node_freep) struct node *list = node_new(NODE_LIST, nowhere);
    assert_int_equal(node_add(list, NULL, nowhere, node_new_text(nowhere, "long text", 9, true)),
                     0);
    AUTO(buf_clear) struct buf text;
    buf_init(&text, 8);
    int rc = yaml_writer_write(&text, list, &err);
    assert_error(rc, err, ORGRUN_ELIMIT, "the job is larger than 8 bytes");
    buf_clear(&text);
    buf_init(&text, 1000);
    assert_int_equal(node_add(list, NULL, nowhere, node_new_text(nowhere, "\xff", 1, true)), 0);
    rc = yaml_writer_write(&text, list, &err);
    assert_error(rc, err, ORGRUN_EUSAGE, "the job holds text that is not valid UTF-8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_traps),
        cmocka_unit_test(refuses_nul_bytes),
        cmocka_unit_test(limits_depth_and_keys),
        cmocka_unit_test(reads_marks_and_plainness),
        cmocka_unit_test(finds_no_document),
        cmocka_unit_test(writes_what_it_reads_back),
        cmocka_unit_test(writes_no_more_than_it_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
