"""What `cargo xtask conformance` has Schemathesis do beside its own checks.

Ids in requests are often those of what is there, and changes are often of the present version, so that the calls come
further than a 404 or a 412. Two checks are stricter than those that come with Schemathesis:

- `stated_status`: an answer has a status that the contract states for the operation by itself, not as `default`;
- `reasonable_refusal`: a request that follows the contract is refused with 400 only for the meaning of members that
  `schemathesis.toml` names for the operation, never for their form.
"""

import itertools
from fnmatch import fnmatchcase

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import REQUEST_SHAPE_PROBES, TestPhase, coverage_scenario

# Where what a member names is listed.
LISTS = {
    "areaId": "areas",
    "caseId": "cases",
    "closureDayId": "closureDays",
    "consultationId": "consultations",
    "escalatesToId": "consultations",
    "followUpRequestId": "followUpRequests",
    "intoCaseId": "cases",
    "leadOrganisationId": "organisations",
    "organisationId": "organisations?takesRequests=true",
    "successorId": "organisations",
    "termId": "terms",
}
# Any request can have these: its address or its headers are too long.
ALWAYS_STATED = {414, 431}

known = {}
turns = itertools.count()


def ids(case, name):
    """Goes round and round the ids of what a member can name, as the caller sees them."""
    collection = LISTS[name]
    if collection not in known:
        schema = case.operation.schema
        answer = requests.get(f"{schema.get_base_url()}/{collection}", headers=schema.config.headers, timeout=30)
        known[collection] = itertools.cycle([item["id"] for item in answer.json().get("items", [])] or [None])
    return known[collection]


def name_what_is_there(case, members):
    for name in LISTS.keys() & members.keys():
        members[name] = next(ids(case, name)) or members[name]


@schemathesis.hook
def before_call(ctx, case, kwargs):
    meta = case.meta
    if meta is None or meta.phase.name is TestPhase.STATEFUL:
        return
    turn = next(turns)
    # A request that is meant to follow the contract may have headers that do not, when security is one of them.
    if meta.generation.mode.is_positive or not meta.is_negative_at(ParameterLocation.HEADER):
        if "If-Match" in case.headers:
            case.headers["If-Match"] = "*"
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = f'"{turn}"'
    if turn % 4 == 0:
        return
    if not meta.is_negative_at(ParameterLocation.PATH):
        name_what_is_there(case, case.path_parameters)
    if isinstance(case.body, dict) and not meta.is_negative_at(ParameterLocation.BODY):
        name_what_is_there(case, case.body)


@schemathesis.check
def stated_status(ctx, response, case):
    if coverage_scenario(case) in REQUEST_SHAPE_PROBES or response.status_code in ALWAYS_STATED:
        return
    stated = case.operation.responses.status_codes
    assert str(response.status_code) in stated, f"{response.status_code} is not one of {', '.join(stated)}"


@schemathesis.check
def reasonable_refusal(ctx, response, case):
    if response.status_code != 400 or case.meta is None or case.meta.generation.mode.is_negative:
        return
    names = ctx.config.custom_kwargs.get("reasonable_refusal", {}).get("names", [])
    for issue in response.json()["issues"]:
        kind, name = issue["type"].rsplit(":", 1)[-1], issue.get("name", "")
        # A text that happens to hold a national register number is refused everywhere.
        is_reasonable = kind == "rejectedInput" or any(fnmatchcase(name, known) for known in names)
        assert is_reasonable and kind != "schemaViolation", f"{issue['in']} {name} is refused as {kind}"
