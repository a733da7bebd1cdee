// SPDX-License-Identifier: MIT
// orgrun-probe: one JSON request on stdin, one JSON answer on stdout, over the library's real code.
#include "helpers/probe/probe.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <string.h>

#define REQUEST_MAX ((size_t)64 << 20)

static const struct probe_op ops[] = {
    {"sign", probe_sign},         {"endpoint", probe_endpoint},
    {"profiles", probe_profiles}, {"parse-error", probe_parse_error},
    {"retry", probe_retry},
};

static const char *const help[] = {
    "Usage: orgrun-probe [OPERATION] < REQUEST\n"
    "\n"
    "Reads one JSON object, answers with one JSON object and exit code 0; or with\n"
    "{\"error\": \"why\"} and exit code 1. The operation is the request's \"op\" (also\n"
    "\"operation\" or \"kind\"), or the argument.\n",

    "sign: AWS Signature Version 4 of a raw HTTP request\n"
    "  request   required; request line, headers, empty line, body; LF or CRLF\n"
    "  credentials {access_key_id, secret_access_key, token}, region, service,\n"
    "  timestamp required (token is not); RFC 3339 or 20150830T123600Z\n"
    "  normalize, double_encode        default true, for service s3 false\n"
    "  sign_body, omit_session_token, unsigned_payload    default false\n"
    "  All but request may stand in an object \"context\" instead.\n"
    "  Authorization, X-Amz-Date, X-Amz-Security-Token and x-amz-content-sha256 of\n"
    "  the request are dropped: they are made anew.\n"
    "  {\"op\": \"sign\", \"request\": \"GET / HTTP/1.1\\nHost:example.amazonaws.com\\n\\n\",\n"
    "   \"credentials\": {\"access_key_id\": \"AKIDEXAMPLE\",\n"
    "    \"secret_access_key\": \"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY\"},\n"
    "   \"region\": \"us-east-1\", \"service\": \"service\",\n"
    "   \"timestamp\": \"2015-08-30T12:36:00Z\"}\n"
    "  -> {\"canonical_request\": \"GET\\n/\\n\\nhost:example.amazonaws.com\\n...\",\n"
    "      \"string_to_sign\": \"AWS4-HMAC-SHA256\\n20150830T123600Z\\n...\",\n"
    "      \"signature\": \"5fa00fa3...\", \"authorization\": \"AWS4-HMAC-SHA256 ...\",\n"
    "      \"signed_request\": \"GET / HTTP/1.1\\nHost:example.amazonaws.com\\n...\",\n"
    "      \"headers_added\": {\"Authorization\": \"...\", \"X-Amz-Date\": \"...\"}}\n",

    "endpoint: the URL of a service\n"
    "  {\"op\": \"endpoint\", \"service\": \"sts\", \"Region\": \"eu-west-1\", \"UseFIPS\": "
    "false,\n"
    "   \"UseDualStack\": false, \"UseGlobalEndpoint\": false, \"Endpoint\": null}\n"
    "  -> {\"url\": \"https://sts.eu-west-1.amazonaws.com\", \"signing_region\": \"eu-west-1\",\n"
    "      \"signing_name\": \"sts\"}\n",

    "profiles: the shared config and credentials files\n"
    "  {\"op\": \"profiles\", \"config_file\": \"[profile a]\\nregion = eu-west-1\\n\",\n"
    "   \"credentials_file\": \"\"}\n"
    "  -> {\"profiles\": {\"a\": {\"region\": \"eu-west-1\"}}, \"sso_sessions\": {}}\n",

    "parse-error: what AWS says when it says no\n"
    "  {\"op\": \"parse-error\", \"status\": 400, \"headers\": {\"x-amzn-requestid\": \"r1\"},\n"
    "   \"body\": \"{\\\"__type\\\": \\\"ThrottlingException\\\", \\\"message\\\": \\\"Rate "
    "exceeded\\\"}\"}\n"
    "  -> {\"code\": \"ThrottlingException\", \"message\": \"Rate exceeded\",\n"
    "      \"request_id\": \"r1\", \"class\": \"throttling\"}\n",

    "retry: the verdicts on the outcomes of one call, with jitter fixed at 1\n"
    "  {\"op\": \"retry\", \"outcomes\": [\"transient\", \"none\"]}\n"
    "  -> {\"steps\": [{\"verdict\": \"again\", \"delay_ms\": 50, \"quota\": 486},\n"
    "                {\"verdict\": \"success\", \"delay_ms\": 0, \"quota\": 500}]}\n",
};

static int print_help(void)
{
    for (size_t i = 0; i < sizeof help / sizeof *help; i++)
        (void)printf("%s%s", i ? "\n" : "", help[i]);
    return 0;
}

/* Prints and releases the answer. */
static int print_answer(json_t *answer, int exit_code)
{
    if (!answer || json_dumpf(answer, stdout, 0) || putchar('\n') == EOF || fflush(stdout))
        exit_code = 1;
    json_decref(answer);
    return exit_code;
}

static int print_error(const char *text)
{
    return print_answer(json_pack("{s:s}", "error", text), 1);
}

static json_t *read_request(char *error, size_t error_size)
{
    AUTO(buf_clear) struct buf text;
    buf_init_secret(&text, REQUEST_MAX);
    char chunk[65536];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
        (void)buf_append(&text, chunk, n);
    struct orgrun_error err = {0};
    json_error_t json_error;
    json_t *request = NULL;
    if (buf_check(&text, "the request", &err)) {
        (void)snprintf(error, error_size, "%s", err.message);
    } else {
        request = json_loadb(buf_str(&text), text.len, JSON_ALLOW_NUL, &json_error);
        if (!request)
            (void)snprintf(error, error_size, "the request is no JSON object: line %d: %s",
                           json_error.line, json_error.text);
    }
    return request;
}

static const char *op_of(const json_t *request, const char *argument)
{
    static const char *const keys[] = {"op", "operation", "kind"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *name = json_string_value(json_object_get(request, keys[i]));
        if (name)
            return name;
    }
    return argument;
}

static json_t *run(const char *name, const json_t *request, char *error, size_t error_size)
{
    for (size_t i = 0; name && i < sizeof ops / sizeof *ops; i++)
        if (strcmp(name, ops[i].name) == 0)
            return ops[i].run(request, error, error_size);
    (void)snprintf(error, error_size,
                   name ? "there is no operation \"%s\"; see --help"
                        : "the request names no operation; see --help%s",
                   name ? name : "");
    return NULL;
}

int main(int argc, char **argv)
{
    const char *argument = argc > 1 ? argv[1] : NULL;
    if (argument && (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0))
        return print_help();
    char error[2048] = "";
    json_t *request = read_request(error, sizeof error);
    if (!request)
        return print_error(error);
    json_t *answer = run(op_of(request, argument), request, error, sizeof error);
    json_decref(request);
    return answer ? print_answer(answer, 0) : print_error(error);
}
