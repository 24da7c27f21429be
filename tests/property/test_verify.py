"""The judge and the matcher agree: on any small world the plan that is made passes."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.rules import rules_on
from matching.match import Occasion, match
from matching.proximity import walked_minutes
from matching.state import State
from matching.verify import verify, walks_to_judge
from matching.walking import Network
from tests.builders import (
    ON,
    OTHER_CORPORATION,
    a_dwelling,
    a_household,
    a_notice,
    a_policy,
    a_state,
    a_tenancy,
    a_tie,
    an_offer,
)
from tests.counts import count
from tests.unit.test_walking import streets

EARLIER = 2
"""Years that a world is set back: in 2024 the income limit of an AOW couple is not confirmed."""
OFFERED = ["declined", "accepted", "moved", "offered", "offered", "taken_up"]
WAYS = st.sampled_from(["2023-01-01", "2025-06-15", "2025-12-01", "2026-06-15", "2026-10-13"])


STREETS = Network.from_table(
    streets(
        *(((141_000, y), (145_000, y), 4_000) for y in (487_000, 487_300)),
        *(((x, 487_000), (x, 487_300), 300) for x in range(141_000, 145_001, 500)),
        *(((x, 487_000), (x + 500, 487_000), 510) for x in range(141_000, 145_000, 500)),
        ((143_000, 487_300), (143_000, 489_500), 2_200),
        stairs=[n % 3 == 2 for n in range(20)],
    )
)
"""Two roads along the homes and ways between them, some of them stairs."""


LEASES = st.tuples(WAYS, st.sampled_from([None, "2026-06-15", "2026-10-14"])).map(
    lambda lease: {"start": min(lease[0], lease[1] or lease[0]), "end": lease[1]}
)


def often(usual, *others):
    """Mostly the usual thing, so that moves remain possible."""
    return st.sampled_from([*[usual] * 9 * len(others), *others])


@st.composite
def dwellings(draw: st.DrawFn, name: str):
    return a_dwelling(
        name,
        x=143_000 + draw(st.integers(-20, 20)) * 100,
        y=487_000 + draw(often(0, 300, 2_500)),
        rooms=draw(often(3, 2, 4, 5)),
        area=draw(often(70, 40)),
        floor=draw(often(0, 1, 3)),
        lift=draw(st.booleans()),
        access=draw(often("NUL", "ZON", "ROG", "RUI")),
        features=draw(often("BALKON|DOUCHE_DREMPELVRIJ", "")),
        kind=draw(often("POW", "EIN")),
        target_rent=draw(often(65_000, 71_302, 71_303, 76_415, 93_294)),
        daeb=draw(often(True, False)),
        corporation=draw(often(a_dwelling()["corporation"], OTHER_CORPORATION)),
        min_age=draw(often(None, 40, 55, 65)),
        age_use=draw(often("SEL", "SOR")),
        max_persons=draw(often(None, 1)),
        neighbourhood=draw(often("BU99990101", "BU99990102")),
        complex=draw(st.sampled_from(["hof", "plein", None])),
        **draw(often({}, {"status": "LEE"}, {"status": "UIT"}, {"status": "ADM"})),
    )


@st.composite
def wishes(draw: st.DrawFn):
    """What is asked, and with whom one would move; or nothing."""
    wish = draw(
        often(
            {},
            {"stated": "2025-06-14"},
            {"valid_until": "2026-06-14"},
            {"max_rent": 65_000},
            {"areas": "BU99990101"},
            {"kinds": "POW"},
            {"max_floor": 0, "min_area": 60},
            None,
        )
    )
    group = draw(
        st.sampled_from([{}, {}, {"group": "samen"}, {"group": "bij", "group_metres": 300}])
    )
    return None if wish is None else wish | group


@st.composite
def households(draw: st.DrawFn, name: str, lives_in: str | None):
    return a_household(
        name,
        lives_in=lives_in,
        pays=draw(st.integers(400, 800)) * 100,
        persons=draw(often(1, 2, 3)),
        birth_year=draw(often(1945, None, 1986, 1961)),
        aow=draw(st.booleans()),
        income=draw(often("PASSEND", "DAEB", "BOVEN", "ONBEKEND")),
        income_year=draw(often(2026, 2025, None)),
        exception_54a=draw(st.booleans()),
        mobility=draw(often("LOPEND", "STOK", "ROLLATOR")),
        access_needed=draw(often("ZON", "GNV", "NUL", "ROL")),
        features_needed=draw(often("", "DOUCHE_DREMPELVRIJ")),
        consent=draw(often(True, False)),
        consent_date=draw(often("2026-01-15", "2024-06-14", "2024-06-15")),
        willingness=draw(often("ZEKER", "MISSCHIEN", "NEE")),
        registered=draw(WAYS.filter(lambda day: day <= "2026-06-15")),
        priority=draw(often(None, "URG")),
        corporation=draw(often(a_household()["corporation"], OTHER_CORPORATION)),
        coach=draw(st.sampled_from(["anne", "bas", None])),
        resident=draw(st.sampled_from(["VRAGEND", "DRAGEND", None])),
        wish=draw(wishes()),
    )


@st.composite
def complexes(draw: st.DrawFn, name: str):
    """A complex with a band for who asks and for who gives, in percent, or without."""
    bands = {
        f"{side}_{kind}": draw(often(None, 0, 40, 60, 100))
        for kind in ("vragend", "dragend")
        for side in ("least", "most")
    }
    for kind in ("vragend", "dragend"):
        least, most = bands[f"least_{kind}"], bands[f"most_{kind}"]
        if least is not None and most is not None:
            bands |= {f"least_{kind}": min(least, most), f"most_{kind}": max(least, most)}
    return {"complex": name, "corporation": a_dwelling()["corporation"], "units": 5, **bands}


@st.composite
def worlds(draw: st.DrawFn):
    homes = [f"W{n}" for n in range(draw(st.integers(3, 8)))]
    people = [f"H{n}" for n in range(draw(st.integers(3, 8)))]
    lives = [draw(st.sampled_from([None, *homes])) for _ in people]
    pairs = st.tuples(st.sampled_from(people), st.sampled_from(homes))
    return a_state(
        complexes=[draw(complexes(name)) for name in ("hof", "plein")],
        dwellings=[draw(dwellings(home)) for home in homes],
        households=[draw(households(p, home)) for p, home in zip(people, lives, strict=True)],
        notices=[
            a_notice(
                home,
                ends=draw(st.sampled_from(["2026-06-30", "2026-10-13", "2026-10-14"])),
                status=draw(st.sampled_from(["GOE", "AFG", "GEA", "INB", "AAN"])),
            )
            for home in homes
            if draw(st.integers(0, 4)) == 0
        ],
        tenancies=[
            a_tenancy(
                home,
                draw(st.sampled_from(["another", *people])),
                tenancy=f"more-{home}",
                **draw(LEASES),
            )
            for home in homes
            if draw(st.integers(0, 7)) == 0
        ],
        ties=[
            a_tie(
                f"T{n}",
                who,
                minutes=draw(st.sampled_from([3, 10, 20])),
                must=draw(st.booleans()),
                weight=draw(st.integers(0, 10)),
                **draw(st.sampled_from([{}, {"with_household": draw(st.sampled_from(people))}])),
            )
            for n, who in enumerate(people)
            if draw(st.booleans())
        ],
        works=[
            {"works": f"K{home}", "dwelling": home, "kind": draw(often("RENOVATIE", "SLOOP"))}
            | {"start": draw(WAYS), "end": draw(often(None, "2026-10-14"))}
            for home in homes
            if draw(st.integers(0, 9)) == 0
        ],
        offers=[
            an_offer(*pair, state=draw(st.sampled_from(OFFERED)))
            for pair in draw(st.lists(pairs, max_size=4, unique=True))
        ],
    )


POLICIES = st.builds(
    a_policy,
    longest_chain=st.integers(1, 4),
    longest_ring=st.sampled_from([0, 2, 3]),
    acceptance_percent=st.sampled_from([100, 70]),
    pool=often("region", "own"),
    propose_asks=st.booleans(),
    toetshuur=st.sampled_from([None, "streefhuur", "werkelijke_huur"]),
    coach_hours_per_week=st.sampled_from([None, 1, 2]),
    region_hours_per_week=st.sampled_from([None, 1, 3]),
    change_cost=st.sampled_from([0, 15, 400]),
    most_open=st.sampled_from([None, 1, 2]),
    year_norms=st.booleans(),
    fair_pool=st.booleans(),
)


def set_back(state: State, *, years: int) -> State:
    """The same world so many years earlier: every date, birth year and year of an income test."""
    tables = {name: table.copy() for name, table in state.tables.items()}
    for table in tables.values():
        for column in table.columns:
            if str(table[column].dtype).startswith("datetime"):
                table[column] = table[column] - pd.DateOffset(years=years)
            elif column in {"birth_year", "income_year"}:
                table[column] -= years
    return State(tables)


@settings(max_examples=count(ci=150, soak=7_500, of="P8 geldige plannen, geen een afgekeurd"))
@given(worlds(), POLICIES, st.sampled_from([0, EARLIER]), st.booleans())
def test_every_plan_that_is_made_passes(state, policy, years, walked):
    state = set_back(state, years=years)
    day = ON.replace(year=ON.year - years)
    rules, network = rules_on(day), STREETS if walked else None
    occasion = Occasion("proef", day, 1, 7, "proef")
    matched = match(state, rules, policy, occasion, network=network)
    minutes = None
    if network is not None:
        asked = walks_to_judge(matched.plan, state, policy)
        minutes = walked_minutes(asked, policy=policy, network=network)
    found = verify(
        matched.plan,
        state,
        rules,
        policy,
        options=matched.found.options,
        network_minutes=minutes,
        conditions=matched.conditions,
    )
    assert found == ()
