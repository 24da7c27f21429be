"""The second step of signing in: six digits of an app on one's own telephone (TOTP, RFC 6238)."""

from __future__ import annotations

import hmac
import io
from typing import TYPE_CHECKING

import pyotp
import segno

if TYPE_CHECKING:
    from datetime import datetime

    from store.accounts import User

SECONDS = 30
DIGITS = 6
NEAR = (0, -1, 1)
"""Steps of the clock that count: now, the one before, the next."""
ISSUER = "Verhuisketen"


def new_secret() -> str:
    """Give a secret for an app: 160 bits, as apps read it."""
    return pyotp.random_base32()


def step_of(secret: str, code: str, *, at: datetime) -> int | None:
    """Give the step of the clock a code belongs to, if it is right; each step serves once."""
    given = "".join(code.split())
    if len(given) != DIGITS or not (given.isascii() and given.isdigit()):
        return None
    now = int(at.timestamp()) // SECONDS
    app = pyotp.TOTP(secret)
    right = [s for s in NEAR if hmac.compare_digest(app.generate_otp(now + s), given)]
    return now + right[0] if right else None


def picture(user: User, secret: str) -> bytes:
    """Draw what the camera of an app reads, as SVG."""
    address = pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name=ISSUER)
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", scale=6, border=4, light="#fff")
    return drawn.getvalue()
