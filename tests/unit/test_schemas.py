"""The published schemas say what the code says, and keep people out of facts."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from data_contracts.events import FACT
from data_contracts.record import apart_fields
from data_contracts.records import DELIVERIES
from docs.build import FOLDER, schemas
from pipelines.handover.plan_json import pretty

MADE = schemas()
FACT_OF_A_HOUSEHOLD = {
    "source": "urn:nld:oin:00000099000000000000:systeem:proef",
    "id": "1/H-1",
    "subject": "H-1",
    "at": datetime(2026, 11, 22, tzinfo=UTC),
    "kind": "HouseholdRegistered",
    "data": {
        "household": "H-1",
        "corporation": "00000099000000000000",
        "persons": 2,
        "aow": True,
        "registered": "2018-03-01",
        "consent": False,
        "willingness": "ZEKER",
    },
}


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_schema_on_disk_is_fresh(name):
    assert (FOLDER / name).read_text("utf-8") == pretty(MADE[name]), "Draai `make docs`."


def test_no_schema_is_left_over():
    assert sorted(path.name for path in Path(FOLDER).glob("*.json")) == sorted(MADE)


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_schema_is_a_schema(name):
    Draft202012Validator.check_schema(MADE[name])


def test_a_fact_that_is_written_meets_its_schema():
    fact = json.loads(FACT.dump_json(FACT.validate_python(FACT_OF_A_HOUSEHOLD), exclude_none=True))
    Draft202012Validator(MADE["facts.json"], format_checker=FormatChecker()).validate(fact)


def test_a_fact_of_an_unknown_kind_does_not_meet_the_schema():
    fact = json.loads(FACT.dump_json(FACT.validate_python(FACT_OF_A_HOUSEHOLD), exclude_none=True))
    assert not Draft202012Validator(MADE["facts.json"]).is_valid(fact | {"kind": "Gerucht"})


def test_no_fact_has_a_place_for_a_name_or_address():
    for delivery in DELIVERIES.values():
        described = MADE["facts.json"]["$defs"][delivery.record.__name__]["properties"]
        assert not set(apart_fields(delivery.record)) & set(described)


def test_no_delivery_has_a_place_for_a_bsn():
    assert "bsn" not in json.dumps(MADE).lower()
