"""Minutes over streets: canals, bridges, stairs and kerbs make them longer than the crow's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data_contracts.words import Mobility
from matching.walking import (
    UNREACHED,
    BadNetwork,
    Network,
    metres_between,
    metres_to_nearest,
)

Street = tuple[tuple[int, int], tuple[int, int], int]


def streets(*pieces: Street, **differs: object) -> pd.DataFrame:
    """Streets from place to place with a length: wide, level and without stairs."""
    rows = [(*one, *other, length) for one, other, length in pieces]
    table = pd.DataFrame(rows, columns=["from_x", "from_y", "to_x", "to_y", "length"])
    return table.assign(**{"width_cm": 200, "kerb_cm": 0, "stairs": False, **differs})


def walked(network: Network, *, limit: int = 5_000, mobility: Mobility = Mobility.LOPEND) -> int:
    """Metres from the near bank (0, 0) to the far bank (0, 100)."""
    place, home = np.array([[0, 0]]), np.array([[0, 100]])
    return int(metres_between(network, place, homes=home, limit=limit, mobility=mobility)[0, 0])


NEAR_BANK: Street = ((0, 0), (400, 0), 400)
BRIDGE: Street = ((400, 0), (400, 100), 100)
FAR_BANK: Street = ((400, 100), (0, 100), 400)
CANAL = (NEAR_BANK, BRIDGE, FAR_BANK)


def test_a_canal_is_walked_round_by_its_bridge() -> None:
    assert walked(Network.from_table(streets(*CANAL))) == 900


def test_without_a_bridge_the_other_bank_is_not_reached() -> None:
    assert walked(Network.from_table(streets(NEAR_BANK, FAR_BANK))) == UNREACHED


def test_streets_are_walked_both_ways() -> None:
    turned = [(other, one, length) for one, other, length in CANAL]
    assert walked(Network.from_table(streets(*turned))) == 900


def test_of_parallel_streets_the_shortest_counts_not_their_sum() -> None:
    longer: Street = ((400, 0), (400, 100), 300)
    assert walked(Network.from_table(streets(*CANAL, longer))) == 900
    assert walked(Network.from_table(streets(longer, *CANAL))) == 900


def test_beyond_the_limit_nothing_is_reached() -> None:
    network = Network.from_table(streets(*CANAL))
    assert walked(network, limit=899) == UNREACHED
    assert walked(network, limit=900) == 900


@pytest.mark.parametrize(
    ("hindrance", "stopped"),
    [
        ({"stairs": [False, True, False]}, {Mobility.STOK, Mobility.ROLLATOR, Mobility.ROLSTOEL}),
        ({"width_cm": [200, 79, 200]}, {Mobility.ROLLATOR, Mobility.ROLSTOEL}),
        ({"kerb_cm": [0, 3, 0]}, {Mobility.ROLLATOR, Mobility.ROLSTOEL}),
        ({"width_cm": [200, 80, None], "kerb_cm": [0, 2, None]}, set()),
    ],
)
def test_each_profile_walks_only_what_it_can(
    hindrance: dict[str, object], stopped: set[Mobility]
) -> None:
    network = Network.from_table(streets(*CANAL, **hindrance))
    assert {m for m in Mobility if walked(network, mobility=m) == UNREACHED} == stopped


def test_the_way_to_the_street_counts_at_both_ends() -> None:
    network = Network.from_table(streets(((0, 0), (100, 0), 100)))
    place, home = np.array([[0, 30]]), np.array([[100, 41]])
    far = metres_between(network, place, homes=home, limit=1_000, mobility=Mobility.LOPEND)
    assert far.tolist() == [[171]]


def test_many_places_give_the_same_as_one_by_one() -> None:
    network = Network.from_table(streets(*CANAL))
    places = np.array([[x, 0] for x in range(0, 401, 4)])
    homes = np.array([[0, 100], [200, 100]])
    asked = {"homes": homes, "limit": 2_000, "mobility": Mobility.LOPEND}
    together = metres_between(network, places, **asked)
    alone = [metres_between(network, places[i : i + 1], **asked)[0] for i in range(len(places))]
    assert (together == np.array(alone)).all()


def test_the_nearest_of_several_places_counts() -> None:
    network = Network.from_table(streets(*CANAL))
    shops, homes = np.array([[0, 0], [400, 100]]), np.array([[0, 100], [400, 0], [9_000, 0]])
    metres = metres_to_nearest(network, shops, homes=homes, limit=1_000, mobility=Mobility.ROLLATOR)
    assert metres.tolist() == [400, 100, UNREACHED]


@pytest.mark.parametrize("limit", [0, 30, 250, 600])
def test_the_nearest_is_the_nearest_of_all_ways_door_to_door(limit: int) -> None:
    network = Network.from_table(streets(*CANAL))
    dice = np.random.default_rng(7)
    places, homes = dice.integers(-200, 600, (30, 2)), dice.integers(-200, 600, (40, 2))
    asked = {"homes": homes, "limit": limit, "mobility": Mobility.LOPEND}
    every = metres_between(network, places, **asked)
    assert (metres_to_nearest(network, places, **asked) == every.min(axis=0)).all()


def test_a_shop_far_from_any_street_is_far_from_every_home() -> None:
    network = Network.from_table(streets(*CANAL))
    shop, homes = np.array([[5_000, 0]]), np.array([[400, 0], [0, 100]])
    asked = {"homes": homes, "limit": 1_000, "mobility": Mobility.ROLLATOR}
    assert metres_to_nearest(network, shop, **asked).tolist() == [UNREACHED, UNREACHED]


@pytest.mark.parametrize(
    ("table", "complaint"),
    [
        (streets(*CANAL).drop(columns="stairs"), "ontbreken de kolommen stairs"),
        (streets(*CANAL).iloc[:0], "leeg"),
        (streets(((0, 0), (1, 0), 0)), "geen lengte"),
    ],
)
def test_streets_that_cannot_be_used_say_so(table: pd.DataFrame, complaint: str) -> None:
    with pytest.raises(BadNetwork, match=complaint):
        Network.from_table(table)


def test_streets_that_some_cannot_walk_at_all_say_so_when_they_are_read() -> None:
    with pytest.raises(BadNetwork, match="niemand lopen: STOK"):
        Network.from_table(streets(NEAR_BANK, stairs=True))
