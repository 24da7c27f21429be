"""Who looks: a signed-in person with roles, in one corporation; and what a route asks of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request


class Role(StrEnum):
    """What somebody does at the desk."""

    COACH = "coach"
    PLANNER = "planner"
    STEWARD = "steward"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in: an opaque id, a corporation, roles, and the id of the coach in the feed."""

    user: str
    corporation: str
    name: str
    roles: frozenset[Role]
    coach: str | None = None


class SignInFirst(VerhuisketenError):
    """Meld u eerst aan."""


class NotYours(VerhuisketenError):
    """Dit mag u hier niet. Vraag uw beheerder om de rol die erbij hoort."""


def viewer_of(request: Request) -> Viewer:
    """Give who looks. Raises SignInFirst."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    if viewer is None:
        raise SignInFirst
    return viewer


def only(*roles: Role) -> Callable[[Request], Viewer]:
    """Let only these roles pass: a dependency that gives the viewer. Raises NotYours."""

    def admitted(request: Request) -> Viewer:
        viewer = viewer_of(request)
        if not viewer.roles & set(roles):
            raise NotYours
        return viewer

    admitted.roles = frozenset(roles)  # type: ignore[attr-defined] # the route matrix reads it
    return admitted
