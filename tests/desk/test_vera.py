"""A proposal as VERA writes it: an offer, and an allocation from the signature on."""

import csv
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from data_contracts.words import DeclineReason, ProposalState
from desk.api import vera
from desk.api.vera import VERA_MOMENT
from tests.desk.api_calls import react

REFERENCE = Path(__file__).parents[3] / "shared/data/vera/Referentiedata.main-2026-06-26.csv"


def offer_of(client, proposal):
    return client.get(f"/v1/voorstellen/{proposal['id']}/aanbieding").json()


def test_a_proposal_is_read_as_an_offer_of_vera(coach, proposal):
    offer = offer_of(coach, proposal)
    assert offer["status"] == {
        "code": "AAN",
        "naam": "Aangeboden",
        "soort": {"code": "AANBIEDINGSTATUS"},
    }
    assert offer["publicatie"]["model"]["code"] == "DIS"
    assert offer["eenheid"].endswith(f"/v1/woningen/{proposal['woning']}")
    assert {"naam": "verhuisketen.keten", "waarde": proposal["keten"]} in offer["extra-attributen"]
    for name in ("datum", "vervaldatum"):
        assert re.fullmatch(VERA_MOMENT, offer[name])


def test_a_refusal_travels_as_the_reason_of_vera_with_ours_beside_it(coach, proposal):
    assert react(coach, proposal, "weigeren", reden="WOB_NETWERK").status_code == 201
    offer = offer_of(coach, proposal)
    assert offer["status"]["code"] == "GEW"
    assert offer["detailStatus"]["code"] == "WOB"
    assert offer["detailStatus"]["parent"]["code"] == "GEW"
    assert offer["extra-attributen"][-1] == {
        "naam": "verhuisketen.weigerreden",
        "waarde": "WOB_NETWERK",
    }


def test_there_is_an_allocation_once_there_is_a_signature(coach, proposals):
    first = next(one for one in proposals if one["plaatsInKeten"] == 1)
    path = f"/v1/voorstellen/{first['id']}/toewijzing"
    for number, step in enumerate(("opnemen", "aannemen", "tekenen")):
        assert coach.get(path).status_code == 404
        answer = react(coach, first, step, key=f"sleutel-{number}")
        assert answer.status_code == 201, answer.text
        first |= answer.json()
    allocation = coach.get(path).json()
    household = coach.get(f"/v1/huishoudens/{first['huishouden']}").json()
    assert allocation["huishoudgrootte"] == household["personen"]
    assert allocation["isOuderenhuishouden"] == household["aow"]
    assert allocation["aanbieding"]["id"] == first["id"]
    assert offer_of(coach, first)["status"]["code"] == "TOE"


ROW = {
    "id": "v",
    "plan": "p",
    "chain": "W-1",
    "step": 1,
    "household": "H",
    "dwelling": "W",
    "reason": None,
    "offered_on": date(2026, 11, 22),
    "until": None,
    "at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
}


@pytest.mark.parametrize("state", ProposalState)
def test_every_state_has_its_status_in_vera(state):
    reason = "HUU" if state is ProposalState.DECLINED else None
    told = vera.offer(ROW | {"state": state, "reason": reason}, ring=False, url="https://x")
    assert told.status.naam is not None
    assert (told.detail_status is not None) is (told.status.code in ("GEW", "ING"))


@pytest.mark.parametrize("reason", DeclineReason)
def test_every_reason_of_ours_is_one_of_vera(reason):
    told = vera.offer(ROW | {"state": "declined", "reason": reason}, ring=False, url="https://x")
    assert told.detail_status.naam == vera.NAMES["AANBIEDINGDETAILSTATUS", told.detail_status.code]


def test_a_swap_of_homes_is_published_as_one():
    told = vera.offer(ROW | {"state": "offered"}, ring=True, url="https://x")
    assert told.publicatie.model.code == "WON"


def test_the_names_of_codes_are_those_of_vera():
    if not REFERENCE.exists():
        pytest.skip("de referentiedata van VERA staat niet naast de checkout")
    with REFERENCE.open(encoding="utf-8") as rows:
        known = {(r["Soort"], r["Code"]): r["Naam"] for r in csv.DictReader(rows, delimiter=";")}
    assert {pair: known.get(pair) for pair in vera.NAMES} == vera.NAMES
