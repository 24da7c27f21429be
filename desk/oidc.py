"""Signing in with a work account: OpenID Connect, code with PKCE, one issuer from the settings.

Who somebody is, is what that issuer says: `iss` and `sub`, never an e-mail address. How they prove
it, second factor included, is the issuer's business. No address that comes from outside is fetched:
only those that the issuer in the settings names itself.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped] # it ships no types
from authlib.oauth2.rfc6749.parameters import (  # type: ignore[import-untyped] # the same
    prepare_grant_uri,
)
from authlib.oauth2.rfc7636 import (  # type: ignore[import-untyped] # the same
    create_s256_code_challenge,
)
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from data_contracts.words import VerhuisketenError
from desk.problems import local
from store import sessions, users

if TYPE_CHECKING:
    from joserfc.jwk import KeySetSerialization

    from desk.desk import Desk
    from store.accounts import User
    from store.installation import Installation

BACK = "/aanmelden/terug"
COOKIE = "verhuisketen-elders"
LASTS = timedelta(minutes=10)
SECONDS = 5.0
KNOWN_FOR = 600
"""Seconds that what the issuer says of itself is kept."""
SIGNED_BY = ["RS256", "PS256", "ES256"]
"""What an id token may be signed with: never `none`, never our own secret."""
LEEWAY = 60
NEEDS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MOST_BYTES = 1_000_000


class Elsewhere(VerhuisketenError):
    """Aanmelden met uw werkaccount lukte niet. Probeer het opnieuw of bel uw beheerder."""


class NotLinked(VerhuisketenError):
    """Uw werkaccount is hier nog niet bekend. Geef uw beheerder het kenmerk dat hieronder staat."""

    def __init__(self, subject: str) -> None:
        super().__init__()
        self.subject = subject


@dataclass(frozen=True, slots=True)
class Begun:
    """Where a browser goes to sign in, and what it must bring back."""

    address: str
    cookie: str


def begin(desk: Desk, naar: str) -> Begun:
    """Send somebody to the issuer. Raises Elsewhere where none is set up, or it does not answer."""
    installation = desk.installation
    known = _known(installation)
    state, nonce, verifier, cookie = (secrets.token_urlsafe(32) for _ in range(4))
    kept = {"nonce": nonce, "verifier": verifier, "naar": local(naar), "cookie": _sealed(cookie)}
    at = desk.clock()
    with desk.engine.begin() as connection:
        sessions.underway(connection, "oidc", state, data=kept, until=at + LASTS)
    more = {"acr_values": installation.oidc_acr} if installation.oidc_acr else {}
    address = prepare_grant_uri(
        known["authorization_endpoint"],
        client_id=installation.oidc_client,
        response_type="code",
        redirect_uri=_back(installation),
        scope="openid",
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
        **more,
    )
    return Begun(str(address), cookie)


@dataclass(frozen=True, slots=True)
class Returned:
    """What a browser brings back from the issuer."""

    state: str
    code: str
    issuer: str
    cookie: str


def end(desk: Desk, returned: Returned) -> tuple[User, str]:
    """Give who somebody turned out to be, and where they were going.

    What was begun serves once, and only for the browser that began it. Raises Elsewhere, NotLinked.
    """
    at = desk.clock()
    with desk.engine.begin() as connection:
        kept = sessions.fetch(connection, "oidc", returned.state, at=at)
    if kept is None or not hmac.compare_digest(kept["cookie"], _sealed(returned.cookie)):
        raise Elsewhere
    issuer = desk.installation.oidc_issuer
    if issuer is None or returned.issuer not in ("", issuer) or not returned.code:
        raise Elsewhere
    subject = _subject(desk, returned.code, kept)
    with desk.engine.begin() as connection:
        found = users.by_subject(connection, issuer, subject)
    if found is None:
        raise NotLinked(subject)
    return found, str(kept["naar"])


def _subject(desk: Desk, code: str, kept: dict[str, Any]) -> str:
    """Turn a code into an id token, and that into who it is about. Raises Elsewhere."""
    installation = desk.installation
    known = _known(installation)
    given = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _back(installation),
        "client_id": installation.oidc_client,
        "code_verifier": kept["verifier"],
    }
    secret = installation.oidc_secret
    auth = (installation.oidc_client, secret.read_text().strip()) if secret else None
    answer = _asked("POST", known["token_endpoint"], data=given, auth=auth)
    try:
        keys = KeySet.import_key_set(cast("KeySetSerialization", _asked("GET", known["jwks_uri"])))
        token = jwt.decode(str(answer.get("id_token", "")), keys, algorithms=SIGNED_BY)
        _weigh(installation, token.claims, kept["nonce"], at=int(desk.clock().timestamp()))
    except (JoseError, AuthlibBaseError, ValueError, TypeError) as error:
        raise Elsewhere from error
    return str(token.claims["sub"])


def _weigh(installation: Installation, claims: dict[str, Any], nonce: str, *, at: int) -> None:
    """Hold what a token says against what was asked (OpenID Connect Core, 3.1.3.7)."""
    asked: dict[str, Any] = {
        "iss": {"essential": True, "value": installation.oidc_issuer},
        "aud": {"essential": True, "value": installation.oidc_client},
        "sub": {"essential": True},
        "exp": {"essential": True},
        "iat": {"essential": True},
        "nonce": {"essential": True, "value": nonce},
    }
    if installation.oidc_acr:
        asked["acr"] = {"essential": True, "value": installation.oidc_acr}
    jwt.JWTClaimsRegistry(now=at, leeway=LEEWAY, **asked).validate(claims)
    if isinstance(claims["aud"], list) and claims.get("azp") != installation.oidc_client:
        raise Elsewhere


def _back(installation: Installation) -> str:
    return installation.public_url.rstrip("/") + BACK


def _sealed(cookie: str) -> str:
    return sessions.hash_of(cookie)


def _known(installation: Installation) -> dict[str, Any]:
    """Give what the issuer of the settings says of itself; kept for ten minutes."""
    if installation.oidc_issuer is None:
        raise Elsewhere
    return _discovered(installation.oidc_issuer, int(time.monotonic()) // KNOWN_FOR)


@cache
def _discovered(issuer: str, _since: int) -> dict[str, Any]:
    found = _asked("GET", issuer.rstrip("/") + "/.well-known/openid-configuration")
    # Another issuer at this address would have tokens of its own accepted in the name of ours.
    if found.get("issuer") != issuer or not all(_safe(found.get(name)) for name in NEEDS):
        raise Elsewhere
    return found


def _safe(address: object) -> bool:
    """Whether an address is spoken to under TLS, or is on this machine."""
    parts = urlsplit(address) if isinstance(address, str) else None
    if parts is None:
        return False
    return parts.scheme == "https" or parts.hostname in ("127.0.0.1", "localhost", "::1")


def _asked(method: str, address: str, **given: Any) -> dict[str, Any]:  # noqa: ANN401 - data, auth
    """Ask the issuer; follow nothing, and read no more than is reasonable. Raises Elsewhere."""
    if not _safe(address):
        raise Elsewhere
    try:
        with (
            httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client,
            client.stream(method, address, **given) as answer,
        ):
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > MOST_BYTES:
                    raise Elsewhere
            answer.raise_for_status()
            said = httpx.Response(200, content=body).json()
    except (httpx.HTTPError, ValueError) as error:
        raise Elsewhere from error
    if not isinstance(said, dict):
        raise Elsewhere
    return said
