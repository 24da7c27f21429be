"""Laws of scenarios: what is written is read back, and whatever is typed gets an answer."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts.scenario import (
    NOTHING,
    BadScenario,
    example_text,
    examples,
    scenario_from,
    scenario_of,
    written,
)
from data_contracts.scenario_mistakes import fields_at
from data_contracts.words import Access, DwellingKind, EnergyLabel, FacilityKind
from matching.simulate.supposed import supposed
from matching.state import project
from tests.builders import ON, a_dwelling, a_household, a_policy, a_state, facts_of
from tests.counts import count

MONTHS = st.builds(lambda y, m: f"{y}-{m:02}", st.integers(2026, 2099), st.integers(1, 12))
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
ASSUMED = ("acceptance", "demography.portal.starters", "changes[0].home.rent", "years")
PERCENT = st.integers(1, 100)
SHARES = st.floats(0, 1).map(lambda share: round(share, 6))


def some(**fields):
    """A map with some of these fields."""
    return st.fixed_dictionaries({}, optional=fields)


def sure(change, optional, **fields):
    """A change with these fields, and some of the optional ones."""
    return st.fixed_dictionaries({"change": st.just(change), **fields}, optional=optional)


PLACE = some(neighbourhood=st.just("BU99990101")) | st.fixed_dictionaries(
    {"x": st.integers(0, 300_000), "y": st.integers(300_000, 625_000)}
)
HOME = st.fixed_dictionaries(
    {"rent": st.integers(10_000, 200_000)},
    optional={
        "kind": st.sampled_from([str(kind) for kind in DwellingKind]),
        "rooms": st.integers(1, 20),
        "floor": st.integers(-2, 60),
        "lift": st.booleans(),
        "access": st.sampled_from([str(access) for access in Access]),
        "energy": st.sampled_from([str(label) for label in EnergyLabel]),
    },
)
IDS = st.from_regex(r"[0-9A-Za-z][0-9A-Za-z._:/-]{0,20}", fullmatch=True)
LETTING = st.sampled_from(["free", "55plus", "downsizers"])
CHANGE = st.one_of(
    sure(
        "new_build",
        {"place": PLACE, "let_to": LETTING, "complex": IDS},
        month=MONTHS,
        number=st.integers(1, 5_000),
        home=HOME,
    ),
    sure("demolition", {"complex": IDS, "rehouse_months": st.integers(1, 60)}, month=MONTHS),
    sure("renovation", {"complex": IDS, "wisselwoningen": st.integers(0, 500)}, month=MONTHS),
    sure("sale", {"share": SHARES, "until": st.just("2099-12")}, month=MONTHS),
    sure(
        "facility_opens",
        {"place": PLACE},
        month=MONTHS,
        kind=st.sampled_from([str(kind) for kind in FacilityKind]),
    ),
    sure("facility_closes", {}, month=MONTHS, facility=IDS),
    sure(
        "allocation",
        {"label": LETTING, "weights": some(tie_minute=st.integers(0, 1_000)), "month": MONTHS},
        how=st.sampled_from(["engine", "downsizers_first", "registration", "lottery"]),
    ),
    sure("scheme", {}, scheme=st.fixed_dictionaries({"name": WORDS, "source": WORDS})),
    sure("coach_hours", {"month": MONTHS}, hours_per_week=st.integers(0, 100_000)),
)
BY_AGE = st.dictionaries(st.integers(0, 120), SHARES, min_size=1, max_size=3).map(
    lambda chances: [{"age": age, "chance": chances[age]} for age in sorted(chances)]
)
SCENARIO = st.fixed_dictionaries(
    {
        "name": st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True).filter(
            lambda name: name != NOTHING
        ),
        "changes": st.lists(CHANGE, max_size=4),
    },
    optional={
        "title": WORDS.filter(len),
        "question": WORDS,
        "years": st.integers(1, 30),
        "seed": st.integers(0, 2**31),
        "acceptance": some(percent=PERCENT, band=st.lists(PERCENT, max_size=4)),
        "demography": some(
            limited_seeks=SHARES,
            death=BY_AGE,
        ),
        "sources": st.dictionaries(st.sampled_from(ASSUMED), WORDS, max_size=2),
    },
)


@settings(max_examples=count(ci=40, soak=5_000, of="wat-als: geschreven en teruggelezen"))
@given(SCENARIO)
def test_a_scenario_that_is_written_is_read_back_the_same(said):
    told = scenario_of(yaml.safe_dump(said, allow_unicode=True))
    assert scenario_of(written(told)) == told
    assert scenario_of(written(told)).hash == told.hash


@given(SCENARIO, st.sampled_from(examples()))
def test_the_changes_of_a_base_come_first_and_nothing_of_it_is_lost(said, base):
    alone = scenario_of(yaml.safe_dump(said))
    upon = scenario_of(yaml.safe_dump({**said, "base": base}))
    assert upon.changes == (*scenario_from(base).changes, *alone.changes)


def answered(text):
    """The sentences that a text gets; none when it is a scenario."""
    try:
        scenario_of(text, called="proef")
    except BadScenario as error:
        return error.sentences
    return ()


TEXTS = [example_text(name) for name in (NOTHING, *examples())]
PIECES = st.sampled_from(["\t", ":", "- ", "{", "]", "&a", "*a", "!!python/name:x", "'", "\0", "…"])


@given(st.sampled_from(TEXTS), st.data())
def test_whatever_is_typed_gets_a_scenario_or_sentences_of_one_line(text, data):
    for _ in range(data.draw(st.integers(1, 4))):
        at, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(PIECES | st.text(max_size=4)) + text[at + length :]
    for sentence in answered(text):
        assert sentence.startswith("proef")
        assert sentence[-1] in ".?"
        assert len(sentence.splitlines()) == 1


DEFECTS = {
    "acceptence": ("acceptence", {"percent": 30}),
    "years": ("years", 0),
    "seed": ("seed", "veel"),
    "acceptance.percent": ("acceptance", {"percent": 101}),
    "changes[0].month": (0, {"change": "sale", "month": "2028-13"}),
    "changes[1].change": (1, {"change": "verkoop", "month": "2028-03"}),
    "changes[2].home": (
        2,
        {"change": "new_build", "month": "2028-03", "number": 1, "home": {"rent": 1, "x": 1}},
    ),
    "changes[3].until": (3, {"change": "sale", "month": "2028-03", "until": "2027-03"}),
}


@given(st.sets(st.sampled_from(sorted(DEFECTS)), min_size=1))
def test_any_set_of_mistakes_is_told_whole_with_a_sentence_each(chosen):
    said = {"name": "proef", "changes": [{"change": "sale", "month": "2028-03"}] * 4}
    for place in chosen:
        where, value = DEFECTS[place]
        (said["changes"] if isinstance(where, int) else said)[where] = value
    told = answered(yaml.dump(said, Dumper=_Whole))
    assert sorted(place for place in DEFECTS for one in told if place in one) == sorted(chosen)
    assert len(told) == len(chosen)


class _Whole(yaml.SafeDumper):
    """Writes everything out: the same change twice is written twice."""

    def ignore_aliases(self, data: object) -> bool:
        """Never refer."""
        return data is data  # noqa: PLR0124 - always so


@given(st.sampled_from(fields_at(())), st.data())
def test_a_name_with_one_letter_wrong_is_recognised(name, data):
    at = data.draw(st.integers(0, len(name) - 1))
    typed = name[:at] + data.draw(st.sampled_from(["", "q", "qq"])) + name[at + 1 :]
    told = answered(f"name: proef\n{typed}: 3\n")
    assert typed == name or any(f"Bedoelt u '{name}'?" in sentence for sentence in told)


def _street():
    homes = [a_dwelling(f"w{n}", complex="C1" if n < 4 else "C2") for n in range(8)]
    people = [a_household(f"h{n}", lives_in=f"w{n}", wish=None) for n in range(6)]
    complexes = [
        {"complex": name, "corporation": homes[0]["corporation"], "meeting_room": False}
        for name in ("C1", "C2")
    ]
    state = a_state(dwellings=homes, households=people, complexes=complexes)
    return project(facts_of(state))


STREET = _street()
SOON = st.integers(7, 12).map(lambda month: f"2026-{month:02}")
SUPPOSED = st.lists(
    st.one_of(
        sure("new_build", {"let_to": LETTING}, month=SOON, number=st.integers(1, 5), home=HOME),
        sure("demolition", {}, month=SOON, complex=st.sampled_from(["C1", "C2"])),
        sure("facility_opens", {"place": PLACE}, month=SOON, kind=st.just("HALTE")),
        sure(
            "renovation",
            {"access": st.just("NUL")},
            month=SOON,
            complex=st.sampled_from(["C1", "C2"]),
            wisselwoningen=st.integers(0, 3),
            months=st.integers(1, 4),
        ),
    ),
    max_size=4,
)


def rolled(scenario, policy):
    """The State after a year in which only the scenario happens."""
    state = STREET
    for number in range(0, 12, scenario.step_months):
        month = ON.month - 1 + number
        on = ON.replace(year=ON.year + month // 12, month=month % 12 + 1, day=1 if number else 15)
        state = project(supposed(state, scenario, number, on, policy), onto=state)
    return state.check()


@settings(max_examples=count(ci=4, soak=500, of="wat-als: dezelfde wereld bij elke stap"))
@given(SUPPOSED, st.sampled_from([2, 3, 6]), st.sampled_from([0, 120]))
def test_the_same_homes_stand_at_the_end_whatever_the_step(changes, step, horizon):
    scenario = scenario_of(yaml.safe_dump({"name": "proef", "changes": changes}))
    policy = a_policy(horizon_days=horizon)
    wide = scenario.model_copy(update={"step_months": step})
    monthly, stepped = rolled(scenario, policy), rolled(wide, policy)
    assert list(monthly.dwellings.index) == list(stepped.dwellings.index)
    assert not monthly.newbuild.index.str.startswith("nieuw").any()
    assert list(monthly.facilities.index) == list(stepped.facilities.index)
    assert sorted(monthly.tenancies.index) == sorted(STREET.tenancies.index)
    for one in (monthly, stepped):
        assert not (one.dwellings["status"] == "UIT").any()
