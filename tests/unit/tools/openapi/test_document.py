"""What the committed OpenAPI document says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

import telltale_client
from tests.support.imports import ROOT

METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ROOT / "gateway/web/assets/openapi.json").read_bytes())
    return loaded


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["operationId"]: each for path in document["paths"].values() for each in path.values()}


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_call_has_a_name_of_its_own_and_says_what_it_does(document: dict[str, Any]) -> None:
    calls = [call for path in document["paths"].values() for verb, call in path.items() if verb in METHODS]
    assert len({call["operationId"] for call in calls}) == len(calls) >= 38
    assert [call["operationId"] for call in calls if not call["summary"] or not call["description"]] == []


def test_the_edge_serves_the_services_that_are_described(document: dict[str, Any]) -> None:
    template = (ROOT / "gateway/envoy/bootstrap.template.yaml").read_text(encoding="utf-8")
    served = re.findall(r"^ +- (?:telltale\.gateway\.v1|google\.longrunning)\.(\w+)$", template, re.MULTILINE)
    assert {tag["name"] for tag in document["tags"]} == set(served)


def test_a_file_is_the_body_and_all_else_about_it_is_in_the_address(document: dict[str, Any]) -> None:
    upload = operations(document)["AnalyzeMedia"]
    assert set(upload["requestBody"]["content"]) == {"application/octet-stream", "image/*", "video/*", "audio/*"}
    assert {"requestId", "displayName", "depth"} <= {each["name"] for each in upload["parameters"]}
    assert upload["x-stream"] == "ndjson"


def test_rules_of_fields_are_keywords(document: dict[str, Any]) -> None:
    parameters = {each["name"]: each["schema"] for each in operations(document)["ListAnalyses"]["parameters"]}
    assert (parameters["pageSize"]["minimum"], parameters["pageSize"]["maximum"]) == (0, 200)
    assert (parameters["query"]["maxLength"], parameters["labels"]["maxItems"]) == (200, 8)
    assert "LABEL_UNSPECIFIED" not in parameters["labels"]["items"]["enum"]
    body = operations(document)["CreateAnalysis"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["properties"]["media"]["pattern"] == "^media/[a-z0-9]{26}$"
    assert body["required"] == ["media"]


def test_what_a_path_names_has_its_pattern(document: dict[str, Any]) -> None:
    analysis, cue = operations(document)["GetMap"]["parameters"]
    assert (analysis["name"], analysis["schema"]["pattern"]) == ("analysis", "^[a-z0-9]{26}$")
    assert (cue["name"], cue["schema"]["pattern"]) == ("cue", "^[a-z0-9_]{3,64}$")


def test_a_call_names_its_own_reasons_those_it_borrows_and_those_of_every_call(document: dict[str, Any]) -> None:
    responses = operations(document)["AnalyzeMedia"]["responses"]
    assert {"POLYGLOT_MEDIA", "MEDIA_TOO_LONG", "WEBHOOK_REFUSED"} <= set(responses["400"]["x-reasons"])
    assert set(responses["401"]["x-reasons"]) == {"MISSING_TOKEN", "INVALID_TOKEN", "EXPIRED_TOKEN"}
    assert {"QUOTA_EXCEEDED", "RATE_LIMITED", "TOO_MANY_NEAR_DUPLICATES"} <= set(responses["429"]["x-reasons"])
    assert "401" not in operations(document)["ListSigningKeys"]["responses"]
    assert "NOT_FOUND" in operations(document)["WaitOperation"]["responses"]["404"]["x-reasons"]


def test_every_reason_of_the_contract_is_in_the_table(document: dict[str, Any]) -> None:
    table = {row["reason"]: row for row in document["x-errors"]}
    assert table["STORAGE_FULL"]["status"] == 429
    assert all(row["meaning"] for row in table.values())
    enum = (ROOT / "protos/telltale/common/v1/errors.proto").read_text(encoding="utf-8")
    assert set(table) == set(re.findall(r"ERROR_REASON_(\w+) = [1-9]", enum))


def test_names_are_spelt_as_the_edge_spells_them(document: dict[str, Any]) -> None:
    properties = [
        name for schema in document["components"]["schemas"].values() for name in schema.get("properties", {})
    ]
    assert [name for name in properties if "_" in name] == []
    assert document["components"]["schemas"]["common.MediaInfo"]["properties"]["sizeBytes"]["type"] == "string"
    assert "requestId finds it again" in operations(document)["AnalyzeMedia"]["description"]


def test_python_samples_are_python_and_call_what_there_is(document: dict[str, Any]) -> None:
    sources = [
        sample["source"]
        for call in operations(document).values()
        for sample in call["x-codeSamples"]
        if sample["lang"] == "Python"
    ]
    called = [name for source in sources for name in re.findall(r"\bclient\.(\w+)\(", source)]
    assert len(called) >= 30
    assert [name for name in called if not hasattr(telltale_client.Client, name)] == []
    for source in sources:
        compile(source, "sample", "exec")


def test_every_call_has_a_sample_for_the_shell_and_for_javascript(document: dict[str, Any]) -> None:
    for call in operations(document).values():
        assert {"Shell", "JavaScript"} <= {sample["lang"] for sample in call["x-codeSamples"]}
