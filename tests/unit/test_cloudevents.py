"""One event read: right ones become facts, wrong ones are told everything at once."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from data_contracts.cloudevents import SENDABLE, TYPE_OF, Told, kind_of, read, type_of, written
from data_contracts.events import FACT, KINDS, TABLES, canonical
from data_contracts.feeds import RawRecord, RawTable, parse
from data_contracts.mistakes import NotJson, strict_json
from data_contracts.records import DELIVERIES
from matching.state import State, changes, table_of
from tests.events import APPEARS, DATA, NOW, event


def told(**changes):
    kind = changes.pop("kind", "NoticeGiven")
    return read(event(kind, **changes), now=NOW)


def mistakes(**changes):
    found = told(**changes)
    assert isinstance(found, tuple), found
    return {(one.pointer, one.code) for one in found}


@pytest.mark.parametrize("kind", SENDABLE)
def test_every_kind_that_may_come_in_is_read_as_a_fact(kind):
    found = told(kind=kind)

    assert isinstance(found, Told), found
    fact = FACT.validate_python(
        {
            "source": found.source,
            "id": found.id,
            "subject": found.subject,
            "at": found.at,
            "kind": found.kind,
            "data": json.loads(found.data),
        }
    )
    assert type(fact).__name__ == kind


@pytest.mark.parametrize("kind", APPEARS)
def test_an_event_says_the_same_as_the_row_of_a_delivery(kind):
    """The same row by file and by event is the same text in the log: no false change at night."""
    table = KINDS[kind].table
    delivery = DELIVERIES[table]
    aliases = {name: f.alias for name, f in delivery.record.model_fields.items()}
    money = {"rent", "target_rent", "max_rent"}
    cells = {
        aliases[name]: f"{value / 100:.2f}" if name in money else str(value)
        for name, value in DATA[table].items()
    }
    raw = RawTable(tuple(cells), [RawRecord(1, 2, cells)], "0" * 64, "proef")
    facts = changes(State(), table, parse(raw, delivery).rows, source="x", delivery="d", at=NOW)

    assert facts["data"].tolist() == [told(kind=kind).data]


@pytest.mark.parametrize("kind", APPEARS)
def test_what_was_read_makes_a_row_of_the_state_that_says_it_again(kind):
    table = KINDS[kind].table
    said = json.loads(told(kind=kind).data)
    row = table_of(table, [said]).reset_index()

    assert row[TABLES[table][1]].tolist() == [told(kind=kind).subject]
    assert canonical(said) == told(kind=kind).data


def test_types_and_kinds_are_one_to_one():
    assert {kind_of(type_of(kind)) for kind in KINDS} == set(KINDS)
    assert type_of("NewBuildPlanned") == "nl.verhuisketen.feit.new-build-planned.v1"
    assert kind_of("nl.verhuisketen.feit.notice-given.v2") is None


def test_the_place_of_a_tie_comes_out_coarse_and_degrees_come_out_as_metres():
    tie = json.loads(told(kind="TieNamed").data)
    facility = json.loads(told(kind="FacilityOpened").data)

    assert (tie["x"], tie["y"]) == (143250, 487650)
    assert set(facility) == {"facility", "kind", "x", "y"}


@pytest.mark.parametrize("kind", sorted(k for k, does in KINDS.items() if does.table == "offers"))
def test_what_becomes_of_proposals_only_we_say(kind):
    assert mistakes(type=TYPE_OF[kind]) == {("/type", "alleen_wij")}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": ...}, {("/id", "ontbreekt")}),
        ({"id": None}, {("/id", "ontbreekt")}),
        ({"id": ""}, {("/id", "geen_tekst")}),
        ({"id": 7}, {("/id", "geen_tekst")}),
        ({"id": "x" * 201}, {("/id", "te_lang")}),
        ({"id": "a\x00b"}, {("/id", "geen_tekst")}),
        ({"id": "\ud800"}, {("/id", "geen_tekst")}),
        ({"id": "j.jansen@voorbeeld.nl"}, {("/id", "persoonsgegeven")}),
        ({"specversion": "0.3"}, {("/specversion", "specversion")}),
        ({"specversion": 1.0}, {("/specversion", "geen_tekst")}),
        ({"source": "https://voorbeeld.nl/bron"}, {("/source", "geen_bron")}),
        ({"source": "urn:nld:kvknr:1234567:systeem:x"}, {("/source", "geen_bron")}),
        ({"source": "urn:nld:oin:0000009900000000100:systeem:x"}, {("/source", "geen_bron")}),
        ({"source": "urn:nld:bsn:111222333:systeem:x"}, {("/source", "geen_bron")}),
        ({"source": "urn:nld:kvknr:11111111:systeem:"}, {("/source", "geen_bron")}),
        ({"type": "nl.anders.feit.v1"}, {("/type", "onbekend_type")}),
        ({"type": ...}, {("/type", "ontbreekt")}),
        ({"subject": "O 1"}, {("/subject", "geen_kenmerk"), ("/subject", "ander_kenmerk")}),
        ({"subject": "O-2"}, {("/subject", "ander_kenmerk")}),
        ({"time": "2026-11-22T09:30:00"}, {("/time", "geen_tijdstip")}),
        ({"time": "22-11-2026"}, {("/time", "geen_tijdstip")}),
        ({"time": "2026-02-30T09:30:00Z"}, {("/time", "geen_tijdstip")}),
        ({"time": "0001-01-01T00:00:00+14:00"}, {("/time", "geen_tijdstip")}),
        ({"time": "1999-12-31T23:59:59Z"}, {("/time", "te_vroeg")}),
        ({"time": "2026-11-22T12:05:01Z"}, {("/time", "in_de_toekomst")}),
        ({"datacontenttype": "text/xml"}, {("/datacontenttype", "geen_json")}),
        ({"data_base64": "e30=", "data": ...}, {("/data_base64", "geen_json")}),
        ({"data": ...}, {("/data", "geen_gegevens")}),
        ({"data": []}, {("/data", "geen_gegevens")}),
        ({"Naam": "x"}, {("/Naam", "attribuutnaam")}),
        ({"naam_van_de_huurder!": "x"}, {("", "attribuutnaam")}),
        ({"eenheelerglangenaamxxx": "x"}, {("/eenheelerglangenaamxxx", "attribuutnaam")}),
        ({"contact": "j@voorbeeld.nl"}, {("/contact", "persoonsgegeven")}),
        ({"extra": {"a": 1}}, {("/extra", "geen_tekst")}),
    ],
)
def test_a_wrong_attribute_is_named(change, expected):
    made = event() | change
    found = read({n: v for n, v in made.items() if v is not ...}, now=NOW)

    assert {(one.pointer, one.code) for one in found} == expected


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        ("NoticeGiven", {"ends": None}, {("/data/ends", "ontbreekt")}),
        ("NoticeGiven", {"ends": "2026-11-19"}, {("/data/ends", "einde_voor_begin")}),
        ("NoticeGiven", {"ends": "31-12-2026"}, {("/data/ends", "geen_datum")}),
        ("NoticeGiven", {"ends": 20261231}, {("/data/ends", "geen_datum")}),
        ("NoticeGiven", {"ends": "2026-02-30"}, {("/data/ends", "geen_datum")}),
        ("NoticeGiven", {"status": "XXX"}, {("/data/status", "onbekende_code")}),
        ("NoticeGiven", {"status": "AFW"}, {("/data/status", "vervallen_code")}),
        ("NoticeGiven", {"reden": "x"}, {("/data/reden", "onbekend_veld")}),
        ("NoticeGiven", {"een veld": "x"}, {("/data", "onbekend_veld")}),
        ("DwellingRegistered", {"rent": "612,45"}, {("/data/rent", "geen_geheel_getal")}),
        ("DwellingRegistered", {"rent": 612.45}, {("/data/rent", "geen_geheel_getal")}),
        ("DwellingRegistered", {"rent": True}, {("/data/rent", "geen_geheel_getal")}),
        ("DwellingRegistered", {"rent": 1e300}, {("/data/rent", "geen_geheel_getal")}),
        ("DwellingRegistered", {"rent": 0}, {("/data/rent", "buiten_bereik")}),
        ("DwellingRegistered", {"lift": "J"}, {("/data/lift", "geen_ja_nee")}),
        ("DwellingRegistered", {"street": "Dorpsweg"}, {("/data/street", "persoonsgegeven")}),
        ("DwellingRegistered", {"huisnummer": 1}, {("/data/huisnummer", "persoonsgegeven")}),
        ("DwellingRegistered", {"x": None}, {("/data/x", "geen_plaats")}),
        ("DwellingRegistered", {"features": "ZWEMBAD"}, {("/data/features", "onbekend_kenmerk")}),
        ("DwellingRegistered", {"features": "A\x00"}, {("/data/features", "onleesbaar_teken")}),
        ("DwellingRegistered", {"corporation": "1"},
         {("/data/corporation", "geen_organisatienummer")}),
        ("HouseholdRegistered", {"name": "Jansen"}, {("/data/name", "persoonsgegeven")}),
        ("HouseholdRegistered", {"bsn": "111222333"}, {("/data/bsn", "onbekend_veld")}),
        ("HouseholdRegistered", {"consent_date": None},
         {("/data/consent_date", "toestemming_zonder_datum")}),
        ("WorksPlanned", {"complex": "?"}, {("/data/complex", "geen_kenmerk")}),
        ("WorksPlanned", {"dwelling": "W-1"}, {("/data/dwelling", "een_van_beide")}),
        ("TieNamed", {"x": None, "y": None}, {("/data/x", "geen_plaats")}),
        ("FacilityOpened", {"lat": 53.7, "lon": 7.22}, {("/data/lat", "buiten_bereik")}),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(kind, change, expected):
    assert mistakes(kind=kind, data=change) == expected


def test_a_removal_needs_no_data_and_has_none():
    assert told(kind="NoticeWithdrawn", data=None).data == "{}"
    assert read(event("NoticeWithdrawn") | {"data": {}}, now=NOW).data == "{}"
    found = read(event("NoticeWithdrawn") | {"data": {"notice": "O-1"}}, now=NOW)
    assert [(one.pointer, one.code) for one in found] == [("/data", "te_veel")]


def test_everything_that_is_wrong_is_told_at_once_also_what_comes_after_a_wrong_field():
    found = mistakes(
        kind="WishExpressed",
        source="x",
        time="gisteren",
        data={"min_rooms": 5, "weight_rent": 11, "kinds": "KASTEEL", "stated": "2026-10-02",
              "valid_until": "2026-10-01", "max_rent": "veel"},
    )  # fmt: skip

    assert found == {
        ("/source", "geen_bron"),
        ("/time", "geen_tijdstip"),
        ("/data/weight_rent", "buiten_bereik"),
        ("/data/max_rent", "geen_geheel_getal"),
        ("/data/kinds", "onbekende_code"),
        ("/data/max_rooms", "minimum_boven_maximum"),
        ("/data/valid_until", "einde_voor_begin"),
    }


def test_a_number_as_a_citizen_is_no_subject():
    assert mistakes(kind="WishWithdrawn", subject="111222333") == {("/subject", "persoonsgegeven")}
    assert isinstance(told(kind="WishWithdrawn", subject="111222334"), Told)
    assert isinstance(told(kind="FacilityClosed", subject="111222333"), Told)


def test_no_sentence_repeats_what_stood_there():
    canary = "Kanarie-Zeldzaam"
    odd = dict.fromkeys(("id", "source", "type", "time", "specversion", "dataschema"), canary)
    for kind in APPEARS:
        data = dict.fromkeys(DATA[KINDS[kind].table], f"{canary} @\x00")
        found = read(event(kind) | odd | {"data": data, canary.lower(): {}}, now=NOW)
        assert canary not in " ".join(one.sentence for one in found)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-22T09:30:00Z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("2026-11-22t09:30:00z", datetime(2026, 11, 22, 9, 30, tzinfo=UTC)),
        ("2026-11-22T10:30:00.123456789+01:00", datetime(2026, 11, 22, 9, 30, 0, 123456, UTC)),
        ("2026-10-25T02:30:00+02:00", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-10-25T02:30:00+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_any_zone(text, moment):
    assert told(time=text).at == moment


def test_a_clock_may_be_five_minutes_ahead():
    ahead = NOW + timedelta(minutes=5)
    assert told(time=ahead.isoformat()).at == ahead


def test_a_fact_is_written_as_an_event_that_can_be_read_again():
    fact = told()
    row = {"source": fact.source, "id": fact.id, "kind": fact.kind, "subject": fact.subject}

    assert read(written(row, moment=fact.at, data=json.loads(fact.data)), now=NOW) == fact


@pytest.mark.parametrize("given", [None, 1, "x", [], [event()]])
def test_what_is_no_object_is_no_event(given):
    (mistake,) = read(given, now=NOW)
    assert (mistake.pointer, mistake.code) == ("", "geen_object")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1, "a": 2}',
        b"\xff\xfe{}",
        b"\xef\xbb\xbf{}",
        b'{"a": "\xe9"}',
        b"[" * 100_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def test_json_that_readers_read_differently_is_refused(body):
    with pytest.raises(NotJson):
        strict_json(body)


def test_an_event_with_a_thousand_unknown_fields_is_not_answered_with_a_thousand_sentences():
    found = told(data={f"veld_{n}": n for n in range(1_000)})
    assert len(found) == 20
