"""The door: signing in and out, a first password, the second factor, one's own account."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from data_contracts.words import VerhuisketenError
from desk import door, factor
from desk.desk import Desk, desk_of
from desk.door import NEXT, WHOLE, Given, left_to_do
from desk.problems import NotFound, local
from desk.sessions import give, take_back, token_of, who
from desk.viewer import SignInFirst
from desk.views import page
from store import sessions, users
from store.passwords import WeakPassword
from store.sessions import Holder

router = APIRouter()
MOST = 200
"""Signs of a field that are read; what is typed here is never longer."""
Text = Annotated[str, Form()]
TWICE = "U typte twee keer iets anders. Typ het nieuwe wachtwoord twee keer hetzelfde."


def typed(text: str) -> str:
    """Read a field: not too long, and without a sign that the database cannot hold."""
    return text[:MOST].replace("\x00", "")


def holder_of(request: Request) -> Holder:
    """Give who is at the door or inside. Raises SignInFirst."""
    desk = desk_of(request)
    found = who(desk.engine, token_of(request, desk.installation), at=desk.clock())
    if found is None:
        raise SignInFirst
    return found


AtTheDoor = Annotated[Holder, Depends(holder_of)]


def same(one: str, other: str) -> None:
    """Hold two times the same password against each other. Raises WeakPassword."""
    if one != other:
        raise WeakPassword(TWICE)


def _must(holder: Holder, what: str) -> None:
    """Let somebody at a step only when that step is theirs. Raises NotFound."""
    if left_to_do(holder.user, holder.stage) != what or holder.stage == WHOLE:
        raise NotFound


def _further(desk: Desk, token: str, naar: str) -> Response:
    """Send somebody on with a new token: to the next step at the door, or in."""
    found = who(desk.engine, token, at=desk.clock())
    if found is None:
        raise SignInFirst
    step = None if found.stage == WHOLE else left_to_do(found.user, found.stage)
    response = RedirectResponse(NEXT[step] if step else local(naar or "/"), 303)
    give(response, desk.installation, token)
    return response


@router.get("/aanmelden")
def sign_in(request: Request, naar: str = "/") -> Response:
    """Show the form of the door."""
    return _form(request, {"naar": local(naar)})


def _form(request: Request, given: Mapping[str, Any], *, status: int = 200) -> Response:
    desk = desk_of(request)
    with desk.engine.begin() as connection:
        known = users.corporations(connection)
        nobody = not users.any_yet(connection)
    shown = {
        "first": nobody,
        "several": len(known) > 1,
        "elsewhere": desk.installation.oidc_issuer is not None,
        "error": None,
        "login": "",
        "corporation": "",
        "naar": "/",
    }
    return page(request, "sign_in/sign_in.html", status=status, **(shown | dict(given)))


@router.post("/aanmelden")
def signed_in(
    request: Request,
    gebruikersnaam: Text = "",
    wachtwoord: Text = "",
    corporatie: Text = "",
    naar: Text = "/",
) -> Response:
    """Weigh a login and a password."""
    desk = desk_of(request)
    given = Given(
        typed(gebruikersnaam), wachtwoord, typed(corporatie), door.address_of(request, desk)
    )
    try:
        _, token = door.knock(desk, given)
    except (door.Wrong, door.Busy) as error:
        again = {"error": str(error), "login": given.login, "corporation": given.corporation}
        return _form(request, again | {"naar": local(naar)}, status=401)
    return _in_with(request, desk, token, naar)


def _in_with(request: Request, desk: Desk, token: str, naar: str) -> Response:
    """Let the token that was there before count no more: a session is never taken over."""
    before = token_of(request, desk.installation)
    with desk.engine.begin() as connection:
        sessions.end(connection, before)
    return _further(desk, token, naar)


@router.post("/afmelden")
def signed_out(request: Request) -> Response:
    """Sign out: the token counts no more, wherever it may have been copied to."""
    desk = desk_of(request)
    with desk.engine.begin() as connection:
        sessions.end(connection, token_of(request, desk.installation))
    response = RedirectResponse("/aanmelden", 303)
    take_back(response, desk.installation)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@router.get("/aanmelden/code")
def code(request: Request, holder: AtTheDoor, naar: str = "/") -> Response:
    """Ask for a code of the second factor."""
    _must(holder, "code")
    return page(request, "sign_in/code.html", naar=local(naar), error=None)


@router.post("/aanmelden/code")
def code_given(request: Request, holder: AtTheDoor, code: Text = "", naar: Text = "/") -> Response:
    """Weigh a code of the second factor."""
    _must(holder, "code")
    desk = desk_of(request)
    try:
        token = door.code_given(desk, holder, token_of(request, desk.installation), typed(code))
    except door.Wrong as error:
        shown: dict[str, Any] = {"naar": local(naar), "error": str(error)}
        return page(request, "sign_in/code.html", status=401, **shown)
    return _further(desk, token, naar)


@router.get("/aanmelden/wachtwoord")
def password(request: Request, holder: AtTheDoor, naar: str = "/") -> Response:
    """Ask who was let in with a password of somebody else to choose their own."""
    _must(holder, "password")
    return page(request, "sign_in/password.html", naar=local(naar), error=None)


@router.post("/aanmelden/wachtwoord")
def password_chosen(
    request: Request,
    holder: AtTheDoor,
    nieuw: Text = "",
    nogmaals: Text = "",
    naar: Text = "/",
) -> Response:
    """Keep the password that was chosen."""
    _must(holder, "password")
    desk = desk_of(request)
    try:
        same(nieuw, nogmaals)
        token = door.change_password(desk, holder, "", nieuw)
    except WeakPassword as error:
        shown: dict[str, Any] = {"naar": local(naar), "error": str(error)}
        return page(request, "sign_in/password.html", status=400, **shown)
    return _further(desk, token, naar)


@router.get("/aanmelden/tweede-stap")
def second(request: Request, holder: AtTheDoor, naar: str = "/") -> Response:
    """Show how to set up the second factor."""
    return _second(request, holder, naar)


def _second(
    request: Request, holder: Holder, naar: str, error: VerhuisketenError | None = None
) -> Response:
    if not door.may_enrol(holder) or holder.user.elsewhere:
        raise NotFound
    desk = desk_of(request)
    secret = door.enrolling(desk, token_of(request, desk.installation))
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    shown: dict[str, Any] = {
        "naar": local(naar),
        "secret": groups,
        "error": str(error) if error else None,
    }
    return page(request, "sign_in/factor.html", status=400 if error else 200, **shown)


@router.get("/aanmelden/tweede-stap.svg")
def second_picture(request: Request, holder: AtTheDoor) -> Response:
    """Draw what the camera reads: a file of ours, so that the secret is in no address."""
    if not door.may_enrol(holder) or holder.user.elsewhere:
        raise NotFound
    desk = desk_of(request)
    secret = door.enrolling(desk, token_of(request, desk.installation))
    return Response(factor.picture(holder.user, secret), media_type="image/svg+xml")


@router.post("/aanmelden/tweede-stap")
def second_set(
    request: Request,
    holder: AtTheDoor,
    code: Text = "",
    wachtwoord: Text = "",
    naar: Text = "/",
) -> Response:
    """Take a second factor into use."""
    if not door.may_enrol(holder) or holder.user.elsewhere:
        raise NotFound
    desk = desk_of(request)
    try:
        before = token_of(request, desk.installation)
        token = door.enrolled(desk, holder, before, typed(code), wachtwoord)
    except door.Wrong as error:
        return _second(request, holder, naar, error)
    return _further(desk, token, naar)


@router.get("/aanmelden/eerste")
def first(request: Request) -> Response:
    """Ask for the code on the console."""
    return _first(request, {})


def _first(request: Request, given: Mapping[str, str], *, status: int = 200) -> Response:
    with desk_of(request).engine.begin() as connection:
        if users.any_yet(connection):
            raise NotFound
    shown: dict[str, Any] = {"error": None, "corporation": "", "who": "", "login": "", **given}
    return page(request, "sign_in/first.html", status=status, **shown)


@router.post("/aanmelden/eerste")
def first_made(
    request: Request,
    code: Text = "",
    corporatie: Text = "",
    naam: Text = "",
    gebruikersnaam: Text = "",
    wachtwoord: Text = "",
) -> Response:
    """Make the first administrator."""
    desk = desk_of(request)
    asked = door.First(
        typed(code),
        typed(corporatie).strip(),
        typed(naam).strip(),
        typed(gebruikersnaam).strip(),
        wachtwoord,
    )
    try:
        _, token = door.first_administrator(desk, asked)
    except (door.Wrong, users.BadUser, users.TakenLogin, WeakPassword) as error:
        given = {"corporation": asked.corporation, "who": asked.name, "login": asked.login}
        return _first(request, given | {"error": str(error)}, status=400)
    return _in_with(request, desk, token, "/")
