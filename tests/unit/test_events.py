"""Facts: one union, one table of kinds, one canonical writing."""

from datetime import UTC, datetime
from typing import get_args

import pytest
from pydantic import ValidationError

from data_contracts.events import FACT, KINDS, TABLES, AnyFact, appeared, canonical, vanished

ENVELOPE = {
    "source": "urn:nld:oin:00000099000000001000:systeem:test",
    "id": "f-1",
    "subject": "O-1",
    "at": datetime(2026, 11, 22, 1, tzinfo=UTC),
}


def test_every_class_of_fact_says_what_it_does_to_the_state():
    classes = get_args(get_args(AnyFact)[0])

    assert {c.model_fields["kind"].default for c in classes} == set(KINDS)


def test_every_delivered_table_has_a_fact_that_appears_and_one_that_vanishes():
    for table in set(TABLES) - {"offers"}:
        assert KINDS[appeared(table)].appears
        assert not KINDS[vanished(table)].appears


def test_a_fact_is_read_by_its_kind():
    data = {"notice": "O-1", "dwelling": "W-1", "given": "2026-11-01", "ends": "2026-12-01"}

    fact = FACT.validate_python({**ENVELOPE, "kind": "NoticeGiven", "data": data})

    assert fact.kind == "NoticeGiven"


def test_a_fact_of_an_unknown_kind_is_refused():
    with pytest.raises(ValidationError):
        FACT.validate_python({**ENVELOPE, "kind": "CatMoved", "data": {}})


def test_a_fact_cannot_be_changed():
    fact = FACT.validate_python({**ENVELOPE, "kind": "TieDropped"})

    with pytest.raises(ValidationError):
        fact.subject = "B-2"


def test_canonical_writing_ignores_order_and_leaves_out_what_is_missing():
    assert canonical({"b": 1, "a": None, "c": "é"}) == '{"b":1,"c":"é"}'
    assert canonical({"c": "é", "b": 1}) == canonical({"b": 1, "c": "é"})
