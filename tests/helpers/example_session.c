// SPDX-License-Identifier: MIT
// An account, a service and a Region to a session that any automation can use, and one signed
// request with it: example-session 111122223333 sts eu-west-1 prints the account it is in.
#include <orgrun/orgrun.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct orgrun_error err = {0};
    struct orgrun_ctx *ctx = NULL;
    struct orgrun_session *session = NULL;
    struct orgrun_response answer = {0};
    if (argc != 4)
        return 2;
    struct orgrun_request ask =
        orgrun_request_query(argv[2], "GetCallerIdentity", "2011-06-15", NULL);
    int rc = orgrun_ctx_new(&ctx, NULL, &err);
    if (!rc)
        rc = orgrun_session_open(&session, ctx, argv[1], argv[3], NULL, &err);
    if (!rc)
        rc = orgrun_session_request(session, &ask, &answer, &err);
    const char *account = rc ? NULL : strstr(answer.body, "<Account>");
    if (account)
        printf("%.12s\n", account + strlen("<Account>"));
    else
        fprintf(stderr, "%s\n%s\n", err.message, err.hint);
    orgrun_response_clear(&answer);
    orgrun_session_close(session);
    orgrun_ctx_free(ctx);
    return account ? 0 : 1;
}
