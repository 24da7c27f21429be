"""The documents we serve are what they say they are, and say all of it."""

import json
import re

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from data_contracts.cloudevents import SENDABLE, TYPE_OF, short_of, type_of
from data_contracts.events import KINDS
from pipelines.api.asyncapi import asyncapi
from pipelines.api.documents import OPEN, Documents
from pipelines.api.openapi import openapi
from pipelines.api.problems import PROBLEMS
from tests.events import APPEARS, DATA, event

EMAIL = "beheer@example.org"
URL = "https://keten.voorbeeld.nl"
OPENAPI = openapi(URL, email=EMAIL)
ASYNCAPI = asyncapi(URL, email=EMAIL)
OPERATIONS = [
    (path, method, operation)
    for path, item in OPENAPI["paths"].items()
    for method, operation in item.items()
]


def resolved(document, pointer):
    found = document
    for step in pointer.removeprefix("#/").split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def parts(node):
    yield node
    for inner in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from parts(inner)


def references(document):
    return [p["$ref"] for p in parts(document) if isinstance(p, dict) and "$ref" in p]


def whole(document, node):
    """A part of a document with its references written out."""
    if isinstance(node, list):
        return [whole(document, one) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return whole(document, resolved(document, node["$ref"]))
    return {name: whole(document, what) for name, what in node.items()}


@pytest.mark.parametrize("document", [OPENAPI, ASYNCAPI], ids=["openapi", "asyncapi"])
def test_every_reference_leads_somewhere(document):
    assert references(document)
    for pointer in references(document):
        assert resolved(document, pointer) is not None


# The technical rules of the NL API Design Rules 2.2 that its linter holds a document against.
def test_it_is_openapi_3_with_contact_licence_server_and_version():
    info = OPENAPI["info"]
    assert re.fullmatch(r"3(\.\d+){1,2}", OPENAPI["openapi"])
    assert set(info["contact"]) == {"name", "url", "email"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", info["version"])
    assert [s["url"] for s in OPENAPI["servers"]] == [f"{URL}/v1"]


def test_paths_are_kebab_case_without_a_slash_at_the_end_and_without_verbs():
    for path in OPENAPI["paths"]:
        assert re.fullmatch(r"(/([a-z0-9-]+|\{[a-z]+\}))+", path)


def test_every_operation_has_its_own_name_and_tag():
    names = [operation["operationId"] for *_, operation in OPERATIONS]
    tags = {tag["name"] for tag in OPENAPI["tags"]}
    assert len(set(names)) == len(names)
    assert {tag for *_, operation in OPERATIONS for tag in operation["tags"]} == tags
    assert {method for _, method, _ in OPERATIONS} <= {"get", "post"}


def test_every_answer_says_the_version_and_every_refusal_is_a_problem():
    for path, method, operation in OPERATIONS:
        for status, answer in whole(OPENAPI, operation["responses"]).items():
            assert "API-Version" in answer["headers"], (path, method, status)
            if status[0] in "45":
                (media_type,) = answer["content"]
                schema = answer["content"][media_type]["schema"]
                assert media_type == "application/problem+json"
                assert {"status", "title", "detail"} <= set(schema["properties"])
        if operation.get("parameters") or method == "post":
            assert "400" in operation["responses"]
        assert "422" not in operation["responses"]


def test_every_path_parameter_is_described():
    for path, _, operation in OPERATIONS:
        named = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", path))


def test_a_date_is_a_date():
    for part in parts(OPENAPI):
        for name, described in (
            (part.get("properties") or {}).items() if isinstance(part, dict) else ()
        ):
            if re.search(r"(\wD|_[dD])(ate|atum)|^(date|datum)$", name):
                assert described["format"] == "date"
            assert described.get("format") not in ("time", "date-time-local")


def test_every_schema_is_a_schema_and_every_example_meets_it():
    for name, schema in OPENAPI["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z][A-Za-z]+", name)
        Draft202012Validator.check_schema(whole(OPENAPI, schema))
    shown = [p for p in parts(whole(OPENAPI, OPENAPI["paths"])) if isinstance(p, dict)]
    contents = [c for p in shown for c in p.get("content", {}).values()]
    assert contents
    for content in contents:
        Draft202012Validator(content["schema"], format_checker=FormatChecker()).validate(
            content["example"]
        )


def test_every_problem_there_is_is_described():
    described = OPENAPI["components"]["responses"]
    assert set(described) == {name for name, *_ in PROBLEMS.values()}
    for status, (name, *_) in PROBLEMS.items():
        assert described[name]["content"]["application/problem+json"]["example"]["status"] == status


def test_only_documents_are_open_to_everybody():
    assert OPENAPI["security"] == [{"sleutel": []}]
    opened = [path for path, _, operation in OPERATIONS if operation.get("security") == []]
    assert opened == ["/schemas/{bestand}"]
    assert OPEN == {"Access-Control-Allow-Origin": "*"}


def test_asyncapi_names_every_kind_that_may_come_in_and_its_type():
    messages = ASYNCAPI["components"]["messages"]
    assert ASYNCAPI["asyncapi"] == "3.0.0"
    assert set(ASYNCAPI["channels"]["gebeurtenissen"]["messages"]) == set(SENDABLE)
    assert {messages[kind]["name"] for kind in SENDABLE} == {type_of(kind) for kind in SENDABLE}
    melding = ASYNCAPI["components"]["schemas"]["Melding"]
    assert set(melding["properties"]["type"]["enum"]) == set(TYPE_OF.values())
    for operation in ASYNCAPI["operations"].values():
        assert operation["action"] in ("send", "receive")
        assert resolved(ASYNCAPI, operation["channel"]["$ref"])


@pytest.mark.parametrize("kind", SENDABLE)
def test_an_event_that_is_right_meets_both_documents_and_another_kind_s_does_not(kind):
    for document in (OPENAPI, ASYNCAPI):
        schema = whole(document, document["components"]["schemas"][f"Gebeurtenis{kind}"])
        Draft202012Validator.check_schema(schema)
        judge = Draft202012Validator(schema, format_checker=FormatChecker())
        judge.validate(event(kind))
        assert not judge.is_valid(event(kind) | {"type": "nl.anders.v1"})
        other = "NoticeGiven" if kind != "NoticeGiven" else "FacilityOpened"
        assert not judge.is_valid(event(other))


@pytest.mark.parametrize("kind", APPEARS)
def test_the_schema_of_a_kind_is_served_and_refuses_what_it_does_not_know(kind):
    schema = Documents(URL, email=EMAIL).schemas[f"{short_of(kind)}.json"]
    judge = Draft202012Validator(schema, format_checker=FormatChecker())
    right = DATA[KINDS[kind].table]

    assert schema["$id"] == f"{URL}/v1/schemas/{short_of(kind)}.json"
    judge.validate(right)
    assert not judge.is_valid(right | {"bsn": "111222333"})
    for name in schema["required"]:
        assert not judge.is_valid({n: v for n, v in right.items() if n != name})


def test_no_document_has_a_place_for_who_somebody_is():
    said = json.dumps([OPENAPI["components"]["schemas"], ASYNCAPI["components"]["schemas"]])
    for word in ('"bsn"', '"name":', '"phone"', '"email"', '"street"', '"house_number"'):
        assert word not in said
