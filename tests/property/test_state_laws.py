"""Laws of the State: order, repetition and batches do not matter; a delivery comes true."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.state import BrokenState, State, changes, no_facts, project, table_of

SOURCE = "urn:nld:oin:00000099000000001000:systeem:test"
DAY = datetime(2026, 11, 22, tzinfo=UTC)

homes = st.lists(
    st.builds(
        lambda n, ends: {
            "notice": f"O-{n}",
            "dwelling": f"W-{n}",
            "given": "2026-11-01",
            "ends": f"2026-12-{ends:02}",
            "status": "GOE",
        },
        st.integers(1, 5),
        st.integers(1, 4),
    ),
    max_size=5,
    unique_by=lambda row: row["notice"],
)


def delivered(rows):
    return table_of("notices", rows).reset_index()


def history(deliveries):
    """Every fact that a row of deliveries gives, one delivery a day."""
    state, told = State(), [no_facts()]
    for day, rows in enumerate(deliveries):
        facts = changes(
            state,
            "notices",
            delivered(rows),
            source=SOURCE,
            delivery=f"d{day}",
            at=DAY + timedelta(days=day),
        )
        told.append(facts)
        state = project(facts, state)
    return pd.concat(told, ignore_index=True), state


def same(one, other):
    pd.testing.assert_frame_equal(one.versions, other.versions)
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, other.tables[name])


@given(st.lists(homes, min_size=1, max_size=4))
def test_after_its_changes_the_state_is_what_the_delivery_says(deliveries):
    _, state = history(deliveries)

    pd.testing.assert_frame_equal(
        state.check().notices.sort_index(),
        delivered(deliveries[-1]).set_index("notice").sort_index(),
    )


@given(st.lists(homes, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_facts_in_any_order_twice_over_and_in_any_batches_give_the_same_state(deliveries, dice):
    facts, state = history(deliveries)
    order = [*range(len(facts)), *dice.choices(range(len(facts)), k=2)] if len(facts) else []
    dice.shuffle(order)
    cut = dice.randint(0, len(order))

    again = project(facts.iloc[order[cut:]], project(facts.iloc[order[:cut]]))

    same(again, state)


@given(homes)
def test_a_delivery_that_repeats_yesterday_yields_no_facts(rows):
    _, state = history([rows])

    assert changes(state, "notices", delivered(rows), source=SOURCE, delivery="again", at=DAY).empty


def test_a_row_that_comes_back_after_it_vanished_is_a_fact_again():
    row = {
        "notice": "O-1",
        "dwelling": "W-1",
        "given": "2026-11-01",
        "ends": "2026-12-01",
        "status": "GOE",
    }

    facts, state = history([[row], [], [row]])

    assert list(facts["kind"]) == ["NoticeGiven", "NoticeWithdrawn", "NoticeGiven"]
    assert list(state.notices.index) == ["O-1"]


def test_a_row_that_could_not_be_read_has_not_vanished():
    row = {
        "notice": "O-1",
        "dwelling": "W-1",
        "given": "2026-11-01",
        "ends": "2026-12-01",
        "status": "GOE",
    }
    _, state = history([[row]])

    facts = changes(
        state, "notices", delivered([]), source=SOURCE, delivery="d9", at=DAY, unread={"O-1"}
    )

    assert facts.empty


def test_what_another_source_delivered_does_not_vanish_from_this_one():
    row = {
        "notice": "O-1",
        "dwelling": "W-1",
        "given": "2026-11-01",
        "ends": "2026-12-01",
        "status": "GOE",
    }
    _, state = history([[row]])

    facts = changes(
        state, "notices", delivered([]), source=f"{SOURCE}.ander", delivery="d9", at=DAY
    )

    assert facts.empty


def test_a_fact_of_an_unknown_kind_is_refused_by_name():
    strange = pd.DataFrame(
        [
            {
                "source": SOURCE,
                "id": "1",
                "kind": "CatMoved",
                "subject": "C",
                "at": pd.Timestamp(DAY),
                "data": "{}",
            }
        ]
    )

    with pytest.raises(BrokenState, match="CatMoved"):
        project(strange)


def test_check_refuses_a_table_with_a_column_too_many():
    state = State()
    tables = {**state.tables, "notices": state.notices.assign(naam="Jansen")}

    with pytest.raises(BrokenState, match="notices"):
        State(tables=tables).check()
