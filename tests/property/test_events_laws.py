"""Any set of defects in an event is reported whole, and nothing else is."""

from hypothesis import given
from hypothesis import strategies as st

from data_contracts.cloudevents import Told, read
from data_contracts.mistakes import UNREADABLE
from tests.events import NOW, event

DEFECTS = {
    "/id": ("id", "x" * 201),
    "/source": ("source", "bron"),
    "/specversion": ("specversion", "2.0"),
    "/time": ("time", "2026-11-22 09:30"),
    "/datacontenttype": ("datacontenttype", "text/plain"),
    "/Tenant": ("Tenant", "x"),
    "/mail": ("mail", "a@b.nl"),
    "/data_base64": None,
    "/data/corporation": ("corporation", "1"),
    "/data/municipality": ("municipality", "Almere"),
    "/data/kind": ("kind", "KASTEEL"),
    "/data/rooms": ("rooms", 21),
    "/data/area": ("area", "70"),
    "/data/floor": ("floor", 2.5),
    "/data/lift": ("lift", 1),
    "/data/access": ("access", "GEL"),
    "/data/rent": ("rent", None),
    "/data/features": ("features", "ZWEMBAD"),
    "/data/max_persons": ("max_persons", 1),
    "/data/available": ("available", "2026-02-30"),
    "/data/x": ("x", -1),
    "/data/y": ("y", "ver weg"),
    "/data/street": ("street", "Dorpsweg"),
    "/data/onbekend": ("onbekend", 1),
}
DEFECTS.pop("/data_base64")
TOGETHER = {"/data/features", "/data/max_persons"}
"""Judged by the row as a whole, once its required fields are right by themselves."""
REQUIRED = {f"/data/{name}" for name in ("corporation", "municipality", "kind", "rooms", "area")}
REQUIRED |= {f"/data/{name}" for name in ("floor", "lift", "access", "rent", "x", "y")}


@given(st.sets(st.sampled_from(sorted(DEFECTS))))
def test_any_set_of_defects_is_told_whole(chosen):
    made = event("DwellingRegistered", data={"min_persons": 2})
    for pointer in chosen:
        name, value = DEFECTS[pointer]
        (made["data"] if pointer.startswith("/data/") else made)[name] = value
    found = read(made, now=NOW)

    expected = chosen - TOGETHER if chosen & REQUIRED else chosen
    if not chosen:
        assert isinstance(found, Told)
    else:
        assert {one.pointer for one in found} == expected
        assert len(found) == len(expected)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*event(), "data_base64", "Xy", "e"]), JSON))
def test_no_event_whatever_makes_the_reader_stumble(changes):
    found = read(event() | changes, now=NOW)
    assert isinstance(found, Told) or found


@given(st.dictionaries(st.sampled_from(list(event("DwellingRegistered")["data"])), JSON))
def test_no_data_whatever_makes_the_reader_stumble_and_what_passes_can_be_stored(changes):
    made = event("DwellingRegistered")
    found = read(made | {"data": made["data"] | changes}, now=NOW)
    if isinstance(found, Told):
        assert not UNREADABLE.search(found.data)
        found.data.encode()
    else:
        assert all(one.pointer.startswith(("/data", "/subject")) for one in found)
