"""Whose case it is: what a coach may read, and that the rest does not exist for her."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desk.problems import NotFound
from desk.viewer import Role
from store import glass, life, reading

if TYPE_CHECKING:
    from desk.thinking import Stand
    from desk.viewer import Viewer
    from store.database import Connection


def found(connection: Connection, stand: Stand, viewer: Viewer, proposal: str) -> dict[str, Any]:
    """Give the row of a proposal this viewer may read, in a transaction of `store.tenants.reading`.

    Her own households' proposals, and those of a colleague's household for which she broke the
    glass. Raises NotFound for one that is unknown, of another corporation or of another coach
    alike.
    """
    row = reading.found(connection, proposal)
    if row is None or not _may(connection, stand, viewer, row):
        raise NotFound
    return row


def _may(connection: Connection, stand: Stand, viewer: Viewer, row: dict[str, Any]) -> bool:
    if is_coach_of(stand, viewer, row["household"], coach=row["coach"]):
        return True
    if Role.COACH not in viewer.roles:
        return False
    return glass.broken(connection, row["household"], user=viewer.user, at=life.now(connection))


def is_coach_of(stand: Stand, viewer: Viewer, household: str, *, coach: str | None = None) -> bool:
    """Whether this viewer is the coach of a household as it is now; `coach`: when it is unknown."""
    if Role.COACH not in viewer.roles or viewer.coach is None:
        return False
    households = stand.state.households
    if household not in households.index:
        return coach == viewer.coach
    mine = {"corporation": viewer.corporation, "coach": viewer.coach}
    return all(households.at[household, name] == of for name, of in mine.items())
