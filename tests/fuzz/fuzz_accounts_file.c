// SPDX-License-Identifier: MIT
// Fuzzes the readers of accounts files, the first byte choosing which: never a crash; every refusal
// names the file; the accounts of a good list are the same when it is written as YAML.
#include "base/cleanup.h"
#include "fuzz/fuzz_text.h"
#include "job/accounts_file.h"
#include "job/loading.h"
#include "job/yaml_reader.h"
#include "job/yaml_writer.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

DEFINE_CLEANUP(drop_job, struct job, job_free)

static const char *const names[] = {"a.csv", "a.json", "a.yaml"};

/* Makes a job of a list of accounts, which is taken over. */
static int make_job(struct job **out, struct node *list, struct orgrun_error *err)
{
    static const char frame[] = "role: r\ntasks: [{command: [a]}]\naccounts: {}\n";
    AUTO(node_freep) struct node *root = NULL;
    require(yaml_reader_parse(&root, frame, strlen(frame), "job.yaml", true, err) == 0);
    struct node *accounts = node_find(root, "accounts")->value;
    require(node_add(accounts, "list", list->mark, list) == 0);
    return job_build(out, root, "job.yaml", strdup(frame), NULL, err);
}

static void require_same(const struct job_accounts *a, const struct job_accounts *b)
{
    require(a->list_len == b->list_len);
    for (size_t i = 0; i < a->list_len; i++) {
        const struct job_entry *e = &a->list[i], *f = &b->list[i];
        require(text_is_account_id(e->account.id) && same_text(e->account.id, f->account.id));
        require(same_text(e->account.name, f->account.name));
        require(same_text(e->account.email, f->account.email));
        require(same_text(e->account.ou_path, f->account.ou_path));
        require(same_text(e->account.state, f->account.state) && same_text(e->role, f->role));
        require(e->regions.len == f->regions.len);
        for (size_t r = 0; r < e->regions.len; r++)
            require(same_text(e->regions.items[r], f->regions.items[r]));
        require(i == 0 || strcmp(a->by_id[i - 1]->account.id, a->by_id[i]->account.id) < 0);
    }
}

static void check_list(struct node *tree, const char *name)
{
    AUTO(node_freep) struct node *list = tree, *copy = NULL;
    AUTO(drop_job) struct job *job = NULL, *again = NULL;
    AUTO(buf_clear) struct buf text;
    struct orgrun_error err = {0};
    buf_init(&text, SIZE_MAX);
    require(list->kind == NODE_LIST && list->len > 0);
    require(yaml_writer_write(&text, list, &err) == 0);
    int rc = make_job(&job, TAKE_PTR(list), &err);
    if (rc) {
        require_error(rc, &err, name);
        return;
    }
    require(accounts_file_parse(&copy, buf_str(&text), text.len, "b.yaml",
                                accounts_file_format("b.yaml"), &err) == 0);
    require(make_job(&again, TAKE_PTR(copy), &err) == 0);
    require_same(&job->accounts, &again->accounts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const char *name = names[data[0] % (sizeof names / sizeof *names)];
    struct node *list = NULL;
    struct orgrun_error err = {0};
    int rc = accounts_file_parse(&list, (const char *)data + 1, size - 1, name,
                                 accounts_file_format(name), &err);
    if (rc)
        require_error(rc, &err, name);
    else
        check_list(list, name);
    return 0;
}
