"""Whose rows somebody who looks after data may see: their own corporation's, and perhaps nobody's.

Rows of which nobody knows whose they are can hold anybody's data. They are for the administrators
of the corporation that keeps this installation, and for no one else.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk.problems import NotFound
from desk.viewer import Role
from store.quarantine import NOBODY
from store.tenants import reading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk.desk import Desk
    from desk.viewer import Viewer
    from store.database import Connection, Engine

MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows are shown: of these corporations, asked for by name."""

    engine: Engine
    corporation: str
    own: bool
    nobodys: bool

    @property
    def whose(self) -> tuple[str, ...]:
        """Name the corporations whose rows are shown; '' for those of nobody we know."""
        return (*((self.corporation,) if self.own else ()), *((NOBODY,) if self.nobodys else ()))

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read in one transaction; of other corporations the database shows nothing."""
        if not self.nobodys:
            with reading(self.engine, self.corporation) as connection:
                yield connection
            return
        # The rows of nobody are hidden from the role of the desk; every question names `whose`.
        with self.engine.begin() as connection:
            yield connection


def scope_of(desk: Desk, viewer: Viewer) -> Scope:
    """Say whose rows somebody may see: a steward the own, a keeper's administrator nobody's."""
    keeps = desk.installation.keeper == viewer.corporation
    return Scope(
        desk.engine,
        viewer.corporation,
        own=Role.STEWARD in viewer.roles,
        nobodys=keeps and Role.ADMINISTRATOR in viewer.roles,
    )


def number(text: str) -> int:
    """Read the number of a thing from an address. Raises NotFound."""
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise NotFound
    return int(text)
