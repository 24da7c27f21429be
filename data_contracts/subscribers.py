"""Who is told what: other systems that listen along, as the corporation wrote them down.

Only this page decides where anything is sent; nothing a user or another system says is ever an
address. Secrets stand in files of their own.
"""

from __future__ import annotations

from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from data_contracts.events import KINDS
from data_contracts.words import VerhuisketenError

USUAL = (*(name for name, kind in KINDS.items() if kind.table == "offers"), "NoticeGiven")
"""What a subscriber is told unless it asks otherwise: what becomes of proposals, and notices."""
SHORTEST_SECRET = 32
"""Bytes (RFC 2104 advises the length of the hash, 32 for SHA-256)."""
_CHOICES = {
    "name": "naam",
    "url": "adres",
    "kinds": "soorten feiten",
    "secret_file": "bestand met het geheim",
    "from": "vanaf",
}


class BadSubscribers(VerhuisketenError):
    """De lijst met wie meeluistert klopt niet."""


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("abonnee", "{sentence}", {"sentence": sentence})


def _address(url: str) -> str:
    """Refuse an address that is not https, unless it stays on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong("Dit is geen adres. Schrijf bijvoorbeeld https://voorbeeld.nl/haak.") from None
    if not host or parts.username is not None or parts.fragment or not url.isprintable():
        raise _wrong("Noem een volledig adres, zonder gebruikersnaam en zonder #.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(host)):
        raise _wrong("Het adres moet met https beginnen; http mag alleen op deze machine zelf.")
    return url


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _known_kind(kind: str) -> str:
    if kind not in KINDS:
        raise _wrong(f"{kind} is geen soort feit.{_meant(kind, KINDS)}")
    return kind


def _meant(word: str, known: Any) -> str:  # noqa: ANN401 - any words
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f" Bedoelde u {near[0]}?" if near else f" Kies uit: {', '.join(known)}."


class Subscriber(BaseModel):
    """One system that listens along: its name, address, kinds of facts, secret, and from when."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
    url: Annotated[str, AfterValidator(_address)]
    kinds: Annotated[
        tuple[Annotated[str, AfterValidator(_known_kind)], ...], Field(min_length=1)
    ] = USUAL
    secret_file: Path
    start: Literal["now"] | Annotated[int, Field(ge=1)] = Field(default="now", alias="from")

    def secret(self) -> bytes:
        """Read the secret, without the line end. Raises BadSubscribers when it is no secret."""
        try:
            secret = self.secret_file.read_bytes().strip()
        except OSError as error:
            raise BadSubscribers(
                f"Het geheim van {self.name} is niet te lezen ({error.strerror}). Zet het in "
                f"{self.secret_file}."
            ) from error
        if len(secret) < SHORTEST_SECRET:
            raise BadSubscribers(
                f"Het geheim van {self.name} is te kort: minstens {SHORTEST_SECRET} tekens. Maak "
                "er een met: openssl rand -hex 32."
            )
        return secret


class _Page(BaseModel):
    model_config = ConfigDict(extra="forbid")

    subscribers: tuple[Subscriber, ...]


def subscribers_from(path: Path | None) -> tuple[Subscriber, ...]:
    """Read who listens along; nobody when there is no such page.

    Raises BadSubscribers with every mistake, one sentence each.
    """
    if path is None:
        return ()
    try:
        page = _Page.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadSubscribers(
            f"De lijst met wie meeluistert, {path}, is niet te lezen: {type(error).__name__}."
        ) from error
    except ValidationError as error:
        mistakes = " ".join(_sentence(dict(one)) for one in error.errors())
        raise BadSubscribers(f"De lijst met wie meeluistert klopt niet. {mistakes}") from None
    names = [one.name for one in page.subscribers]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise BadSubscribers(f"Deze naam staat er tweemaal: {', '.join(twice)}. Kies een andere.")
    return page.subscribers


def _sentence(mistake: dict[str, Any]) -> str:
    """Say one mistake: where it stands, what is wrong, what was meant."""
    *above, last = mistake["loc"] or ("",)
    where = ".".join(map(str, mistake["loc"])) or "de bladzijde"
    if mistake["type"] == "extra_forbidden":
        known = _CHOICES if above else ("subscribers",)
        return f"{where}: dit kennen wij niet.{_meant(str(last), known)}"
    if mistake["type"] == "missing":
        return f"{where}: dit ontbreekt."
    if mistake["type"] == "abonnee":
        return f"{where}: {mistake['msg']}"
    return f"{where}: dit kan hier niet. Zie docs/guides/meeluisteren.md."
