"""What a scenario names that this stock does not have is said before anything runs."""

from __future__ import annotations

import pytest

from matching.simulate.supposed import missing_here
from tests.a_street import FORTY, RENOVATION, SLOOP, a_street, changing, street_with
from tests.builders import a_facility, a_state


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (SLOOP.replace("C1", "C11"), (".complex: Het complex 'C11' staat niet in deze gegevens."
         " Bedoelt u 'C1'?")),
        ("{change: sale, month: 2027-01, neighbourhood: BU99990109}", (".neighbourhood: De buurt"
         " 'BU99990109' staat niet in deze gegevens. Bedoelt u 'BU99990103'?")),
        (FORTY.replace("number", "place: {neighbourhood: BU12345678}, number"),
         (".place.neighbourhood: De buurt 'BU12345678' staat niet in deze gegevens."
         " Kies bijvoorbeeld BU99990101, BU99990102, BU99990103.")),
        (FORTY.replace("number", "place: {x: 200000, y: 400000}, number"), (".place: dit punt ligt"
         " ver van al onze woningen. Geef x en y in meters van het rijksdriehoekstelsel (RD).")),
        ("{change: facility_closes, month: 2027-01, facility: F2}", (".facility: De voorziening"
         " 'F2' staat niet in deze gegevens. Laat het weg.")),
        ("{change: facility_closes, month: 2027-01, kind: HALTE}", (": er is hier geen voorziening"
         " van de soort HALTE. Kies een andere.")),
        ("{change: demolition, month: 2027-01, kind: VRI}", (": er is geen complex dat hierbij"
         " past. Noem een ander, of noem minder eisen.")),
        ("{change: sale, month: 2027-01, kind: VRI}", (": er is geen woning die hierbij past."
         " Noem minder eisen.")),
        ("{change: allocation, label: 55plus, label_access: RUI}", (": er is geen woning die dit"
         " label kan krijgen. Noem minder eisen.")),
    ],
)  # fmt: skip
def test_what_is_not_in_this_stock_is_told_with_what_may_be_meant(change, sentence):
    assert missing_here(changing(FORTY, change), a_street()) == (f"changes[1]{sentence}",)


def test_a_scenario_that_fits_here_misses_nothing():
    assert missing_here(changing(FORTY, SLOOP, RENOVATION), a_street()) == ()


def test_without_homes_that_is_what_is_told():
    told = missing_here(changing(FORTY), a_state())
    assert told == ("Er zijn nog geen woningen: lever eerst de woningen van de regio.",)


def test_a_facility_that_is_of_another_kind_or_closes_twice_is_told():
    street = street_with(facilities=[a_facility("F1", kind="SUPERMARKT")])
    closes = "{{change: facility_closes, month: {}, facility: F1{}}}"
    first, again = closes.format("2027-01", ""), closes.format("2027-05", "")
    other = closes.format("2027-01", ", kind: HUISARTS")

    assert missing_here(changing(first), street) == ()
    assert missing_here(changing(first, again), street) == (
        "changes[1].facility: De voorziening 'F1' sluit al eerder. Haal één van de twee weg.",
    )
    assert missing_here(changing(other), street) == (
        "changes[0].kind: De voorziening 'F1' is een SUPERMARKT, geen HUISARTS. Laat kind weg.",
    )
