"""Three privacy promises of the design, each with its guard."""

import pytest

from data_contracts.events import TABLES
from data_contracts.record import apart_fields, fact_fields
from data_contracts.records import DELIVERIES
from matching.state import empty_table

ALLOWED = {
    "complexes": (
        "complex corporation form units meeting_room min_age least_vragend most_vragend "
        "least_dragend most_dragend"
    ),
    "dwellings": (
        "x y dwelling corporation complex vbo nummeraanduiding neighbourhood district municipality "
        "kind rooms area floor lift access form features rent target_rent energy daeb min_age "
        "age_use min_persons max_persons persons_use status available"
    ),
    "newbuild": (
        "x y dwelling corporation complex vbo nummeraanduiding neighbourhood district municipality "
        "kind rooms area floor lift access form features rent target_rent energy daeb min_age "
        "age_use min_persons max_persons persons_use status available completed"
    ),
    "households": (
        "household corporation persons birth_year aow income income_year exception_54a registered "
        "priority mobility access_needed features_needed consent consent_date willingness coach "
        "resident"
    ),
    "tenancies": "tenancy dwelling household start end rent",
    "wishes": (
        "household stated valid_until max_rent min_rooms max_rooms min_area max_floor areas kinds "
        "weight_proximity weight_facilities weight_neighbourhood weight_rent weight_outdoor "
        "group group_metres"
    ),
    "ties": "x y tie household kind weight minutes must with_household",
    "facilities": "x y facility kind",
    "notices": "notice dwelling given ends status",
    "works": "works dwelling complex kind start end",
    "offers": (
        "proposal plan chain position household dwelling leaves coach state reason on by presented "
        "held_until held_because"
    ),
    "visits": "visit proposal household moment minutes on by",
    "instructions": "instruction household dwelling asks on until by",
}
FORBIDDEN = ("bsn", "naam", "name", "phone", "email", "street", "house_n", "diagnos", "amount")


@pytest.mark.parametrize("table", TABLES)
def test_the_state_holds_no_column_that_nobody_allowed(table):
    columns = {*empty_table(table).columns, empty_table(table).index.name}

    assert columns == set(ALLOWED[table].split())


@pytest.mark.parametrize("table", TABLES)
def test_no_column_of_the_state_is_about_who_somebody_is(table):
    assert [c for c in empty_table(table).columns if any(word in c for word in FORBIDDEN)] == []


def test_names_telephone_numbers_and_addresses_are_kept_apart():
    apart = {name: apart_fields(d.record) for name, d in DELIVERIES.items()}

    assert apart["households"] == ["name", "phone", "email"]
    assert "house_number" in apart["dwellings"]
    assert not set(apart["dwellings"]) & set(fact_fields(DELIVERIES["dwellings"].record))


def test_there_is_no_field_for_a_bsn_anywhere():
    names = {
        word.lower()
        for d in DELIVERIES.values()
        for name, field in d.record.model_fields.items()
        for word in (name, field.alias or "")
    }

    assert not any("bsn" in name or "burgerservice" in name for name in names)
