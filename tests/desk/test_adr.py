"""The API document keeps the NL API Design Rules 2.2: by our own checks always, by Spectral too."""

import copy
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from desk.api.router import described
from pipelines.settings import Settings
from tests.desk.adr import RULES, complaints

ROOT = Path(__file__).parents[2]
RULESET = ROOT.parent / "shared/data/adr/adr-2.2-linter.yaml"
DESK = "https://bureau.voorbeeld.nl"


@pytest.fixture(scope="module")
def served():
    """The document of an installation behind TLS."""
    return json.loads(json.dumps(described(Settings(public_url=DESK, behind_proxy=True))))


def spectral():
    """Where Spectral is, if anywhere: we never fetch it."""
    beside = ROOT / "node_modules/.bin/spectral"
    found = os.environ.get("SPECTRAL") or shutil.which("spectral")
    return found or (str(beside) if beside.exists() else None)


def linted(document, folder):
    """Let Spectral read a document by the rules; give what it has to say."""
    if shutil.which("node") is None or spectral() is None:
        pytest.skip("Spectral is er niet: npm install @stoplight/spectral-cli, en SPECTRAL=<pad>")
    if not RULESET.exists():
        pytest.skip(f"de regels staan niet naast de checkout: {RULESET.name}")
    (folder / "openapi.json").write_text(json.dumps(document))
    told = subprocess.run(
        [spectral(), "lint", "-r", str(RULESET), "-f", "json", str(folder / "openapi.json")],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found, _ = json.JSONDecoder().raw_decode(told.stdout)  # words for people may follow
    return [(one["code"], ".".join(map(str, one["path"]))) for one in found]


def test_spectral_has_nothing_to_say(served, tmp_path):
    assert linted(served, tmp_path) == []


def test_spectral_would_have_said_it(served, tmp_path):
    broken = copy.deepcopy(served)
    del broken["info"]["contact"]
    del broken["paths"]["/plan"]["get"]["responses"]["200"]["headers"]
    assert {"info-contact", "nlgov:missing-header"} <= {
        code for code, _ in linted(broken, tmp_path)
    }


def test_our_own_reading_of_the_rules_has_nothing_to_say(served):
    assert complaints(served) == []


def _of(document, path="/voorstellen/{id}/reacties", method="post"):
    return document["paths"][path][method]


BREAK = {
    "openapi3": lambda d: d.update(openapi="2.0"),
    "semver": lambda d: d["info"].update(version="v1"),
    "contact": lambda d: d["info"]["contact"].pop("email"),
    "license_named": lambda d: d["info"].pop("license"),
    "servers_with_version": lambda d: d.update(servers=[{"url": "https://voorbeeld.nl/api"}]),
    "paths_by_name": lambda d: d["paths"].update({"/mijnVoorstellen/": {}}),
    "standard_methods": lambda d: d["paths"]["/plan"].update(trace=_of(d, "/plan", "get")),
    "unique_operations": lambda d: _of(d).update(operationId="leesPlan"),
    "path_parameters": lambda d: _of(d)["parameters"].pop(0),
    "query_in_camel_case": lambda d: _of(d, "/voorstellen", "get")["parameters"][0].update(
        name="Vanaf_Hier"
    ),
    "version_in_every_answer": lambda d: _of(d)["responses"]["201"].pop("headers"),
    "errors_are_problems": lambda d: d["components"]["responses"]["NietVanU"].pop("content"),
    "invalid_input_is_400": lambda d: _of(d)["responses"].pop("400"),
    "repeatable_changes": lambda d: _of(d).update(parameters=[]),
    "documented": lambda d: _of(d).pop("summary"),
    "names_of_schemas": lambda d: d["components"]["schemas"].update({"mijn-schema": {}}),
    "dates_with_a_format": lambda d: d["components"]["schemas"]["Plan"]["properties"].update(
        startDatum={"type": "string"}
    ),
    "closed_shapes": lambda d: d["components"]["schemas"]["Reactie"].pop("additionalProperties"),
    "schemas_are_schemas": lambda d: d["components"]["schemas"]["Plan"].update(type="lijst"),
    "references_lead_somewhere": lambda d: d["components"]["schemas"].pop("Probleem"),
}


@pytest.mark.parametrize("rule", [rule.__name__ for rule in RULES])
def test_each_of_our_checks_can_fail(served, rule):
    broken = copy.deepcopy(served)
    BREAK[rule](broken)
    try:
        told = complaints(broken)
    except KeyError:  # a reference that leads nowhere stops the checks that follow it
        told = [rule]
    assert any(one.startswith(rule) for one in told)


def test_everybody_may_read_the_document_from_anywhere(anonymous):
    answer = anonymous().get("/v1/openapi.json", headers={"Origin": "https://elders.voorbeeld.nl"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["api-version"] == answer.json()["info"]["version"]
    assert answer.json()["servers"][0]["url"].endswith("/v1")


def test_nothing_but_the_document_is_open_to_other_sites(as_coach):
    answer = as_coach().get("/v1/status", headers={"Origin": "https://elders.voorbeeld.nl"})
    assert "access-control-allow-origin" not in answer.headers
