"""Users of a corporation: its administrator makes them, gives roles and hours, and lets them go."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from desk.desk import Desk, desk_of
from desk.problems import NotFound
from desk.viewer import Role, Viewer, only
from desk.views import page
from desk.words import ROLE_NAMES
from store import passwords, users
from store.accounts import User
from store.database import Connection

router = APIRouter()
Administrator = Annotated[Viewer, Depends(only(Role.ADMINISTRATOR))]
HERE = "/beheer/gebruikers"
MOST = 200
MOST_HOURS = 60
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,18}")
"""What stands on a letter as the number to call."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in for a user, as text, to be shown again when something is wrong."""

    name: str = ""
    login: str = ""
    roles: tuple[str, ...] = ()
    coach: str = ""
    hours: str = ""
    areas: str = ""
    phone: str = ""
    subject: str = ""

    def read(self) -> dict[str, Any]:
        """Give it as an account holds it. Raises BadUser."""
        hours = self.hours.strip()
        if hours and not (hours.isascii() and hours.isdigit() and int(hours[:4]) <= MOST_HOURS):
            raise users.BadUser(f"Uren per week: een getal van 0 tot {MOST_HOURS}, of niets.")
        phone = " ".join(self.phone.split())
        if phone and not PHONE.fullmatch(phone):
            raise users.BadUser("Telefoon: cijfers, zoals 036 123 45 67 of +31 36 123 45 67.")
        return {
            "name": self.name.strip(),
            "roles": self.roles,
            "coach": self.coach.strip() or None,
            "hours": int(hours) if hours else None,
            "phone": phone or None,
            "areas": tuple(self.areas.upper().replace(",", " ").split()),
        }


def _text(text: str) -> str:
    return text[:MOST].replace("\x00", "")


def filled(  # noqa: PLR0913, PLR0917 - the fields of a form
    naam: Annotated[str, Form()] = "",
    gebruikersnaam: Annotated[str, Form()] = "",
    rollen: Annotated[tuple[str, ...], Form()] = (),
    coach: Annotated[str, Form()] = "",
    uren: Annotated[str, Form()] = "",
    buurten: Annotated[str, Form()] = "",
    telefoon: Annotated[str, Form()] = "",
    werkaccount: Annotated[str, Form()] = "",
) -> Filled:
    """Read the form."""
    return Filled(
        _text(naam),
        _text(gebruikersnaam),
        tuple(rollen[: len(ROLE_NAMES)]),
        _text(coach),
        _text(uren),
        _text(buurten),
        _text(telefoon),
        _text(werkaccount),
    )


Form_ = Annotated[Filled, Depends(filled)]


@router.get(HERE)
def every(request: Request, viewer: Administrator) -> Response:
    """Show the users of one's own corporation."""
    with desk_of(request).engine.connect() as connection:
        found = users.every(connection, viewer.corporation)
    return page(request, "users/users.html", users=found, role_names=ROLE_NAMES)


@router.get(HERE + "/nieuw")
def new(request: Request, _viewer: Administrator) -> Response:
    """Show an empty form."""
    return _form(request, Filled(roles=(Role.COACH,)))


@router.post(HERE)
def made(request: Request, viewer: Administrator, given: Form_) -> Response:
    """Make a user; the password that opens the account once is shown here, and nowhere else."""
    desk = desk_of(request)
    password = passwords.made_up()
    try:
        with desk.engine.begin() as connection:
            user = _made(connection, viewer, given, desk, password)
    except (users.BadUser, users.TakenLogin) as error:
        return _form(request, given, error=str(error))
    shown = None if user.elsewhere else password
    return page(request, "users/password.html", user=user, password=shown)


def _made(
    connection: Connection,
    viewer: Viewer,
    given: Filled,
    desk: Desk,
    password: str,
) -> User:
    more = given.read()
    if given.subject.strip() and desk.installation.oidc_issuer:
        more |= {"issuer": desk.installation.oidc_issuer, "subject": given.subject.strip()}
    else:
        more |= {"password": password, "must_change": True}
    user = users.add(connection, corporation=viewer.corporation, login=given.login, **more)
    users.done(connection, user, viewer.user, "gebruiker gemaakt")
    return user


def _find(request: Request, viewer: Viewer, user: str) -> User:
    """Give a user of one's own corporation. Raises NotFound for any other, as for none."""
    try:
        with desk_of(request).engine.connect() as connection:
            return users.user(connection, viewer.corporation, user.replace("\x00", ""))
    except users.NoSuchUser as error:
        raise NotFound from error


@router.get(HERE + "/{user}")
def one(request: Request, viewer: Administrator, user: str) -> Response:
    """Show a user."""
    found = _find(request, viewer, user)
    return _form(request, _as_filled(found), of=found)


def _as_filled(of: User) -> Filled:
    hours = "" if of.hours is None else str(of.hours)
    roles = tuple(sorted(of.roles))
    areas = " ".join(of.areas)
    return Filled(of.name, of.login, roles, of.coach or "", hours, areas, of.phone or "")


def _form(request: Request, given: Filled, *, of: User | None = None, error: str = "") -> Response:
    return page(
        request,
        "users/user.html",
        status=400 if error else 200,
        of=of,
        given=given,
        error=error,
        role_names=ROLE_NAMES,
        elsewhere=desk_of(request).installation.oidc_issuer is not None,
    )


@router.post(HERE + "/{user}")
def changed(request: Request, viewer: Administrator, user: str, given: Form_) -> Response:
    """Change a user; who loses a role is out at once."""
    found = _find(request, viewer, user)
    try:
        to = given.read()
        _keep_one(viewer, found, Role.ADMINISTRATOR in to["roles"])
        with desk_of(request).engine.begin() as connection:
            users.change(connection, found, by=viewer.user, **to)
    except users.BadUser as error:
        return _form(request, given, of=found, error=str(error))
    return RedirectResponse(HERE, 303)


def _keep_one(viewer: Viewer, of: User, stays: bool) -> None:  # noqa: FBT001 - yes or no, once
    if of.id == viewer.user and not stays:
        raise users.BadUser("U kunt uzelf niet als beheerder weghalen. Vraag een andere beheerder.")


@router.post(HERE + "/{user}/uit")
def off(request: Request, viewer: Administrator, user: str) -> Response:
    """Let a user in no more; every session ends at once."""
    return _active(request, viewer, user, active=False)


@router.post(HERE + "/{user}/aan")
def on(request: Request, viewer: Administrator, user: str) -> Response:
    """Let a user in again."""
    return _active(request, viewer, user, active=True)


def _active(request: Request, viewer: Viewer, user: str, *, active: bool) -> Response:
    found = _find(request, viewer, user)
    try:
        _keep_one(viewer, found, active)
        with desk_of(request).engine.begin() as connection:
            users.change(connection, found, by=viewer.user, active=active)
    except users.BadUser as error:
        return _form(request, _as_filled(found), of=found, error=str(error))
    return RedirectResponse(HERE, 303)


@router.post(HERE + "/{user}/nieuw-begin")
def anew(request: Request, viewer: Administrator, user: str) -> Response:
    """Give a user who lost password or telephone a new begin: another password, no factor yet."""
    found = _find(request, viewer, user)
    if found.elsewhere:
        raise NotFound
    password = passwords.made_up()
    with desk_of(request).engine.begin() as connection:
        users.set_password(connection, found, password, by=viewer.user, must_change=True)
        users.set_factor(connection, found, None, by=viewer.user)
    return page(request, "users/password.html", user=found, password=password)
