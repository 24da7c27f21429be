"""Where each role goes: the pages in the bar on top, the first one after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from desk.viewer import Role

if TYPE_CHECKING:
    from desk.viewer import Viewer


class Place(NamedTuple):
    """A page in the bar: its address and what it is called."""

    path: str
    name: str


PLACES: dict[Role, tuple[Place, ...]] = {
    Role.COACH: (Place("/voorstellen", "Mijn ochtend"),),
    Role.PLANNER: (
        Place("/plan", "Het plan"),
        Place("/wat-als", "Wat als"),
        Place("/gebied", "Gebieden"),
    ),
    Role.STEWARD: (Place("/gegevens", "Gegevens"),),
    Role.ADMINISTRATOR: (
        Place("/beheer/gezondheid", "Gezondheid"),
        Place("/beheer/gebruik", "Gebruik"),
        Place("/beheer/gebruikers", "Gebruikers"),
        Place("/beheer/glas", "Ingezien"),
    ),
}
"""In the order of the day; the first is where somebody with only this role starts."""
ACCOUNT = Place("/account", "Mijn account")
SIGN_IN = "/aanmelden"


def navigation(viewer: Viewer | None) -> tuple[Place, ...]:
    """Give the pages in the bar for whoever looks: those of all their roles, then the account."""
    if viewer is None:
        return ()
    found = (place for role in Role if role in viewer.roles for place in PLACES[role])
    return (*dict.fromkeys(found), ACCOUNT)


def first_page(viewer: Viewer | None) -> str:
    """Give the address where somebody starts: the first page of their first role."""
    return navigation(viewer)[0].path if viewer else SIGN_IN


def current(place: Place, path: str) -> bool:
    """Whether a page is this place or lies under it."""
    return path == place.path or path.startswith(place.path + "/")
