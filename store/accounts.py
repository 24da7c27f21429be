"""An account as everybody but the door may see it: without its secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from store.tables import account

if TYPE_CHECKING:
    from sqlalchemy import Row


@dataclass(frozen=True, slots=True)
class User:
    """An account, without its secrets. `hours` a week; `areas` are codes of neighbourhoods."""

    id: str
    corporation: str
    login: str
    name: str
    roles: frozenset[str]
    coach: str | None
    hours: int | None
    areas: tuple[str, ...]
    phone: str | None
    active: bool
    factor: bool
    factor_needed: bool
    must_change: bool
    elsewhere: bool

    @property
    def ready(self) -> bool:
        """Whether nothing is to be arranged before this account works."""
        return self.elsewhere or not (self.must_change or (self.factor_needed and not self.factor))


_SHOWN = (
    *("id", "corporation", "login", "name", "roles", "coach", "hours", "areas", "active"),
    "phone",
    *("factor_needed", "must_change"),
)
SEEN = (
    *(account.c[name] for name in _SHOWN),
    account.c.factor.is_not(None).label("factor"),
    account.c.issuer.is_not(None).label("elsewhere"),
)


def told(row: Row[Any]) -> User:
    """Read a row of `SEEN`."""
    return User(
        **{name: getattr(row, name) for name in (*_SHOWN, "factor", "elsewhere")}
        | {"roles": frozenset(row.roles), "areas": tuple(row.areas)}
    )
