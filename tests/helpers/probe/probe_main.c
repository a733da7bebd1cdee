// SPDX-License-Identifier: MIT
// orgrun-probe: one JSON request on stdin, one JSON answer on stdout, over the library's real code.
#include "helpers/probe/probe.h"

#include "base/buf.h"
#include "base/cleanup.h"

#include <string.h>

#define REQUEST_MAX ((size_t)64 << 20)

static const struct probe_op ops[] = {
    {"sign", probe_sign},
    {"endpoint", probe_endpoint},
    {"profiles", probe_profiles},
    {"parse-error", probe_parse_error},
    {"retry", probe_retry},
    {"chain", probe_plan},
    {"credentials", probe_credentials},
    {"request", probe_session},
};

static const char *const help[] = {
    "Usage: orgrun-probe [OPERATION] < REQUEST\n"
    "\n"
    "Reads one JSON request, answers with one JSON value and exit code 0; or with\n"
    "{\"error\": \"why\"} and exit code 1. An array of requests is answered by an array.\n"
    "The operation is the request's \"op\" (also \"operation\" or \"kind\"), or the argument.\n",

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

    "endpoint: the URL of a service, by the names of the endpoint rule sets\n"
    "  service required; Region, UseFIPS, UseDualStack, UseGlobalEndpoint, Endpoint: at the\n"
    "  top or in an object \"params\"; env {name: value} for AWS_ENDPOINT_URL...\n"
    "  {\"op\": \"endpoint\", \"service\": \"sts\", \"Region\": \"eu-west-1\"}\n"
    "  -> {\"url\": \"https://sts.eu-west-1.amazonaws.com\", \"signing_region\": \"eu-west-1\",\n"
    "      \"signing_name\": \"sts\"}, or {\"error\": \"the rule set's message\"}\n",

    "profiles: the shared config and credentials files\n"
    "  config_file, credentials_file (also configFile, credentialsFile), at the top or in an\n"
    "  object \"input\"\n"
    "  {\"op\": \"profiles\", \"config_file\": \"[profile a]\\ns3 =\\n x = y\\n\"}\n"
    "  -> {\"profiles\": {\"a\": {\"s3\": \"\\nx = y\"}}, \"sso_sessions\": {}}, and \"services\"\n"
    "      when there are such; or {\"error\": \"config:2: Expected ...\"}\n",

    "parse-error: what AWS says when it says no\n"
    "  status required (also status_code, code); headers {name: value} or [[name, value]];\n"
    "  body text; at the top or in an object \"response\"\n"
    "  {\"op\": \"parse-error\", \"status\": 400, \"headers\": {\"x-amzn-requestid\": \"r1\"},\n"
    "   \"body\": \"{\\\"__type\\\": \\\"ThrottlingException\\\", \\\"message\\\": \\\"Rate "
    "exceeded\\\"}\"}\n"
    "  -> {\"code\": \"ThrottlingException\", \"message\": \"Rate exceeded\",\n"
    "      \"request_id\": \"r1\", \"class\": \"throttling\", \"status\": 400,\n"
    "      \"retry_after_ms\": -1, \"server_time_ms\": -1}\n",

    "retry: outcomes through one token bucket, with jitter fixed at 1\n"
    "  outcomes (also responses) required: \"success\", \"transient\", \"throttling\", "
    "\"client\",\n"
    "  ..., a status, or {response: {status_code, error_code, headers}}\n"
    "  given: max_attempts, initial_retry_tokens, max_backoff_time, base, throttling_base,\n"
    "  max_total_time (seconds; with _ms milliseconds), retry_cost, throttling_cost, service\n"
    "  {\"op\": \"retry\", \"outcomes\": [\"transient\", \"success\"]}\n"
    "  -> [{\"outcome\": \"retry_request\", \"verdict\": \"again\", \"retry_quota\": 486,\n"
    "       \"delay\": 0.05, \"delay_ms\": 50},\n"
    "      {\"outcome\": \"success\", \"verdict\": \"success\", \"retry_quota\": 500}]\n",

    "chain: which provider of source credentials would be asked, and why not those before it;\n"
    "  nobody is asked\n"
    "  config_file, credentials_file text, env {name: value}, profile: at the top or in an\n"
    "  object \"input\". With neither text, the files that env names, or \"files\" as below\n"
    "  {\"op\": \"chain\", \"profile\": \"a\", \"config_file\":\n"
    "   \"[profile a]\\nrole_arn = arn:aws:iam::111122223333:role/r\\nsource_profile = b\\n\",\n"
    "   \"credentials_file\": \"[b]\\naws_access_key_id = AKIDEXAMPLE\\n...\"}\n"
    "  -> {\"providers\": [{\"provider\": \"environment\", \"state\": \"passed\",\n"
    "       \"detail\": \"passed over, because a profile was named\"}, ...,\n"
    "       {\"provider\": \"profile\", \"state\": \"chosen\", ...},\n"
    "       {\"provider\": \"container\", \"state\": \"not reached\", ...}, ...],\n"
    "      \"chosen\": \"profile\", or null when there is nothing to ask,\n"
    "      \"profiles\": [{\"profile\": \"a\", \"kind\": \"assume role\", \"detail\": "
    "\"arn:...\"},\n"
    "       {\"profile\": \"b\", \"kind\": \"static keys\", \"detail\": \"AKIDEXAMPLE\"}]},\n"
    "      and \"error\" for files or profiles that lead nowhere. A credential_source ends\n"
    "      \"profiles\", with the profile null\n",

    "credentials: the source credentials that orgrun would find in an environment\n"
    "  env {name: value}; it names the shared files and the endpoints, which are asked\n"
    "  profile  as --profile; now  the time it is, RFC 3339 (the system's)\n"
    "  files {path: text}  are written to a throw-away directory, into which HOME (when not\n"
    "  given /home/probe), the variables that name files, and these paths in the texts lead\n"
    "  http  recorded exchanges; with it no other network is there. The first that fits and\n"
    "  was not used yet answers, else the last used:\n"
    "   [{\"request\": {method, url or path, headers, body: a part of it}, each optional,\n"
    "     \"response\": {status, headers, body: text or JSON, delay_ms}, or null to hang up}]\n"
    "  {\"op\": \"credentials\", \"env\": {\"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI\": \"/c\"},\n"
    "   \"http\": [{\"request\": {\"url\": \"http://169.254.170.2/c\"},\n"
    "    \"response\": {\"status\": 200, \"body\": {\"AccessKeyId\": \"ASIAEXAMPLE\", ...}}}]}\n"
    "  -> {\"access_key_id\": \"ASIAEXAMPLE\", \"secret_access_key\": \"secret\",\n"
    "      \"session_token\": \"token\", \"expiration\": \"2026-11-24T03:45:00.000Z\",\n"
    "      \"expires_ms\": 1795491900000, \"provider\": \"the container credentials endpoint\"},\n"
    "      with null for what there is not; or {\"error\": \"...\", \"hint\": \"...\",\n"
    "      \"error_class\": \"credentials\", \"aws\", \"network\", \"protocol\", \"io\" or\n"
    "      \"limit\"}. With http also \"requests\": [{method, url, exchange: its index}]\n",

    "request: signed requests with one account's session\n"
    "  env {name: value}; account; role, region, duration; requests, each {service, region,\n"
    "  endpoint, protocol \"rest\", \"query\", \"json1.0\" or \"json1.1\", action, version,\n"
    "  params [name, value, ...], method, path, path_encoded, query, headers [\"Name: value\"],\n"
    "  content_type, body or body_size, not_idempotent, timeout_ms, total_ms, body_max,\n"
    "  stream (true: piece by piece; with slow_ms a piece, stop_after bytes), show_headers}\n"
    "  threads: so many do all of the requests at once; an answer is then a list for each\n"
    "  {\"op\": \"request\", \"env\": {...}, \"account\": \"111122223333\", \"requests\": [\n"
    "   {\"service\": \"sts\", \"protocol\": \"query\", \"action\": \"GetCallerIdentity\",\n"
    "    \"version\": \"2011-06-15\"}]}\n"
    "  -> [{\"rc\": 0, \"status\": 200, \"body\": \"<GetCaller...\", \"body_len\": 400,\n"
    "       \"request_id\": \"...\", \"error_code\": \"\", \"error_message\": \"\", \"attempts\": "
    "1,\n"
    "       \"pieces\": 0, \"message\": \"\", \"hint\": \"\", \"headers\": {}}]\n",
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

/* One answer; NULL becomes {"error": why}, and *failed true. */
static json_t *answer_of(const char *argument, const json_t *request, bool *failed)
{
    char error[2048] = "";
    json_t *answer = run(op_of(request, argument), request, error, sizeof error);
    *failed = !answer;
    return answer ? answer : json_pack("{s:s}", "error", error);
}

/* An array of requests is answered by an array, each in its place. */
static json_t *answer_all(const char *argument, const json_t *requests, bool *failed)
{
    json_t *answers = json_array();
    size_t i;
    const json_t *request;
    json_array_foreach(requests, i, request)
    {
        bool one;
        (void)json_array_append_new(answers, answer_of(argument, request, &one));
        *failed = *failed || one;
    }
    return answers;
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
    bool failed = false;
    json_t *answer = json_is_array(request) ? answer_all(argument, request, &failed)
                                            : answer_of(argument, request, &failed);
    json_decref(request);
    return print_answer(answer, failed);
}
