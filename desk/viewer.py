"""Who looks: a signed-in person with roles, in one corporation; and what a route asks of them."""

# Annotations are read at run time here: FastAPI asks what `viewer_of` wants to be given.
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request

from data_contracts.words import VerhuisketenError


class Role(StrEnum):
    """What somebody does at the desk."""

    COACH = "coach"
    PLANNER = "planner"
    STEWARD = "steward"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is signed in: an opaque id, a corporation, roles, and the id of the coach in the feed.

    `hours` are those of a week, `areas` codes of neighbourhoods, `phone` where households call; all
    None or empty when unsaid.
    """

    user: str
    corporation: str
    name: str
    roles: frozenset[Role]
    coach: str | None = None
    hours: int | None = None
    areas: tuple[str, ...] = ()
    phone: str | None = None


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


def only(*roles: Role) -> Callable[[Request], Awaitable[Viewer]]:
    """Let only these roles pass: a dependency that gives the viewer. Raises NotYours."""

    async def admitted(request: Request) -> Viewer:  # not `def`: that would cost a thread
        viewer = viewer_of(request)
        if not viewer.roles & set(roles):
            raise NotYours
        return viewer

    admitted.roles = frozenset(roles)  # type: ignore[attr-defined] # the route matrix reads it
    return admitted
