"""Tell other systems that something happened: signed webhooks that carry ids, never data.

In order per subject, at least once, always under the same id. A receiver that is away is tried
again, ever later, and parked after a day; a person may replay it. Nothing is sent but to the
addresses of the subscribers' page: no redirect is followed, no proxy of the environment used.
"""

from __future__ import annotations

import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Event
from typing import TYPE_CHECKING

import httpx

from data_contracts.cloudevents import EVENT, SPECVERSION, type_of
from data_contracts.subscribers import subscribers_from
from data_contracts.words import VerhuisketenError
from pipelines.beat import beat
from pipelines.logs import logger
from store import notices
from store.database import is_outage
from store.life import SOURCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from concurrent.futures import Future

    from data_contracts.subscribers import Subscriber
    from pipelines.settings import Settings
    from store.database import Engine
    from store.notices import Notice

    Clock = Callable[[], datetime]

TIMEOUT = 10.0
"""Seconds a receiver has to be found, to take what we say, and to answer: each of them."""
AT_ONCE = 20
LONGEST_WAIT = timedelta(minutes=15)
PARK_AFTER = timedelta(days=1)
GONE = 410
POLL_SECONDS = 5.0
LONGEST_REST = 60.0
"""Seconds between two knocks on a door that does not open at all."""


class NobodyListens(VerhuisketenError):
    """Er luistert niemand mee. Schrijf in VERHUISKETEN_SUBSCRIBERS een bestand op met wie wel."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What it takes to tell one subscriber: who, the secret, the way out, where we are found."""

    engine: Engine
    subscriber: Subscriber
    secret: bytes = field(repr=False)
    client: httpx.Client
    public_url: str


@dataclass(frozen=True, slots=True)
class Round:
    """What one round came to: facts looked at, told, not told, and whether nobody was there."""

    looked: int = 0
    sent: int = 0
    failed: int = 0
    away: bool = False

    @property
    def busy(self) -> bool:
        """Whether there may be more to do right away."""
        return bool(self.looked or self.sent or self.failed) and not self.away


def client() -> httpx.Client:
    """Give the way out: no redirects, no proxy, netrc or certificates of the environment."""
    return httpx.Client(timeout=TIMEOUT, follow_redirects=False, trust_env=False)


def senders(
    engine: Engine, settings: Settings, way_out: httpx.Client, now: datetime
) -> list[Sender]:
    """Read who listens along and with which secret, and let the store know.

    Raises BadSubscribers, before anything is sent.
    """
    wanted = subscribers_from(settings.subscribers)
    url = settings.public_url.rstrip("/")
    made = [Sender(engine, one, one.secret(), way_out, url) for one in wanted]
    with engine.begin() as connection:
        notices.sync(connection, wanted, now)
    return made


def event_of(told: Notice, public_url: str) -> bytes:
    """Write a notice as a CloudEvent that says what happened to which id, and where to read it.

    NL GOV profile for CloudEvents 1.1, structured, without data ("informatiearm notificeren").
    `sequence` grows with the log but not by one, so it has no `sequencetype`; its zeros let it be
    compared as text, as the extension asks.
    """
    event = {
        "specversion": SPECVERSION,
        "id": id_of(told),
        "source": SOURCE,
        "type": type_of(told.kind),
        "subject": told.subject,
        "time": told.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "dataref": f"{public_url}/v1/gebeurtenissen/{told.position}",
        "sequence": f"{told.position:019d}",
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def id_of(told: Notice) -> str:
    """Give the id under which a fact is told, to everybody and for ever the same."""
    return sha256(f"{told.source}\x1f{told.id}".encode()).hexdigest()[:32]


def signature(secret: bytes, *, name: str, stamp: str, body: bytes) -> str:
    """Sign what is sent: HMAC-SHA256 over `id.timestamp.body`, in hexadecimal, with its version."""
    signed = b".".join((name.encode(), stamp.encode(), body))
    return f"v1={hmac.new(secret, signed, sha256).hexdigest()}"


def wait_after(told: Notice) -> timedelta:
    """Say how long to wait after this try: 1, 2, 4 seconds to a quarter of an hour.

    Up to a quarter less, by the notice itself: what failed together does not return together.
    """
    longest = min(LONGEST_WAIT, timedelta(seconds=2 ** min(told.tries - 1, 20)))
    chance = sha256(f"{told.subscriber}/{told.position}/{told.tries}".encode()).digest()[0]
    return longest * (1 - chance / 1024)


def tell(sender: Sender, clock: Clock) -> Round:
    """Queue what the log gained and post what is due; stop at the first who does not open."""
    name = sender.subscriber.name
    with sender.engine.begin() as connection:
        looked = notices.queue(connection, name, clock())
        taken = notices.take(connection, name, clock(), most=AT_ONCE)
    sent = 0
    for number, told in enumerate(taken, 1):
        code, outcome = _post(sender, told, clock())
        if _book(sender, told, code, outcome=outcome, now=clock()):
            sent += 1
        elif code is None:  # the others would wait as long for nothing
            with sender.engine.begin() as connection:
                notices.give_back(connection, taken[number:], clock())
            return Round(looked, sent, number - sent, away=True)
    return Round(looked, sent, len(taken) - sent)


def _post(sender: Sender, told: Notice, now: datetime) -> tuple[int | None, str]:
    """Post one notice; give the status (None when nobody answered) and a word for the books."""
    body, name, stamp = event_of(told, sender.public_url), id_of(told), str(int(now.timestamp()))
    headers = {
        "Content-Type": f"{EVENT}; charset=utf-8",
        "Webhook-Id": name,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": signature(sender.secret, name=name, stamp=stamp, body=body),
    }
    url = sender.subscriber.url
    try:
        with sender.client.stream("POST", url, content=body, headers=headers) as answer:
            return answer.status_code, f"HTTP {answer.status_code}"  # what it says is not read
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return None, type(error).__name__


def _book(sender: Sender, told: Notice, code: int | None, *, outcome: str, now: datetime) -> bool:
    """Book the outcome of a post; True when the subscriber was told."""
    with sender.engine.begin() as connection:
        if code is not None and httpx.codes.is_success(code):
            notices.sent(connection, told, outcome)
            return True
        over = code == GONE or now - told.since >= PARK_AFTER
        again = None if over else now + wait_after(told)
        notices.failed(connection, told, outcome, again=again)
    if over:
        line = {"subscriber": told.subscriber, "position": told.position, "code": outcome}
        logger("send").warning("geparkeerd", **line)
    return False


def tell_all(made: Iterable[Sender], clock: Clock) -> dict[str, Round]:
    """Tell every subscriber what is due now, and wait for nobody; give what it came to."""
    total = {}
    for sender in made:
        rounds = [tell(sender, clock)]
        while rounds[-1].busy:
            rounds.append(tell(sender, clock))
        total[sender.subscriber.name] = Round(
            sum(one.looked for one in rounds),
            sum(one.sent for one in rounds),
            sum(one.failed for one in rounds),
            away=rounds[-1].away,
        )
    return total


def keep_sending(
    made: list[Sender], hints: Iterable[None], stop: Event, *, clock: Clock, settings: Settings
) -> None:
    """Tell every subscriber, each at its own pace, until told to stop; a hint only wakes us.

    Raises NobodyListens, and whatever goes wrong that is no outage.
    """
    if not made:
        raise NobodyListens
    wakes = [Event() for _ in made]
    with ThreadPoolExecutor(len(made), "send") as pool:
        jobs = [
            pool.submit(_keep_telling, sender, wake, stop, clock=clock)
            for sender, wake in zip(made, wakes, strict=True)
        ]
        try:
            for _ in hints:
                beat(settings.beat)
                if any(job.done() for job in jobs):
                    break
                for wake in wakes:
                    wake.set()
        finally:
            stop.set()
            for wake in wakes:
                wake.set()
        _first_trouble(jobs)


def _first_trouble(jobs: list[Future[None]]) -> None:
    for job in jobs:
        job.result()


def _keep_telling(sender: Sender, wake: Event, stop: Event, *, clock: Clock) -> None:
    rest, tidied = 0.0, clock() - timedelta(days=1)
    while not stop.is_set():
        wake.clear()
        try:
            if clock() - tidied > timedelta(hours=1):
                tidied = clock()
                with sender.engine.begin() as connection:
                    notices.tidy(connection, tidied)
            made = tell(sender, clock)
            rest = min(LONGEST_REST, max(1.0, 2 * rest)) if made.away else 0.0
            pause = rest or (0.0 if made.busy else _until_due(sender, clock()))
        except Exception as error:
            if not is_outage(error):
                raise
            logger("send").warning("database weg", subscriber=sender.subscriber.name)
            pause = POLL_SECONDS
        if rest:
            stop.wait(pause)  # news does not open a door that is shut
        else:
            wake.wait(pause)


def _until_due(sender: Sender, now: datetime) -> float:
    with sender.engine.connect() as connection:
        due = notices.next_due(connection, sender.subscriber.name)
    if due is None:
        return POLL_SECONDS
    return min(POLL_SECONDS, max(0.05, (due - now).total_seconds()))
