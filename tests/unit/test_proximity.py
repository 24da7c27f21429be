"""Minutes: at one's own pace, rounded up, over streets or as an estimate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data_contracts.words import FacilityKind, Mobility
from matching.candidates import candidates, one_pair
from matching.proximity import (
    FAR,
    MOBILITIES,
    Anchors,
    crow_flies,
    metres_to_facilities,
    walked_minutes,
    walks,
)
from matching.walking import UNREACHED, Network
from tests.builders import (
    ON,
    a_dwelling,
    a_facility,
    a_household,
    a_policy,
    a_state,
    a_tie,
    the_rules,
)
from tests.unit.test_walking import CANAL, streets


def an_anchor(x: int, y: int, mobility: Mobility = Mobility.LOPEND) -> Anchors:
    """One tie of one seeker."""
    one = np.ones(1, dtype=np.int32)
    return Anchors(
        places=np.array([[x, y]]),
        mobility=np.array([MOBILITIES.index(mobility)]),
        weight=one,
        minutes=20 * one,
        must=np.zeros(1, dtype=bool),
        back=np.zeros(1, dtype=bool),
        first=np.array([0, 1]),
    )


def minutes(anchors: Anchors, home: tuple[int, int], network: Network | None = None) -> int:
    walked = walks(anchors, np.array([home]), policy=a_policy(), network=network)
    return int(walked.minutes(np.array([0]), np.array([0]))[0])


def test_an_estimate_is_crow_flies_times_the_detour_rounded_up() -> None:
    far = crow_flies(np.array([[0, 0]]), np.array([[300, 400]]), detour_percent=125)
    assert far.tolist() == [625]


@pytest.mark.parametrize(("metres", "expected"), [(1_200, 20), (1_201, 21), (0, 0)])
def test_minutes_are_rounded_up(metres: int, expected: int) -> None:
    assert minutes(an_anchor(0, 0), (metres, 0)) == expected  # 1200 m x 1.25 at 75 m a minute


def test_everybody_walks_at_their_own_pace() -> None:
    paces = {m: minutes(an_anchor(0, 0, m), (600, 0)) for m in Mobility}
    assert paces == {"LOPEND": 10, "STOK": 14, "ROLLATOR": 17, "ROLSTOEL": 15}


def test_a_place_nobody_knows_is_far() -> None:
    assert minutes(an_anchor(-1, -1), (600, 0)) == FAR


def test_over_the_bridge_is_farther_than_the_crow_flies() -> None:
    canal = Network.from_table(streets(*CANAL))
    assert minutes(an_anchor(0, 0), (0, 100)) == 2
    assert minutes(an_anchor(0, 0), (0, 100), canal) == 12


def test_the_nearest_facility_of_each_kind_is_measured() -> None:
    state = a_state(facilities=[a_facility("ver", x=143_800), a_facility("dichtbij", x=143_400)])
    homes = np.array([[143_000, 487_000], [-1, -1]])
    metres = metres_to_facilities(state.facilities, homes, policy=a_policy())
    supermarket = list(FacilityKind).index(FacilityKind.SUPERMARKT)
    assert metres[:, supermarket].tolist() == [500, UNREACHED]
    assert (np.delete(metres, supermarket, axis=1) == UNREACHED).all()


def across_the_canal() -> tuple[object, Network]:
    """A tie that must be near, on the other side of a canal from the empty home."""
    x, y = 143_000, 487_000
    moved = [((x + a, y + b), (x + c, y + d), length) for (a, b), (c, d), length in CANAL]
    state = a_state(
        dwellings=[a_dwelling("W", x=x, y=y + 100)],
        households=[a_household("H")],
        ties=[a_tie("T", "H", x=x, y=y, must=True, minutes=10)],
    )
    return state, Network.from_table(streets(*moved))


def test_a_home_across_the_canal_is_refused_over_the_network_only() -> None:
    state, network = across_the_canal()
    asked = (state, the_rules(), a_policy(), ON)
    assert len(candidates(*asked).options) == 1
    assert len(candidates(*asked, network=network).options) == 0
    assert one_pair(state, "H", "W", *asked[1:], network=network)["moet_band"].item() == 0


def test_walks_are_measured_again_as_they_were_when_the_home_was_found() -> None:
    _, network = across_the_canal()
    walk = {"tie": "T", "dwelling": "W", "mobility": "LOPEND", "minutes": 12}
    place = {"x": 143_000, "y": 487_000, "home_x": 143_000, "home_y": 487_100}
    walks_asked = pd.DataFrame([walk | place, walk | place | {"minutes": 11, "dwelling": "V"}])
    measured = walked_minutes(walks_asked, policy=a_policy(), network=network)
    assert measured == {("T", "W"): 12, ("T", "V"): 12}
    short = walked_minutes(walks_asked.iloc[1:], policy=a_policy(), network=network)
    assert short == {("T", "V"): FAR}


def test_no_walks_take_no_minutes() -> None:
    nothing = pd.DataFrame(columns=["tie", "dwelling", "minutes", "mobility"])
    network = Network.from_table(streets(*CANAL))
    assert walked_minutes(nothing, policy=a_policy(), network=network) == {}


def test_minutes_without_a_network_are_marked_as_an_estimate() -> None:
    state, network = across_the_canal()
    asked = (state, the_rules(), a_policy(), ON)
    assert candidates(*asked).estimate
    assert not candidates(*asked, network=network).estimate
