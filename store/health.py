"""How an installation fares: what was looked at, judged, in sentences that say what to do.

No data, no ids, no versions: also strangers may ask. The routes stand in `pipelines.health`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Any

from data_contracts.policy import policy_from
from store.condition import condition, schema_is_current
from store.database import is_outage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from store.condition import Condition, Reader
    from store.database import Engine
    from store.installation import Installation

HOUR = 3600
NOTICE_HOURS = 1
"""So long a notice may wait before somebody should look at its subscriber."""
LOOK_AGAIN = 2.0
"""Seconds one look is told again: a stranger who keeps asking does not keep the database busy."""


class Status(StrEnum):
    """How it is: everything well, working but look at it, or not working."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, with a sentence that says what to do when it is not well."""

    name: str
    status: Status
    sentence: str


@dataclass(frozen=True, slots=True)
class Health:
    """Everything that was looked at; as bad as the worst."""

    checks: tuple[Check, ...]

    @property
    def status(self) -> Status:
        """Give the worst of the checks."""
        return max((check.status for check in self.checks), key=list(Status).index)

    @property
    def code(self) -> int:
        """Say it in HTTP: 503 when it is down. Yesterday's plan is still worth serving."""
        return 503 if self.status is Status.DOWN else 200

    def told(self) -> dict[str, Any]:
        """Give it as JSON: the status, and every check with its sentence."""
        checks = {c.name: {"status": c.status, "sentence": c.sentence} for c in self.checks}
        return {"status": self.status, "checks": checks}


@dataclass(slots=True)
class Watch:
    """Looks at an installation again and again, and so sees which reader stands still.

    One look is told again for `LOOK_AGAIN` seconds; `clock` counts seconds; `failed` hears why a
    look gave nothing.
    """

    engine: Engine
    settings: Installation
    clock: Callable[[], float] = time.monotonic
    failed: Callable[[Exception], None] = lambda _: None
    _since: dict[str, tuple[int, float]] = field(default_factory=dict)
    _last: tuple[float, Health] | None = None
    _one: Lock = field(default_factory=Lock)

    def look(self) -> Health:
        """Say how things are now; never raises: what cannot be seen is down."""
        with self._one:
            now = self.clock()
            if self._last is None or now - self._last[0] >= LOOK_AGAIN:
                self._last = (now, self._look(now))
            return self._last[1]

    def _look(self, now: float) -> Health:
        try:
            return Health(tuple(self._checks(now)))
        except Exception as error:  # noqa: BLE001 - whoever keeps watch must always get an answer
            self.failed(error)
            return Health((_unseen(error),))

    def _checks(self, now: float) -> Iterator[Check]:
        with self.engine.connect() as connection:
            yield Check("database", Status.OK, "De database antwoordt.")
            if not schema_is_current(connection):
                yield Check("schema", Status.DOWN, OTHER_SCHEMA)
                return
            yield Check("schema", Status.OK, "Het schema is van deze versie.")
            seen = condition(connection, policy_from(self.settings.policy).region)
        yield from checks(seen, self.settings)
        yield self._readers(seen.readers, now)

    def _readers(self, readers: Mapping[str, Reader], now: float) -> Check:
        """Look for readers that have facts to read and have not moved since long."""
        self._since = {
            name: self._still(name, one.position, now)
            for name, one in readers.items()
            if one.behind
        }
        slow = any(now - since > self.settings.reader_seconds for _, since in self._since.values())
        return _check("readers", slow, STANDS_STILL, "Elk nieuw feit wordt gelezen.")

    def _still(self, name: str, position: int, now: float) -> tuple[int, float]:
        """Give where a reader is and since when we have seen it there."""
        at, since = self._since.get(name, (position, now))
        return position, since if at == position else now


OTHER_SCHEMA = (
    "Het schema van de database is van een andere versie. Draai: verhuisketen migrate, met "
    "dezelfde versie als deze dienst."
)
STANDS_STILL = (
    "Er staan feiten in het logboek die niet gelezen worden. Kijk of luisteraar en verzender "
    "draaien, en wat hun log zegt."
)


def checks(seen: Condition, settings: Installation) -> Iterator[Check]:
    """Judge how things stand: ages against the settings, and whether anything waits for a person.

    An age equal to its limit is still well.
    """
    hours = settings.night_hours
    yield _check(
        "plan",
        seen.plan_age is None or seen.plan_age > hours * HOUR,
        f"Er is geen plan van de laatste {hours} uur. Kijk met verhuisketen status waarom de "
        "nacht niets aanbood; wat gold, blijft gelden.",
        "Er geldt een plan.",
    )
    yield _check(
        "night",
        seen.night_failed or seen.night_age is None or seen.night_age > hours * HOUR,
        "De laatste nacht mislukte of bleef uit. Kijk met verhuisketen status waarom en draai "
        "haar opnieuw: verhuisketen night.",
        "De laatste nacht is klaar.",
    )
    late = [name for name in settings.daily_feeds.split() if _late(seen, name, settings)]
    yield _check(
        "feeds",
        bool(late),
        f"Langer dan {settings.feed_hours} uur niet ontvangen: {', '.join(late)}. Vraag de "
        "leverancier, of noem in VERHUISKETEN_DAILY_FEEDS alleen wat elke dag komt.",
        "De dagelijkse leveringen zijn er.",
    )
    yield _check(
        "quarantine",
        bool(seen.waiting),
        "Er wacht een bestand op een mens. Kijk met verhuisketen status welk en waarom.",
        "Er wacht geen bestand.",
    )
    yield _check(
        "notices",
        bool(seen.notices.get("parked")) or (seen.oldest_notice or 0) > NOTICE_HOURS * HOUR,
        "Een afnemer krijgt zijn berichten niet. Kijk met verhuisketen subscribers welke.",
        "De afnemers krijgen hun berichten.",
    )


def _late(seen: Condition, name: str, settings: Installation) -> bool:
    age = seen.feed_ages.get(name)
    return age is None or age > settings.feed_hours * HOUR


def _check(name: str, wrong: bool, look: str, well: str) -> Check:  # noqa: FBT001 - a verdict
    return Check(name, Status.DEGRADED, look) if wrong else Check(name, Status.OK, well)


def _unseen(error: BaseException) -> Check:
    if is_outage(error):
        return Check("database", Status.DOWN, "De database antwoordt niet. Kijk of zij draait.")
    return Check("health", Status.DOWN, "Hoe het ervoor staat is niet te zien. Kijk in het log.")
