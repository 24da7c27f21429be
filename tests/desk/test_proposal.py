"""One proposal on one screen, read from a real night."""

from __future__ import annotations

import pytest

from desk import reading
from desk.viewer import Role, Viewer
from store.tenants import reading as reading_as


@pytest.fixture
def coach(busiest):
    name, corporation = busiest
    return Viewer("u-1", corporation, "Coach", frozenset({Role.COACH}), name)


def test_first(desk, engine, coach):
    stand = desk.state.desk.thinking.now()
    with engine.connect() as c:
        from sqlalchemy import text
        ids = c.execute(text("select id from proposal where coach=:c and corporation=:k"), {"c": coach.coach, "k": coach.corporation}).scalars().all()
    import time
    for id_ in ids[:5]:
        t = time.perf_counter()
        with reading_as(engine, coach.corporation) as connection:
            view = reading.proposal(connection, stand, coach, id_)
        print(time.perf_counter() - t)
    print(view)
    raise AssertionError
