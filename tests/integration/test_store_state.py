"""The State comes back from the store exactly as it went in, and follows the log."""

import json
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from data_contracts.events import FACT_COLUMNS, KINDS, TABLES, canonical
from matching.state import State, changes, project
from store import log
from store import state as store
from store.database import snapshot
from tests import builders as b

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def a_full_state():
    """Something in every table a delivery fills."""
    return b.a_state(
        complexes=[{"complex": "C1", "corporation": b.CORPORATION, "form": "LEV"}],
        dwellings=[b.a_dwelling("W1", complex="C1"), b.a_dwelling("W2", min_age=55)],
        newbuild=[b.a_newbuild("N1")],
        households=[b.a_household("H1", lives_in="W1"), b.an_older_household("H2")],
        ties=[b.a_tie("T1", "H1"), b.a_tie("T2", "H2", with_household="H1")],
        facilities=[b.a_facility()],
        notices=[b.a_notice("W1")],
        works=[{"works": "K1", "dwelling": "W2", "kind": "RENOVATIE", "start": "2026-09-01"}],
    )


def an_offer_fact(household="H1", dwelling="W2", moment=NOON):
    data = {**b.an_offer(household, dwelling), "leaves": "W1", "coach": "COACH-01"}
    row = (b.SOURCE, f"o/{household}", "ProposalOffered", data["proposal"], moment, canonical(data))
    return pd.DataFrame([row], columns=list(FACT_COLUMNS))


def full_facts():
    facts = b.facts_of(a_full_state())
    return pd.concat([facts, an_offer_fact(), decided_facts()], ignore_index=True)


def decided_facts():
    about = {"household": "H1", "on": "2026-06-15", "by": "U1"}
    visit = about | {"visit": "B1", "proposal": "V1", "minutes": 60}
    visit |= {"moment": "2026-06-20T09:30:00Z"}
    asked = about | {"instruction": "A1", "dwelling": "W2", "asks": "forbid"}
    rows = [
        (b.SOURCE, "b/1", "VisitPlanned", "B1", NOON, canonical(visit)),
        (b.SOURCE, "a/1", "MoveForbidden", "A1", NOON, canonical(asked)),
    ]
    return pd.DataFrame(rows, columns=list(FACT_COLUMNS))


def assert_same(one: State, other: State):
    pd.testing.assert_frame_equal(one.versions, other.versions)
    for table in TABLES:
        pd.testing.assert_frame_equal(one.tables[table], other.tables[table])


def test_a_state_with_every_table_comes_back_exactly(database):
    facts = full_facts()
    state = project(facts)
    assert all(len(state.tables[table]) for table in TABLES)
    with database.begin() as connection:
        position = log.append(connection, facts)
        store.save(connection, state, position)
    with snapshot(database) as connection:
        kept, stands = store.load(connection)
    assert stands == position
    assert_same(kept.check(), state.check())


def test_an_empty_store_gives_an_empty_state(database):
    with database.begin() as connection:
        state, position = store.load(connection)
    assert position == 0
    assert_same(state, State())


def test_what_vanished_and_what_changed_is_kept_as_such(database):
    first = project(full_facts())
    rows = first.dwellings.reset_index().assign(rent=61_000).iloc[1:]
    facts = changes(first, "dwellings", rows, source=b.SOURCE, delivery="2", at=NOON)
    second = project(facts, first)
    with database.begin() as connection:
        store.save(connection, first, log.append(connection, full_facts()))
        store.save(connection, second, log.append(connection, facts))
        kept, _ = store.load(connection)
        assert_same(kept, second)
        assert_same(store.rebuild(connection), second)


def test_only_what_differs_is_written(database):
    first = project(full_facts())
    more = an_offer_fact("H2", "W9")
    second = project(more, first)
    with database.begin() as connection:
        store.save(connection, first, log.append(connection, full_facts()))
    with database.begin() as connection:
        store.save(connection, second, log.append(connection, more))
        touched = "SELECT key FROM state_row WHERE xmin = pg_current_xact_id()::xid"
        assert connection.execute(text(touched)).scalars().all() == ["H2-W9"]


def test_facts_that_nobody_folded_are_in_the_state_all_the_same(database):
    with database.begin() as connection:
        store.save(connection, project(full_facts()), log.append(connection, full_facts()))
        log.append(connection, an_offer_fact("H2", "W9"))
    with database.begin() as connection:
        state, position = store.load(connection)
        assert "H2-W9" in state.offers.index
        more = an_offer_fact("H3", "W8")
        after = project(more, state)
        store.save(connection, after, log.append(connection, more))
        assert position == log.head(connection) - 1
    with database.begin() as connection:
        kept, _ = store.load(connection)
        assert_same(kept, after)
        assert_same(kept, store.rebuild(connection))


def test_catching_up_keeps_the_state_at_the_head_of_the_log(database):
    with database.begin() as connection:
        head = log.append(connection, full_facts())
        state, position = store.catch_up(connection)
    with database.begin() as connection:
        assert position == head == connection.scalar(text("SELECT position FROM state_stand"))
        assert_same(store.load(connection)[0], state)


def test_a_state_is_never_put_back(database):
    state = project(full_facts())
    with database.begin() as connection:
        store.save(connection, state, 10)
        with pytest.raises(store.Behind):
            store.save(connection, state, 9)


def test_the_forgotten_are_gone_from_the_state_and_from_the_log_alike(database):
    with database.begin() as connection:
        store.save(connection, project(full_facts()), log.append(connection, full_facts()))
        log.forget(connection, ["H1"])
        store.forget(connection, ["H1"])
        kept, _ = store.load(connection)
        assert_same(kept, store.rebuild(connection))
        assert list(kept.households.index) == ["H2"]
        assert list(kept.wishes.index) == ["H2"]
        assert kept.tenancies.empty
        assert kept.ties.empty  # one is theirs, the other leads to their door
        assert kept.offers.empty


KEYS = st.sampled_from(["a", "b", "c"])
DATA = {
    "facilities": b.a_facility,
    "notices": lambda key: b.a_notice("W1", notice=key),
}


@st.composite
def stories(draw):
    """Facts about a few rows, in any order of time, some of them the end of a row."""
    rows = []
    for number in range(draw(st.integers(1, 12))):
        kind = draw(st.sampled_from([k for k, v in KINDS.items() if v.table in DATA]))
        key = draw(KEYS)
        data = DATA[KINDS[kind].table](key) if KINDS[kind].appears else {}
        at = NOON + timedelta(minutes=draw(st.integers(0, 5)))
        rows.append((b.SOURCE, str(number), kind, key, at, json.dumps(data, sort_keys=True)))
    return pd.DataFrame(rows, columns=list(FACT_COLUMNS))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(facts=stories(), cut=st.integers(0, 12))
def test_however_the_log_was_cut_the_kept_state_is_the_fold_of_the_whole(database, facts, cut):
    with database.connect() as connection:
        for part in (facts.iloc[:cut], facts.iloc[cut:]):
            log.append(connection, part)
            store.catch_up(connection)
        kept, _ = store.load(connection)
        assert_same(kept, store.rebuild(connection))
        assert_same(kept, project(facts))
        connection.rollback()
