"""The page about deliveries is fresh, and every sample in it is accepted whole."""

from __future__ import annotations

import pytest

from data_contracts.feeds import parse
from data_contracts.records import DELIVERIES
from docs.build_mapping import PAGE, described, page
from docs.mapping_words import FIELDS
from pipelines.sources import deliveries_in, read

SAMPLES = PAGE.with_name("samples")


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_field_of_every_delivery_is_described():
    for delivery in DELIVERIES.values():
        for field in delivery.record.model_fields:
            assert described(delivery, field)[0]


def test_nothing_is_described_that_no_delivery_has():
    fields = {f"{d.table}.{f}" for d in DELIVERIES.values() for f in d.record.model_fields}
    names = fields | {field.partition(".")[2] for field in fields}
    assert not FIELDS.keys() - names


@pytest.mark.parametrize("table", DELIVERIES)
def test_every_delivery_has_a_sample_without_a_reject(table):
    delivery = DELIVERIES[table]
    parsed = parse(read(SAMPLES / f"{delivery.name}.csv"), delivery)
    assert parsed.rejects == ()
    assert parsed.warnings == ()
    assert parsed.accounting.accepted == parsed.accounting.records > 0


def test_the_samples_are_one_night():
    assert [delivery for delivery, _ in deliveries_in(SAMPLES)] == list(DELIVERIES.values())


def test_the_samples_name_none_but_a_test_organisation():
    for path in SAMPLES.glob("*.csv"):
        for record in read(path).records:
            assert record.cells is not None
            assert record.cells.get("corporatie", "00000099").startswith("00000099")
