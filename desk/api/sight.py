"""What somebody may see through the API: found first, in the rows of one's own corporation."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from desk.problems import NotFound
from store import reading as read
from store.access import Look, looked
from store.tenants import reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from desk.desk import Desk
    from desk.viewer import Viewer
    from store.database import Connection

CLIENT = "api"


@contextmanager
def facts(desk: Desk) -> Iterator[Connection]:
    """Read the State and the log, where ids are known or the corporation is asked for."""
    with desk.engine.connect() as connection:
        yield connection


def own(desk: Desk, viewer: Viewer) -> tuple[str, ...]:
    """Name the households of a coach as they are now; nobody's where there is no coach."""
    if viewer.coach is None:
        return ()
    with facts(desk) as connection:
        return read.own_households(connection, viewer.coach, viewer.corporation)


def as_viewer(desk: Desk, viewer: Viewer) -> AbstractContextManager[Connection]:
    """Read what has a corporation as that of the viewer: of the others there is no trace."""
    return reading(desk.engine, viewer.corporation)


def proposal(desk: Desk, viewer: Viewer, name: str) -> dict[str, Any]:
    """Give the row of a proposal of one of the coach's own households. Raises NotFound."""
    with as_viewer(desk, viewer) as connection:
        row = read.found(connection, name)
    if row is None or not is_coach_of(desk, viewer, row["household"]):
        raise NotFound
    return row


def is_coach_of(desk: Desk, viewer: Viewer, household: str) -> bool:
    """Whether a household is of this coach, as it is now."""
    said = latest(desk, viewer, "households", household)
    return said is not None and viewer.coach is not None and said.get("coach") == viewer.coach


def latest(desk: Desk, viewer: Viewer, table: str, name: str) -> dict[str, Any] | None:
    """Give what was said last of something of the viewer's corporation; None when it is not."""
    with facts(desk) as connection:
        said = read.latest(connection, table, [name]).get(name)
    return said if said is not None and said.get("corporation") == viewer.corporation else None


def home(desk: Desk, name: str) -> dict[str, Any] | None:
    """Give what was said last of a home, whosever it is; None when nobody knows it any more."""
    with facts(desk) as connection:
        for table in ("dwellings", "newbuild"):
            if said := read.latest(connection, table, [name]).get(name):
                return said
    return None


def write_down(desk: Desk, viewer: Viewer, household: str, *, purpose: str, what: str) -> None:
    """Write that somebody looks at a household: when that cannot be written, nothing is shown."""
    look = Look(viewer.user, purpose, viewer.corporation, CLIENT)
    with as_viewer(desk, viewer) as connection:
        looked(connection, look, what, [household])
