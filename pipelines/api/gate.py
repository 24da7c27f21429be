"""The gate: facts told by other systems go to the log, and one fact can be looked up again."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from anyio import CapacityLimiter, to_thread

from data_contracts import cloudevents
from data_contracts.cloudevents import EVENT, Told, short_of
from data_contracts.mistakes import Mistake, at
from pipelines.api.envelopes import answerable, opened
from pipelines.api.problems import Refused, answer
from store import incoming, log
from store.incoming import Call, Foreign, Revoked

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import Headers
    from starlette.requests import Request
    from starlette.responses import Response

    from pipelines.api.envelopes import Envelope
    from pipelines.api.machine_access import Access
    from pipelines.api.pen import Pen
    from store.database import Engine
    from store.incoming import Outcome

AT_ONCE = 32
"""Requests being written at once; more wait for a thread, and further ones hear 503."""
MOST_WAITING = 500
FARTHEST = 2**63 - 1


def now() -> datetime:
    """Ask the clock."""
    return datetime.now(tz=UTC)


@dataclass(slots=True)
class Gate:
    """What the routes do. `clock` says what time it is."""

    engine: Engine
    access: Access
    pen: Pen
    public_url: str
    clock: Callable[[], datetime] = now
    _threads: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(AT_ONCE))

    async def tell(self, request: Request) -> Response:
        """Take in one event or a batch."""
        body = await request.body()
        if self._threads.statistics().tasks_waiting > MOST_WAITING:
            raise Refused(503, headers={"Retry-After": "1"})
        return await to_thread.run_sync(self._tell, request.headers, body, limiter=self._threads)

    def _tell(self, headers: Headers, body: bytes) -> Response:
        machine = self.access.admit(headers.get("authorization"))
        answerable(headers)
        envelope = opened(headers, body)
        facts = self._facts(envelope)
        if not facts:
            return answer([])
        return _answered(self.pen.write(Call(machine, facts)), envelope)

    def _facts(self, envelope: Envelope) -> tuple[Told, ...]:
        """Read every event; all mistakes of all of them are told together."""
        facts: list[Told] = []
        mistakes: list[Mistake] = []
        moment = self.clock()
        for number, event in enumerate(envelope.events):
            read = cloudevents.read(event, now=moment)
            if isinstance(read, Told):
                facts.append(read)
            else:
                where = at(number) if envelope.batch else ""
                mistakes += [Mistake(where + m.pointer, m.code, m.sentence) for m in read]
        if mistakes:
            raise Refused(400, mistakes)
        return tuple(facts)

    def fact(self, request: Request) -> Response:
        """Give one fact by its position."""
        answerable(request.headers)
        machine = self.access.admit(request.headers.get("authorization"), fresh=True)
        position = request.path_params["positie"]
        if not position.isascii() or not position.isdigit() or int(position[:20]) > FARTHEST:
            raise Refused(404)
        with self.engine.begin() as connection:
            row = incoming.look(connection, machine, int(position))
        if row is None:
            raise Refused(404)
        event = cloudevents.written(row, moment=row["at"], data=json.loads(row["data"]))
        schema = f"{self.public_url}/v1/schemas/{short_of(row['kind'])}.json"
        return answer(event | {"dataschema": schema}, media_type=EVENT)

    def status(self, request: Request) -> Response:
        """Say which key this is, and how far the log is."""
        answerable(request.headers)
        machine = self.access.admit(request.headers.get("authorization"), fresh=True)
        with self.engine.connect() as connection:
            head = log.head(connection)
        return answer(
            {
                "sleutel": machine.id,
                "organisatie": machine.organisation,
                "corporatie": machine.corporation,
                "perMinuut": machine.per_minute,
                "positie": head,
            }
        )


def _answered(outcome: Outcome, envelope: Envelope) -> Response:
    if isinstance(outcome, Revoked):
        raise Refused(401, headers={"WWW-Authenticate": 'Bearer realm="verhuisketen"'})
    if isinstance(outcome, Foreign):
        sentence = "Een kenmerk in deze gebeurtenis is van een andere organisatie of bestaat niet."
        numbers = outcome.facts if envelope.batch else ()
        raise Refused(403, [Mistake(at(number), "niet_van_u", sentence) for number in numbers])
    if envelope.batch:
        return answer([_said(one.position, conflict=one.conflict) for one in outcome])
    (place,) = outcome
    if place.conflict:
        raise Refused(409)
    said = _said(place.position, conflict=False)
    if not place.new:
        return answer(said)
    return answer(said, status=201, headers={"Location": f"/v1/gebeurtenissen/{place.position}"})


def _said(position: int, *, conflict: bool) -> dict[str, Any]:
    """Say where a fact stands: the same words whenever it is told again."""
    return {"positie": position} | ({"conflict": True} if conflict else {})
