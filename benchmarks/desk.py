"""Fifty coaches at the desk: a real `verhuisketen desk`, each coach on a connection of her own.

    python -m benchmarks.desk [--addresses FILE] [--dwellings N] [--coaches N] [--seconds N]

A night is run on an empty private PostgreSQL with its durable settings; then each coach, signed in,
opens her morning, reads a proposal, asks now and then why another home was not chosen, and thinks
for a second in between. Timed is from asking a page to having all of it. Before it, one coach alone
opens the list and a proposal a few times: what the server itself takes. The coaches are played on
the same cores as the desk and its database; what that takes is told.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import httpx
import numpy as np
from sqlalchemy import text

from benchmarks.night import after_a_night, asking
from pipelines.asking import database
from store import sessions, users

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.settings import Settings

THINK = 1.0
ALONE = 20
PATIENCE = 600
FRESH = 6
"""So many new connections in a row must find a warm plan: the desk has more than one process."""
COOKIE = "verhuisketen"
PROPOSAL = re.compile(r'href="(/voorstellen/voorstel-[0-9a-f]+)"')
HOME = re.compile(r"W-[0-9]+")


@dataclass(slots=True)
class Told:
    """How long every page took, in seconds, by kind; and what did not go well."""

    took: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    played: float = 0.0

    async def get(self, client: httpx.AsyncClient, kind: str, path: str) -> str:
        """Open a page and note how long it took."""
        start = time.monotonic()
        try:
            answer = await client.get(path)
        except httpx.HTTPError as error:
            self.wrong.append(type(error).__name__)
            return ""
        self.took.setdefault(kind, []).append(time.monotonic() - start)
        if answer.status_code != httpx.codes.OK:
            self.wrong.append(f"{kind} {answer.status_code}")
        return answer.text


def signed_in(settings: Settings, many: int) -> list[str]:
    """Make accounts for the coaches with most proposals, and let each in; gives their tokens."""
    at = datetime.now(tz=UTC)
    busiest = text(
        "SELECT coach, corporation FROM proposal WHERE coach IS NOT NULL AND corporation IS NOT"
        " NULL AND state = 'offered' GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2"
    )
    with database(settings) as engine, engine.begin() as connection:
        rows = connection.execute(busiest).all()
        tokens = []
        for number in range(many):
            coach, corporation = rows[number % len(rows)]
            one = users.add(
                connection,
                corporation=corporation,
                login=f"coach-{number}",
                name=f"Coach {number}",
                roles=["coach"],
                coach=coach,
                factor_needed=False,
            )
            tokens.append(sessions.begin(connection, corporation, one.id, at=at, stage="whole"))
    return tokens


@contextmanager
def opened(settings: Settings) -> Iterator[str]:
    """Open the desk as a process of its own, its listener too; gives where it stands."""
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        port = some.getsockname()[1]
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "desk"]
    with subprocess.Popen(
        [*command, "--data", str(settings.data), "--port", str(port)],
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    ) as program:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            program.send_signal(signal.SIGTERM)
            program.wait(PATIENCE)


def client_of(origin: str, token: str) -> httpx.AsyncClient:
    """A coach's browser, as far as the server can tell."""
    headers = {"Sec-Fetch-Site": "same-origin", "Cookie": f"{COOKIE}={token}"}
    return httpx.AsyncClient(base_url=origin, headers=headers, timeout=60)


async def ready(origin: str, token: str) -> None:
    """Wait until the plan is warm in every process: a question is answered, not put off."""
    end, found = time.monotonic() + PATIENCE, 0
    while time.monotonic() < end and found < FRESH:
        async with client_of(origin, token) as client:
            found = found + 1 if await _warm(client) else 0
        await asyncio.sleep(0 if found else 0.5)
    if found < FRESH:
        raise TimeoutError("the desk did not come up")


async def _warm(client: httpx.AsyncClient) -> bool:
    told = Told()
    first = PROPOSAL.search(await told.get(client, "list", "/voorstellen"))
    if first is None:
        return False
    return "nog geladen" not in await told.get(client, "q", first[1] + "/keten") and not told.wrong


async def morning(client: httpx.AsyncClient, told: Told, until: float, seed: int) -> None:
    """One coach: list, proposal, now and then a question, a second of thought in between."""
    draw = np.random.default_rng(seed)
    await asyncio.sleep(float(draw.random()) * THINK)
    while time.monotonic() < until:
        listed = await told.get(client, "list", "/voorstellen")
        await asyncio.sleep(THINK)
        for path in draw.permutation(sorted(set(PROPOSAL.findall(listed))))[:3]:
            shown = await told.get(client, "proposal", str(path))
            await asyncio.sleep(THINK)
            homes = sorted(set(HOME.findall(shown)))
            if homes and draw.random() < 1 / 6:
                home = homes[int(draw.integers(len(homes)))]
                await told.get(client, "why not", f"{path}/waarom-niet?woning={home}")
                await asyncio.sleep(THINK)


async def measured(origin: str, tokens: list[str], seconds: float) -> tuple[Told, Told]:
    """Open pages alone, and then all at once."""
    await ready(origin, tokens[0])
    clients = [client_of(origin, token) for token in tokens]
    alone, together = Told(), Told()
    for _ in range(ALONE):
        listed = await alone.get(clients[0], "list", "/voorstellen")
        await alone.get(clients[0], "proposal", PROPOSAL.findall(listed)[0])
    until, begun = time.monotonic() + seconds, time.process_time()
    await asyncio.gather(*(morning(one, together, until, seed) for seed, one in enumerate(clients)))
    together.played = time.process_time() - begun
    for client in clients:
        await client.aclose()
    return alone, together


def report(name: str, many: int, alone: Told, together: Told, *, seconds: float) -> None:
    """Print what was measured."""
    print(f"\n## The desk: {name}\n\n| who | page | times | p50, ms | p95, ms | p99, ms |")
    print("|---|---|---|---|---|---|")
    for who, told in (("one coach", alone), (f"{many} coaches", together)):
        every = [took for some in told.took.values() for took in some]
        for page, some in {"any": every, **told.took}.items():
            middle, most, worst = 1000 * np.percentile(some, [50, 95, 99])
            print(f"| {who} | {page} | {len(some)} | {middle:.0f} | {most:.0f} | {worst:.0f} |")
    pages = sum(map(len, together.took.values()))
    print(f"\nPlaying the coaches took {100 * together.played / seconds:.0f} % of one core.")
    wrong = [*alone.wrong, *together.wrong]
    print(f"{pages / seconds:.0f} pages a second with {many} coaches; {len(wrong)} errors.")
    for what in sorted(set(wrong)):
        print(f"- {what}: {wrong.count(what)}")


def main() -> None:
    """Measure and print."""
    parser = asking(__doc__)
    parser.add_argument("--coaches", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    with after_a_night(given) as (settings, name), database(settings):  # open all along
        tokens = signed_in(settings, given.coaches)
        load = os.getloadavg()[0]
        with opened(settings) as origin:
            alone, together = asyncio.run(measured(origin, tokens, given.seconds))
    name = f"{name}; load at the start {load:.2f}"
    report(name, given.coaches, alone, together, seconds=given.seconds)


if __name__ == "__main__":
    main()
