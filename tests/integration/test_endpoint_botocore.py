# SPDX-License-Identifier: MIT
"""Compares orgrun's endpoints with those of botocore's rule set engine over botocore's own data.

    python3 test_endpoint_botocore.py PATH-TO-orgrun-probe

Every Region of every partition (and some that no partition knows) x FIPS x dual stack x the legacy
global endpoint x a custom endpoint, for the services below, and every other service in some Regions
x FIPS x dual stack: URL, signing Region and signing name, or the error, must be the same, but for
the exceptions that are listed. So must the names of AWS_ENDPOINT_URL_<SERVICE>.
Exit code: 0 all the same, 1 a difference; also 1 without botocore.
"""
import itertools
import json
import subprocess
import sys

try:
    import botocore.endpoint_provider
    import botocore.exceptions
    import botocore.loaders
except ImportError:
    print("botocore is not installed for", sys.executable)
    sys.exit(1)

SERVICES = ["sts", "organizations", "sso", "sso-oidc", "account", "ec2"]
OTHER_REGIONS = ["us-new-7", "eu-middle-12", "xx-north-1", "local", "us-gov-new-9", "us-iso-new-3",
                 "us-isob-new-3", "eu-isoe-new-3", "us-isof-new-3", "cn-new-2", "eusc-de-new-2",
                 "eusc-fr-north-1", "us-east", "east-1", "us-a-b-1", "US-EAST-1", None]
ENDPOINTS = [None, "https://example.org", "https://example.org:8443/path", "http://localhost:5000",
             "http://127.0.0.1:1", "http://[::1]:80"]
# For services not named above.
SOME_REGIONS = ["us-east-1", "eu-west-1", "us-west-2", "ap-southeast-5", "cn-north-1",
                "cn-northwest-1", "us-gov-west-1", "us-gov-east-1", "us-iso-east-1",
                "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "eusc-de-east-1"]
# What has no endpoint by service and Region alone: it takes an ARN or the kind of call.
BY_ARGUMENT = {"cloudfront-keyvaluestore", "neptune-graph"}
# (service, beginning of a Region's name) where FIPS is an error of the rule set; here it gives a name
# that does not resolve.
NOT_FOLLOWED = {("s3", "cn-"), ("s3control", "cn-")}
GONE = {"importexport"}


def provider(loader, service, partitions):
    rules = loader.load_service_model(service, "endpoint-rule-set-1")
    return botocore.endpoint_provider.EndpointProvider(rules, partitions)


def expected(endpoints, signing_name, params):
    """What botocore says, in the probe's form."""
    try:
        found = endpoints.resolve_endpoint(**params)
    except botocore.exceptions.EndpointProviderError as error:
        return {"error": str(error)}
    schemes = found.properties.get("authSchemes", [{}])
    # Without a scheme of its own a client signs for the Region it was made with.
    return {"url": found.url,
            "signing_region": schemes[0].get("signingRegion", params.get("Region")),
            "signing_name": schemes[0].get("signingName", signing_name)}


def requests(service, regions):
    flags = [False, True]
    for region, fips, dual, legacy, endpoint in itertools.product(
            regions, flags, flags, flags if service == "sts" else [False], ENDPOINTS):
        params = {"UseFIPS": fips, "UseDualStack": dual}
        if service == "sts":
            params["UseGlobalEndpoint"] = legacy
        if region is not None:
            params["Region"] = region
        if endpoint is not None:
            params["Endpoint"] = endpoint
        yield params


def cases(loader):
    partitions = loader.load_data("partitions")
    regions = [r for p in partitions["partitions"] for r in p["regions"]] + OTHER_REGIONS
    for service in SERVICES:
        endpoints = provider(loader, service, partitions)
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        name = metadata.get("signingName", metadata["endpointPrefix"])
        for params in requests(service, regions):
            want = expected(endpoints, name, dict(params))
            if want.get("signing_region", "") is None:
                want["signing_region"] = "us-east-1"  # ours: a custom endpoint needs no Region
            yield {"op": "endpoint", "service": service, **params}, want


def other_cases(loader):
    partitions = loader.load_data("partitions")
    flags = [False, True]
    for service in loader.list_available_services("service-2"):
        if service in BY_ARGUMENT | GONE | set(SERVICES):
            continue
        endpoints = provider(loader, service, partitions)
        metadata = loader.load_service_model(service, "service-2")["metadata"]
        name = metadata.get("signingName", metadata["endpointPrefix"])
        for region, fips, dual in itertools.product(SOME_REGIONS, flags, flags):
            if fips and (service, region[:3]) in NOT_FOLLOWED:
                continue
            params = {"Region": region, "UseFIPS": fips, "UseDualStack": dual}
            yield {"op": "endpoint", "service": service, **params}, expected(endpoints, name, params)


def setting_cases(loader):
    """AWS_ENDPOINT_URL_<SERVICE> by the service id, in capitals, of each model."""
    for service in loader.list_available_services("service-2"):
        name = loader.load_service_model(service, "service-2")["metadata"]["serviceId"]
        name = "AWS_ENDPOINT_URL_" + name.upper().replace(" ", "_").replace("-", "_")
        yield ({"op": "endpoint", "service": service, "Region": "eu-west-1",
                "env": {"AWS_ENDPOINT_URL": "https://other.example", name: "https://it.example"}},
               {"url": "https://it.example"})


def main():
    loader = botocore.loaders.create_loader()
    todo = [*cases(loader), *other_cases(loader), *setting_cases(loader)]
    run = subprocess.run([sys.argv[1]], input=json.dumps([request for request, _ in todo]),
                         capture_output=True, text=True, check=False)
    answers = json.loads(run.stdout) if run.returncode == 0 else []
    failed = abs(len(todo) - len(answers))
    if failed:
        print("the probe answered %d of %d requests: exit code %d\n%s"
              % (len(answers), len(todo), run.returncode, run.stderr))
    wrong = [(r, w, a) for (r, w), a in zip(todo, answers) if {k: a.get(k) for k in w} != w]
    for request, want, answer in wrong[:20]:
        print("FAILED", json.dumps(request), "\n  botocore:", json.dumps(want),
              "\n  orgrun:  ", json.dumps(answer))
    failed += len(wrong)
    print("%d passed, %d failed" % (len(todo) - failed, failed))
    return 1 if failed or not todo else 0


sys.exit(main())
