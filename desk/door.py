"""Coming in, step by step: the password, the second factor, and what must be arranged first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError
from desk import factor
from store import first, passwords, sessions, tries, users

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from desk.desk import Desk
    from store.accounts import User
    from store.database import Connection
    from store.sessions import Holder

PASSWORD, FACTOR, WHOLE = "password", "factor", "whole"
NEXT = {
    "code": "/aanmelden/code",
    "password": "/aanmelden/wachtwoord",
    "factor": "/aanmelden/tweede-stap",
}
"""Where somebody goes who is not in yet, by what is still to be done."""
ENROLS = timedelta(minutes=10)
IN_LINE = BoundedSemaphore(6)
"""So many at once may wait for a hash in each of our two processes; who comes after them hears at
once that it is busy, so that a flood of guesses leaves threads for everybody who is in already."""


class Wrong(VerhuisketenError):
    """Dit klopt niet, of er is te vaak geprobeerd. Wacht even en probeer het opnieuw."""


class Busy(VerhuisketenError):
    """Er melden zich nu veel mensen aan. Wacht even en probeer het opnieuw."""


class TooLate(VerhuisketenError):
    """Dit duurde te lang. Meld u opnieuw aan."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody typed at the door, and from where."""

    login: str
    password: str
    corporation: str
    address: str


def address_of(request: Request, desk: Desk) -> str:
    """Say where a request came from; what the proxy before us says counts only where there is one.

    The last name in the row is the one the proxy itself wrote.
    """
    told = request.headers.get("x-forwarded-for", "") if desk.installation.behind_proxy else ""
    there = told.rpartition(",")[2].strip()
    return there or (request.client.host if request.client else "")


def left_to_do(user: User, stage: str) -> str | None:
    """Say what somebody must do before they are in; None when nothing is left.

    Of who signs in elsewhere all this is the business of there.
    """
    if user.elsewhere:
        return None
    if user.factor and stage == PASSWORD:
        return "code"
    if user.must_change:
        return "password"
    if user.factor_needed and not user.factor:
        return "factor"
    return None


def knock(desk: Desk, given: Given) -> tuple[User, str]:
    """Weigh a login and a password; give who it is and a token of how far they are.

    Whether the account does not exist, the password is wrong or there were too many tries: it is
    told in the same words. Raises Wrong, Busy.
    """
    if not IN_LINE.acquire(blocking=False):
        raise Busy
    try:
        return _weighed(desk, given)
    finally:
        IN_LINE.release()


def _weighed(desk: Desk, given: Given) -> tuple[User, str]:
    at = desk.clock()
    with desk.engine.begin() as connection:
        corporation = _corporation(connection, given)
        counted = {"account": f"{corporation} {given.login}", "address": given.address}
        if not tries.admitted(connection, counted, at=at):
            raise Wrong
        found = users.by_login(connection, corporation, given.login)
    # Outside a transaction: a hash takes long, and nobody should wait for it with a lock.
    if not passwords.fits(given.password, found[1] if found else None) or found is None:
        raise Wrong
    with desk.engine.begin() as connection:
        tries.right(connection, counted, at=at)
        return found[0], admit(connection, found[0], PASSWORD, at=at)


def _corporation(connection: Connection, given: Given) -> str:
    """Where there is one corporation nobody needs to name it."""
    known = users.corporations(connection)
    return known[0] if len(known) == 1 else given.corporation.strip()


def admit(connection: Connection, user: User, stage: str, *, at: datetime) -> str:
    """Give a token for how far somebody has come: whole when nothing is left to do."""
    reached = WHOLE if left_to_do(user, stage) is None else stage
    if reached == WHOLE:
        users.done(connection, user, user.id, "aangemeld")
    return sessions.begin(connection, user.corporation, user.id, at=at, stage=reached)


def on(connection: Connection, user: User, token: str, stage: str, *, at: datetime) -> str:
    """Take somebody a stage further: another token, and the old one counts no more."""
    sessions.end(connection, token)
    again = users.user(connection, user.corporation, user.id)
    return admit(connection, again, stage, at=at)


def code_given(desk: Desk, holder: Holder, token: str, code: str) -> str:
    """Weigh a code of the second factor and give the next token. Raises Wrong."""
    at, user = desk.clock(), holder.user
    counted = {"factor": user.id}
    with desk.engine.begin() as connection:
        admitted = tries.admitted(connection, counted, at=at)
    if not admitted:
        raise Wrong
    with desk.engine.begin() as connection:
        secret = users.factor_of(connection, user)
        step = factor.step_of(secret, code, at=at) if secret else None
        if step is None or not users.use_factor(connection, user, step):
            raise Wrong
        tries.right(connection, counted, at=at)
        return on(connection, user, token, FACTOR, at=at)


def change_password(desk: Desk, holder: Holder, old: str, new: str) -> str:
    """Let somebody choose another password; every session of theirs ends but the next.

    Who was just let in with a password somebody else chose need not type it again.
    Raises Wrong, WeakPassword.
    """
    at, user = desk.clock(), holder.user
    if holder.stage == WHOLE:
        _prove(desk, user, old)
    with desk.engine.begin() as connection:
        found = users.by_login(connection, user.corporation, user.login)
    if found is None or passwords.fits(new, found[1]):
        raise passwords.WeakPassword("Kies een ander wachtwoord dan het vorige.")
    with desk.engine.begin() as connection:
        users.set_password(connection, user, new, by=user.id)
        again = users.user(connection, user.corporation, user.id)
        stage = FACTOR if holder.stage != PASSWORD else PASSWORD
        return admit(connection, again, stage, at=at)


def _prove(desk: Desk, user: User, password: str) -> None:
    at, counted = desk.clock(), {"account": f"{user.corporation} {user.login}"}
    with desk.engine.begin() as connection:
        admitted = tries.admitted(connection, counted, at=at)
        found = users.by_login(connection, user.corporation, user.login)
    if not admitted or found is None or not passwords.fits(password, found[1]):
        raise Wrong
    with desk.engine.begin() as connection:
        tries.right(connection, counted, at=at)


def enrolling(desk: Desk, token: str) -> str:
    """Give the secret that somebody is putting into an app: the same as long as they are at it."""
    at = desk.clock()
    with desk.engine.begin() as connection:
        known = sessions.recall(connection, "factor", token, at=at)
        if known is not None:
            return str(known["secret"])
        secret = factor.new_secret()
        sessions.underway(connection, "factor", token, data={"secret": secret}, until=at + ENROLS)
        return secret


def enrolled(desk: Desk, holder: Holder, token: str, code: str, password: str) -> str:
    """Take a second factor into use once its code was right; give the next token.

    Who is in already gives the password as well: a screen that was left open is no reason to let
    another telephone in. Raises Wrong.
    """
    at, user = desk.clock(), holder.user
    if holder.stage == WHOLE:
        _prove(desk, user, password)
    counted = {"factor": user.id}
    with desk.engine.begin() as connection:
        admitted = tries.admitted(connection, counted, at=at)
        known = sessions.recall(connection, "factor", token, at=at)
    step = factor.step_of(str(known["secret"]), code, at=at) if known else None
    if not admitted or known is None or step is None:
        raise Wrong
    with desk.engine.begin() as connection:
        if sessions.fetch(connection, "factor", token, at=at) is None:
            raise TooLate
        tries.right(connection, counted, at=at)
        users.set_factor(connection, user, str(known["secret"]), by=user.id)
        again = users.user(connection, user.corporation, user.id)
        users.use_factor(connection, again, step)
        return admit(connection, again, FACTOR, at=at)


def may_enrol(holder: Holder) -> bool:
    """Whether somebody may set up a second factor: who is in, or who still has none."""
    return holder.stage == WHOLE or left_to_do(holder.user, holder.stage) == "factor"


ANYBODY = "eerste"


@dataclass(frozen=True, slots=True)
class First:
    """Who becomes the first administrator."""

    code: str
    corporation: str
    name: str
    login: str
    password: str


def first_administrator(desk: Desk, asked: First) -> tuple[User, str]:
    """Make the first administrator, for whoever has the code.

    Raises Wrong, BadUser, WeakPassword.
    """
    at, counted = desk.clock(), {"code": ANYBODY}
    with desk.engine.begin() as connection:
        admitted = tries.admitted(connection, counted, at=at)
    if not admitted:
        raise Wrong
    with desk.engine.begin() as connection:
        if not first.used(connection, asked.code, at=at):
            raise Wrong
        tries.right(connection, counted, at=at)
        user = users.add(
            connection,
            corporation=asked.corporation,
            login=asked.login,
            name=asked.name,
            roles=["administrator"],
            password=asked.password,
        )
        users.done(connection, user, user.id, "eerste beheerder gemaakt")
        return user, admit(connection, user, PASSWORD, at=at)
