"""Parts of the planner's pages that need no desk: sliders, the map, what is kept."""

import json
from threading import Barrier, Event, Thread

import pandas as pd
import pytest

from desk.thinking import Kept as Told
from desk.whatif.kept import Kept
from desk.whatif.map import LARGEST, SMALLEST, Spotted, centres, geojson
from desk.whatif.typed import MOST_RUNS, Typed, numbers

BEFORE = {"kans-was": "40", "kans": "40", "kans-schuif": "40"}


@pytest.mark.parametrize(
    ("changed", "read"),
    [
        ({}, {}),
        ({"kans": "25"}, {"kans": 25}),
        ({"kans-schuif": "55"}, {"kans": 55}),
        ({"kans": "25", "kans-schuif": "55"}, {"kans": 25}),
        ({"kans": " 40 "}, {}),
    ],
)
def test_whichever_of_a_slider_and_its_number_was_moved_counts(changed, read):
    assert numbers(Typed(BEFORE | changed)) == (read, {})


@pytest.mark.parametrize(
    "typed", ["", "0", "101", "veertig", "4.5", "-3", "\u0664\u0660", "9" * 600]
)
def test_what_is_no_number_within_bounds_is_told_in_one_sentence(typed):
    read, wrong = numbers(Typed(BEFORE | {"kans": typed}))

    assert read == {}
    assert wrong == {"kans": "De kans op een ja is een heel getal van 1 tot 100."}


def test_nobody_asks_for_more_replications_than_the_desk_allows():
    _, wrong = numbers(Typed({"keren-was": "20", "keren": str(MOST_RUNS + 1)}))

    assert set(wrong) == {"keren"}


def test_a_nul_is_not_kept_of_what_was_typed():
    assert Typed({"titel": "a\0b"}).text("titel") == "ab"


PLACES = {"BU1": (121_000, 487_000), "BU2": (122_000, 487_000), "BU3": (123_000, 487_000)}


def drawn(*spotted):
    return [one["properties"] for one in json.loads(geojson(spotted, PLACES))["features"]]


def test_the_surface_of_a_circle_goes_with_the_figure():
    most, quarter, none = drawn(
        Spotted("BU1", 100.0, "+100", clear=True),
        Spotted("BU2", -25.0, "-25", clear=True),
        Spotted("BU3", 0.0, "0", clear=False),
    )

    assert (most["radius"], none["radius"]) == (LARGEST, SMALLEST)
    assert quarter["radius"] - SMALLEST == pytest.approx((LARGEST - SMALLEST) / 2, abs=0.6)
    assert [one["kind"] for one in (most, quarter, none)] == ["more", "less", "hidden"]
    assert [one["dashed"] for one in (most, quarter, none)] == [False, True, True]


def test_a_neighbourhood_with_too_few_people_is_an_empty_circle_of_the_smallest_size():
    _, few = drawn(
        Spotted("BU1", 100.0, "+100", clear=True),
        Spotted("BU2", None, "niet getoond", clear=False),
    )

    assert (few["kind"], few["radius"], few["dashed"]) == ("hidden", SMALLEST, False)
    assert few["label"] == "BU2: niet getoond"


def test_a_difference_that_may_be_chance_is_an_empty_dashed_circle_of_its_own_size():
    chance, sure = drawn(
        Spotted("BU1", 100.0, "+100", clear=False), Spotted("BU2", 25.0, "+25", clear=True)
    )

    assert (chance["kind"], chance["dashed"], chance["radius"]) == ("hidden", True, LARGEST)
    assert (sure["kind"], sure["dashed"]) == ("more", False)


def test_what_has_no_place_is_left_to_the_table():
    nowhere = Spotted("BU9", 3.0, "+3", clear=True)

    assert geojson([nowhere], PLACES) is None
    assert len(drawn(nowhere, Spotted("BU1", 1.0, "+1", clear=True))) == 1


class Stand:
    """A stand with three homes in one neighbourhood and one without a place."""

    def __init__(self):
        self.told = Told()
        self.looked = 0

    @property
    def state(self):
        self.looked += 1
        return self

    dwellings = pd.DataFrame(
        {
            "neighbourhood": ["BU1", "BU1", "BU1", "BU2", None],
            "x": pd.array([121_010, 121_020, 129_990, None, 1], dtype="Int64"),
            "y": pd.array([487_010, 487_020, 487_030, None, 1], dtype="Int64"),
        }
    )


def test_the_middle_of_a_neighbourhood_is_that_of_its_homes_and_tells_no_address():
    stand = Stand()

    assert centres(stand) == {"BU1": (121_050, 487_050)}
    assert centres(stand) == {"BU1": (121_050, 487_050)}
    assert stand.looked == 1
    assert centres(None) == {}


def test_what_is_kept_is_worked_out_once_also_when_two_ask_at_once():
    kept, made, together = Kept(2), [], Barrier(2)

    def ask():
        together.wait()
        kept.of("a", lambda: made.append("a"))

    both = [Thread(target=ask) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert made == ["a"]


def test_the_oldest_goes_when_there_is_no_more_room():
    kept = Kept(2)
    for name in "aab":
        kept.of(name, lambda name=name: name * 2)
    kept.of("a", pytest.fail)
    kept.of("c", lambda: "cc")

    assert (kept.known("a"), kept.known("b"), kept.known("c"), len(kept)) == ("aa", None, "cc", 2)


def test_what_went_wrong_is_not_kept():
    kept = Kept(2)

    with pytest.raises(ZeroDivisionError):
        kept.of("a", lambda: 1 // 0)

    assert kept.known("a") is None
    assert kept.of("a", lambda: 3) == 3


def test_nobody_waits_longer_than_the_patience_of_a_page():
    kept, may_end = Kept(2), Event()

    def slow():
        may_end.wait(60)
        return "af"

    assert kept.of("a", slow, patience=0) is None
    assert kept.known("a") is None
    may_end.set()
    assert kept.of("a", pytest.fail) == "af"


def test_a_timeout_of_the_work_itself_is_told():
    def late():
        raise TimeoutError

    with pytest.raises(TimeoutError):
        Kept(2).of("a", late, patience=60)
