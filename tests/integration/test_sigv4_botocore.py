# SPDX-License-Identifier: MIT
"""Compares orgrun's signatures with those of an independent signer, botocore.

    python3 test_sigv4_botocore.py PATH-TO-orgrun-probe [COUNT [SEED]]

COUNT requests (default 200) are generated from SEED and signed by both: canonical request, string
to sign and Authorization must be the same. Then an AssumeRole as a real botocore client sends it.
Exit code: 0 all the same, 1 a difference; also 1 when botocore is not there to compare with.
"""
import datetime
import hashlib
import json
import random
import subprocess
import sys
from unittest import mock
from urllib.parse import quote, urlsplit

try:
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
    import botocore.session
except ImportError:
    print("botocore is not installed for", sys.executable)
    sys.exit(1)

METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]
SERVICES = ["sts", "organizations", "iam", "ec2", "execute-api", "service"]
REGIONS = ["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "us-iso-east-1", "aws-global"]
SEGMENTS = ["a", "example", "..", ".", "", "a b", "é", "日本", "%20", "%2F", "%e1%88%b4", "100%",
            "~tilde", "a+b", "(x)", "a:b@c", "x=y&z", "semi;colon", "!$'*,", "-._~", "[1]", "%2E%2E"]
TEXTS = ["", "a", "A", "value", "Value", "a b", "a+b", "é", "日本語", "x=y", "a&b", "100%", "%41", "/",
         "?", "~", "-._~", "!*'()", ":@$,;", "[]{}|\\^`\"<>", "#", "\t", "😀", "arn:aws:iam::1:role/x"]
VALUES = ["v", "  padded  ", "a   b   c", '"a   b   c"', "tab\there", "", "é ü", "a,b", "x; y=1",
          "\tedge\t", "日本", "a:b"]
NAMES = ["X-Custom", "x-custom", "My-Header1", "My-Header10", "my-header2", "Content-Type", "Accept",
         "X-Amz-Target", "X-Amz-Meta-B", "x-amz-meta-a", "Zulu", "Range"]
UNSIGNED = ["User-Agent", "Connection", "Expect", "X-Amzn-Trace-Id", "Transfer-Encoding", "TE",
            "Keep-Alive", "Upgrade", "Trailer", "Proxy-Authorization"]


class Recording:
    """Keeps the stages that an add_auth goes through."""

    def string_to_sign(self, request, canonical_request):
        text = super().string_to_sign(request, canonical_request)
        self.stages = canonical_request, text
        return text


class Normalizing(Recording, botocore.auth.SigV4Auth):
    pass


class NotNormalizing(Recording, botocore.auth.SigV4Auth):
    def _normalize_url_path(self, path):
        return quote(path, safe="/~")


class S3(Recording, botocore.auth.S3SigV4Auth):
    pass


def frozen(time):
    """botocore's clock stands at `time`."""
    if hasattr(botocore.auth, "get_current_datetime"):
        return mock.patch.object(botocore.auth, "get_current_datetime", lambda *a, **k: time)
    fake = mock.Mock(wraps=datetime.datetime)
    fake.utcnow.return_value = time
    return mock.patch.object(botocore.auth.datetime, "datetime", fake)


def probe(path, request):
    done = subprocess.run([path], input=json.dumps(request).encode(), stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def sent_query(rng, params):
    """The parameters as some client might send them: encoded where it must be, and where it likes."""
    def sent(text, must):
        out = ""
        for char in text:
            if char in must or rng.random() < 0.3:
                code = quote(char, safe="") if rng.random() < 0.5 else "".join(
                    "%%%02x" % byte for byte in char.encode())
                out += code
            else:
                out += char
        return out
    pairs = []
    for name, value in params:
        pair = sent(name, "&=%#\t")
        if value or not name or rng.random() < 0.5:
            pair += "=" + sent(value, "&%#\t")
        pairs.append(pair)
    return "&".join(pairs)


def generate(rng):
    """One request: what both signers are told."""
    service = rng.choice(SERVICES + ["s3"])
    path = "/" + "/".join(rng.choice(SEGMENTS) for _ in range(rng.randrange(6)))
    if service == "s3":  # an S3 client encodes each segment exactly once
        path = quote("/" + "/".join(rng.choice(TEXTS) for _ in range(rng.randrange(5))), safe="/~")
    headers = [(rng.choice(NAMES), rng.choice(VALUES)) for _ in range(rng.randrange(7))]
    headers += [(rng.choice(UNSIGNED), rng.choice(VALUES)) for _ in range(rng.randrange(3))]
    rng.shuffle(headers)
    return {
        "method": rng.choice(METHODS),
        "host": rng.choice(["example.amazonaws.com", "sts.eu-west-1.amazonaws.com", "localhost:8443"]),
        "path": path,
        "params": [(rng.choice(TEXTS), rng.choice(TEXTS)) for _ in range(rng.randrange(6))],
        "headers": headers,
        "folded": rng.random() < 0.2,
        "body": "".join(rng.choice(TEXTS) for _ in range(rng.choice([0, 0, 1, 5, 40]))),
        "service": service,
        "region": rng.choice(REGIONS),
        "access_key": "AKIA" + "".join(rng.choices("ABCDEFGH234567", k=16)),
        "secret": "".join(rng.choices("abcXYZ019+/", k=40)),
        "token": "".join(rng.choices("abcXYZ019+/=", k=rng.choice([64, 700])))
                 if rng.random() < 0.5 else None,
        "time": datetime.datetime(2015, 8, 30, 12, 36, tzinfo=datetime.timezone.utc)
                + datetime.timedelta(seconds=rng.randrange(10**9)),
        "normalize": service != "s3" and rng.random() < 0.7,
        "sign_body": service == "s3" or rng.random() < 0.3,
        "unsigned_payload": service != "s3" and rng.random() < 0.1,
    }


def by_botocore(case):
    url = "https://" + case["host"] + case["path"]
    request = botocore.awsrequest.AWSRequest(
        method=case["method"], url=url, data=case["body"].encode(), params=case["params"])
    request.headers.add_header("Host", case["host"])
    for name, value in case["headers"]:
        request.headers.add_header(name, value)
    if case["folded"]:
        request.headers.add_header("X-Folded", "one\n  two\n\tthree")
    if case["unsigned_payload"]:
        request.context["payload_signing_enabled"] = False
    elif case["sign_body"]:
        digest = hashlib.sha256(case["body"].encode()).hexdigest()
        request.headers["X-Amz-Content-SHA256"] = digest
    kind = S3 if case["service"] == "s3" else Normalizing if case["normalize"] else NotNormalizing
    keys = botocore.credentials.Credentials(case["access_key"], case["secret"], case["token"])
    signer = kind(keys, case["service"], case["region"])
    with frozen(case["time"]):
        signer.add_auth(request)
    return (*signer.stages, request.headers["Authorization"])


def by_orgrun(path, case, rng):
    query = sent_query(rng, case["params"])
    lines = ["%s %s%s HTTP/1.1" % (case["method"], case["path"], "?" + query if query else ""),
             "Host:" + case["host"]]
    lines += ["%s:%s" % header for header in case["headers"]]
    if case["folded"]:
        lines += ["X-Folded: one", "  two", "\tthree"]
    end = rng.choice(["\n", "\r\n"])
    answer = probe(path, {
        "op": "sign",
        "request": end.join(lines) + end + end + case["body"],
        "credentials": {"access_key_id": case["access_key"], "secret_access_key": case["secret"],
                        "token": case["token"]},
        "region": case["region"], "service": case["service"],
        "timestamp": case["time"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "normalize": case["normalize"], "unsigned_payload": case["unsigned_payload"],
        "sign_body": case["sign_body"] or case["unsigned_payload"],
    })
    if "error" in answer:
        return answer["error"], None, None
    return answer["canonical_request"], answer["string_to_sign"], answer["authorization"]


def same(what, expected, got, shown):
    for stage, theirs, ours in zip(("canonical request", "string to sign", "Authorization"),
                                   expected, got):
        if theirs != ours:
            print("FAILED %s: the %s differs\n  request:  %r\n  botocore: %r\n  orgrun:   %r"
                  % (what, stage, shown, theirs, ours))
            return False
    return True


def captured_assume_role(keys, time):
    """The AssumeRole a botocore client would have sent."""
    sent = []

    def keep(request, **_):
        sent.append(request)
        body = b"<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"
        raw = mock.Mock()
        raw.stream.return_value = [body]
        return botocore.awsrequest.AWSResponse(request.url, 200, {}, raw)

    session = botocore.session.Session()
    session.set_credentials(keys["access_key_id"], keys["secret_access_key"], keys["token"])
    client = session.create_client("sts", region_name="eu-west-1")
    client.meta.events.register("before-send.sts.AssumeRole", keep)
    with frozen(time):
        client.assume_role(RoleArn="arn:aws:iam::111122223333:role/rol_sts_cross_account",
                           RoleSessionName="orgrun-é+x@1", DurationSeconds=3600,
                           Policy='{"Version": "2012-10-17", "Statement": []}')
    return sent[0]


def check_assume_role(path):
    keys = {"access_key_id": "AKIDEXAMPLE", "token": "FwoGZXIvYXdzEXAMPLE//token==",
            "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
    time = datetime.datetime(2026, 11, 24, 3, 45, tzinfo=datetime.timezone.utc)
    request = captured_assume_role(keys, time)
    text = {name: value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()}
    signed = text["Authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    url = urlsplit(request.url)
    lines = ["POST %s HTTP/1.1" % (url.path or "/"), "Host: " + url.netloc]
    # botocore adds a few (Content-Length) after signing, as its transport would.
    lines += ["%s: %s" % item for item in text.items()
              if item[0].lower() in signed + ["user-agent"]]
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    answer = probe(path, {
        "op": "sign", "request": "\n".join(lines) + "\n\n" + body, "credentials": keys,
        "region": "eu-west-1", "service": "sts", "timestamp": time.isoformat(), "normalize": True})
    return same("AssumeRole of a client", ("", "", text["Authorization"]),
                ("", "", answer.get("authorization", answer)), lines)


def main():
    path = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 20150830
    rng = random.Random(seed)
    passed = 0
    for number in range(count):
        case = generate(rng)
        passed += same("request %d of seed %d" % (number, seed), by_botocore(case),
                       by_orgrun(path, case, rng), case)
    passed += check_assume_role(path)
    failed = count + 1 - passed
    print("%d passed, %d failed (botocore %s)" % (passed, failed, botocore.__version__))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
