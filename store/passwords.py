"""Passwords: long, not common, and kept as an argon2id hash; few are weighed at once."""

from __future__ import annotations

import re
import secrets
import unicodedata
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

SHORTEST, LONGEST = 15, 128
KIBIBYTES, ROUNDS, LANES = 19 * 1024, 2, 1
"""OWASP's least for argon2id: 19 MiB, two rounds, one lane."""
AT_ONCE = BoundedSemaphore(1)
"""A hash costs a tenth of a second and 19 MiB: a flood of guesses waits here, nothing else does.
In every process; the desk has two."""
FEWEST = 6
"""Different signs a password has at least: `aaaaaaaaaaaaaaa` is long and no password."""

# The long ones that people do choose, here and elsewhere, without their digits and signs.
COMMON = frozenset(
    """
    welkom welkombij welkomthuis wachtwoord mijnwachtwoord ditiseenwachtwoord geheim zeergeheim
    password mypassword thepassword thisisapassword passwordpassword wachtwoordwachtwoord
    letmein letmeinplease iloveyou ikhouvanjou ikhouvanmijnkinderen administrator beheerder
    administratorpassword changeme changemenow veranderen veranderdit qwertyuiop qwertyuiopasdfghjkl
    asdfghjkl zxcvbnm qwertyqwerty azertyuiop correcthorsebatterystaple tobeornottobe
    verhuisketen verhuiscoach woningcorporatie woningbouw woningstichting nederland amsterdam
    rotterdam utrecht lente zomer herfst winter lentezomerherfstwinter januari februari maart april
    mei juni juli augustus september oktober november december maandag dinsdag woensdag donderdag
    vrijdag zaterdag zondag feyenoord ajaxamsterdam psveindhoven superman batman sunshine princess
    football voetbal monkey dragon master trustnoone starwars whatever computer internet
    """.split()  # noqa: SIM905 - a list of eighty words is read more easily like this
)
ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
RUNS = tuple(
    run
    for row in ROWS
    for size in range(len(row), 3, -1)
    for at in range(len(row) - size + 1)
    for run in (row[at : at + size], row[at : at + size][::-1])
)
"""Four letters in a row or more, forth and back; the longest first."""


class WeakPassword(VerhuisketenError):
    """Dit wachtwoord is te makkelijk te raden. Kies een zin van een paar woorden die u onthoudt."""


def strong(password: str, *, about: str = "") -> str:
    """Give a password as it is kept, or say what is wrong with it. Raises WeakPassword.

    `about` holds words that it may not be made of: the name and the login of who chooses it.
    """
    chosen = unicodedata.normalize("NFC", password[: 4 * LONGEST])
    if len(chosen) < SHORTEST:
        raise WeakPassword(
            f"Een wachtwoord heeft minstens {SHORTEST} tekens. Kies een zin van een paar woorden."
        )
    if len(chosen) > LONGEST:
        raise WeakPassword(f"Een wachtwoord heeft hoogstens {LONGEST} tekens. Kies een korter.")
    if len(set(chosen)) < FEWEST or _common(chosen, about):
        raise WeakPassword
    return chosen


def _common(password: str, about: str) -> bool:
    """Whether little is left of it without common words, runs of the keyboard and one's own name.

    Read both as it stands, without digits and signs, and with `0` for o and `@` for a.
    """
    words = COMMON | set(re.findall(r"[a-z]{3,}", _plain(about)))
    readings = (_plain(password), _plain(password).translate(LOOKALIKES))
    return any(len(_left(re.sub(r"[^a-z]", "", one), words)) < FEWEST for one in readings)


def _left(letters: str, words: AbstractSet[str]) -> str:
    for word in (*sorted(words, key=len, reverse=True), *RUNS):
        letters = letters.replace(word, "")
    return letters


def _plain(words: str) -> str:
    bare = unicodedata.normalize("NFKD", words.lower())
    return "".join(sign for sign in bare if not unicodedata.combining(sign))


LOOKALIKES = str.maketrans("013457@$!", "oieastasi")


SOUNDS = tuple(
    consonant + vowel for consonant in "bdfghjklmnprstvwz" for vowel in ("a", "e", "i", "o", "u")
)


def made_up() -> str:
    """Make up a password that can be read aloud over the telephone: four words, 76 bits."""
    return "-".join("".join(secrets.choice(SOUNDS) for _ in range(3)) for _ in range(4))


@cache
def _weigher() -> PasswordHasher:
    return PasswordHasher(time_cost=ROUNDS, memory_cost=KIBIBYTES, parallelism=LANES)


def hashed(password: str) -> str:
    """Give what is kept of a password."""
    with AT_ONCE:
        return _weigher().hash(password)


@cache
def _nobodys() -> str:
    return hashed("van niemand, alleen om even lang te wegen")


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password of which `kept` is the hash; None takes as long, and is no."""
    given = unicodedata.normalize("NFC", password[: 4 * LONGEST])[: LONGEST + 1]
    nobodys = _nobodys()  # made once, whoever comes first: not only for who does not exist
    known = kept or nobodys
    with AT_ONCE:
        try:
            return _weigher().verify(known, given) and kept is not None
        except (VerificationError, InvalidHashError):
            return False
