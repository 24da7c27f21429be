"""Who may sign in at the desk: accounts of a corporation, their roles, and what they do."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from sqlalchemy import any_, exc, func, insert, literal, select, update

from data_contracts.words import VerhuisketenError
from store import passwords, sessions
from store.access import Look, looked
from store.accounts import SEEN, User, told
from store.machines import CORPORATION
from store.tables import account

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection

ROLES = ("coach", "planner", "steward", "administrator")
CHANGES = frozenset(
    {"name", "roles", "coach", "hours", "areas", "phone", "active", "factor_needed"}
)
"""What an administrator may change of an account."""
LOGIN = re.compile(r"[\w.@+-]{3,100}")
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
ENDS = frozenset({"roles", "coach", "active"})
"""What, when it changes, puts whoever is signed in out of the door: to come in anew."""


class NoSuchUser(VerhuisketenError):
    """Deze gebruiker bestaat niet. Haal de lijst met gebruikers opnieuw op."""


class TakenLogin(VerhuisketenError):
    """Deze gebruikersnaam is al in gebruik. Kies een andere."""


class BadUser(VerhuisketenError):
    """De gegevens van deze gebruiker kloppen niet."""


def add(
    connection: Connection,
    *,
    corporation: str,
    login: str,
    name: str,
    roles: Collection[str],
    password: str | None = None,
    **more: Any,  # noqa: ANN401 - coach, hours, areas, factor_needed, must_change, issuer, subject
) -> User:
    """Make an account. Raises BadUser, TakenLogin, WeakPassword."""
    _refuse(corporation, login, name, roles)
    kept = None
    if password is not None:
        kept = passwords.hashed(passwords.strong(password, about=f"{login} {name}"))
    name_of = f"G-{secrets.token_hex(6)}"
    values: dict[str, Any] = {
        "id": name_of,
        "corporation": corporation,
        "login": login.strip().casefold(),
        "name": name.strip(),
        "roles": sorted(roles),
        "password": kept,
    } | more
    try:
        with connection.begin_nested():
            connection.execute(insert(account).values(values))
    except exc.IntegrityError as error:
        if "login" in str(error.orig):
            raise TakenLogin from error
        raise BadUser from error
    return user(connection, corporation, name_of)


def _refuse(corporation: str, login: str, name: str, roles: Collection[str]) -> None:
    if not set(roles) <= set(ROLES) or not roles:
        raise BadUser(f"Kies minstens één rol: {', '.join(ROLES)}.")
    if not CORPORATION.fullmatch(corporation):
        raise BadUser("Vul het KvK-nummer (8 cijfers) of het OIN (20 tekens) van de corporatie in.")
    if not LOGIN.fullmatch(login.strip()):
        raise BadUser(
            "Een gebruikersnaam heeft 3 tot 100 tekens: letters, cijfers en . _ @ + -, geen spatie."
        )
    if not NAME.fullmatch(name.strip()):
        raise BadUser("Vul een naam in van hoogstens 100 tekens.")


def user(connection: Connection, corporation: str, name: str) -> User:
    """Give an account of a corporation. Raises NoSuchUser."""
    row = connection.execute(
        select(*SEEN).where(account.c.corporation == corporation, account.c.id == name)
    ).first()
    if row is None:
        raise NoSuchUser
    return told(row)


def every(connection: Connection, corporation: str) -> tuple[User, ...]:
    """Give the accounts of a corporation, by name."""
    rows = connection.execute(
        select(*SEEN).where(account.c.corporation == corporation).order_by(account.c.name)
    )
    return tuple(map(told, rows))


def names(connection: Connection, corporation: str) -> dict[str, str]:
    """Give what the colleagues of a corporation are called, by account."""
    return {one.id: one.name for one in every(connection, corporation)}


def corporations(connection: Connection) -> tuple[str, ...]:
    """Give the corporations that have accounts."""
    rows = connection.execute(
        select(account.c.corporation).distinct().order_by(account.c.corporation)
    )
    return tuple(rows.scalars())


def any_yet(connection: Connection) -> bool:
    """Whether there is any administrator who may sign in."""
    found = select(func.count()).where(
        account.c.active, literal("administrator") == any_(account.c.roles)
    )
    return bool(connection.execute(found).scalar())


def by_login(
    connection: Connection, corporation: str, login: str
) -> tuple[User, str | None] | None:
    """Give an account that may sign in here, with the hash of its password."""
    row = connection.execute(
        select(*SEEN, account.c.password).where(
            account.c.corporation == corporation,
            account.c.login == login.strip().casefold(),
            account.c.active,
        )
    ).first()
    return None if row is None else (told(row), row.password)


def by_subject(connection: Connection, issuer: str, subject: str) -> User | None:
    """Give the account of somebody who signed in elsewhere.

    The oldest, should another corporation have written down the same person later: so nobody is
    drawn into another corporation than their own.
    """
    row = connection.execute(
        select(*SEEN)
        .where(account.c.issuer == issuer, account.c.subject == subject, account.c.active)
        .order_by(account.c.created, account.c.id)
        .limit(1)
    ).first()
    return None if row is None else told(row)


def change(connection: Connection, of: User, *, by: str, **to: Any) -> User:  # noqa: ANN401 - CHANGES
    """Change an account; who loses a role is out at once. Raises BadUser."""
    if not set(to) <= CHANGES or not set(to.get("roles", ROLES)) <= set(ROLES):
        raise BadUser
    if not to.get("roles", ROLES):
        raise BadUser(f"Kies minstens één rol: {', '.join(ROLES)}.")
    plain = {
        name: sorted(value) if name in ("roles", "areas") else value for name, value in to.items()
    }
    before = {name: getattr(of, name) for name in to}
    connection.execute(update(account).where(account.c.id == of.id).values(plain))
    if any(name in ENDS and set_of(before[name]) != set_of(to[name]) for name in to):
        sessions.end_all(connection, of.id)
    done(connection, of, by, "gebruiker gewijzigd")
    return user(connection, of.corporation, of.id)


def set_of(value: object) -> object:
    """Compare roles whatever their order."""
    return frozenset(value) if isinstance(value, frozenset | tuple | list | set) else value


def set_password(
    connection: Connection, of: User, password: str, *, by: str, must_change: bool = False
) -> None:
    """Give an account another password; every session of it ends. Raises WeakPassword."""
    kept = passwords.hashed(passwords.strong(password, about=f"{of.login} {of.name}"))
    connection.execute(
        update(account).where(account.c.id == of.id).values(password=kept, must_change=must_change)
    )
    sessions.end_all(connection, of.id)
    done(connection, of, by, "wachtwoord gewijzigd")


def set_factor(connection: Connection, of: User, secret: str | None, *, by: str) -> None:
    """Give an account another second factor, or none, so that a new one is asked for."""
    connection.execute(
        update(account).where(account.c.id == of.id).values(factor=secret, factor_step=0)
    )
    sessions.end_all(connection, of.id)
    done(connection, of, by, "tweede stap gewijzigd")


def factor_of(connection: Connection, of: User) -> str | None:
    """Give the secret of the second factor."""
    found = select(account.c.factor).where(account.c.id == of.id)
    secret: str | None = connection.execute(found).scalar()
    return secret


def use_factor(connection: Connection, of: User, step: int) -> bool:
    """Take note of a code that was right: each serves once, so that who looked along is late."""
    taken = connection.execute(
        update(account)
        .where(account.c.id == of.id, account.c.factor_step < step)
        .values(factor_step=step)
    )
    return taken.rowcount == 1


def done(connection: Connection, of: User, by: str, what: str, ids: Sequence[str] = ()) -> None:
    """Write in the log of looks what was done to an account, and by whom."""
    look = Look(who=by, purpose=what, corporation=of.corporation)
    looked(connection, look, "account", [of.id, *ids])
