"""Facts per second through the gate: a real `verhuisketen api`, clients on their own connections.

`python -m benchmarks.facts` starts a private PostgreSQL with the durable settings; or import
`facts_per_second` and name a database.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_contracts.fact_schemas import example
from store import machines
from store.database import connect, migrate
from store.embedded import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

ORGANISATION = "urn:nld:kvknr:12345678"
JSON = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


@dataclass(frozen=True, slots=True)
class Rate:
    """What was measured: facts that were acknowledged, per second, and how long a request took."""

    facts: int
    seconds: float
    p50_ms: float
    p95_ms: float

    @property
    def per_second(self) -> float:
        """Facts acknowledged per second."""
        return self.facts / self.seconds


def facts_per_second(
    url: str, *, clients: int = 4, singles: int = 2_000, batches: int = 40, batch: int = 500
) -> dict[str, Rate]:
    """Measure single events and batches against a database that is up to date.

    Every request is a new fact; an answer counts when the fact is on disk.
    """
    engine = connect(url)
    with engine.begin() as connection:
        _, token = machines.add(
            connection, "bench", organisation=ORGANISATION, per_minute=10_000_000
        )
    engine.dispose()
    with _api(url) as port:
        _measure(port, token, clients=clients, requests=clients, batch=0, name="warm")
        return {
            "single": _measure(
                port, token, clients=clients, requests=singles, batch=0, name="single"
            ),
            "batch": _measure(
                port, token, clients=clients, requests=batches, batch=batch, name="batch"
            ),
        }


@contextmanager
def _api(url: str) -> Iterator[int]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    command = [sys.executable, "-c", "from pipelines.cli import main; main()", "api"]
    environment = os.environ | {"VERHUISKETEN_DATABASE_URL": url}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen([*command, "--port", str(port)], env=environment) as program:
        try:
            _until_answers(port, program)
            yield port
        finally:
            program.terminate()
            program.wait(30)


def _until_answers(port: int, program: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and program.poll() is None:
        try:
            calling = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            calling.request("GET", "/health/live")
            calling.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the gate did not open")


def _measure(port: int, token: str, *, clients: int, requests: int, batch: int, name: str) -> Rate:
    shares = [range(n, requests, clients) for n in range(clients)]
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        took = list(threads.map(lambda share: _client(port, token, share, batch, name), shares))
    seconds = time.perf_counter() - started
    each = sorted(one for some in took for one in some)
    return Rate(
        facts=requests * max(1, batch),
        seconds=seconds,
        p50_ms=1000 * each[len(each) // 2],
        p95_ms=1000 * each[min(len(each) - 1, len(each) * 95 // 100)],
    )


def _client(port: int, token: str, share: range, batch: int, name: str) -> list[float]:
    calling = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": BATCH if batch else JSON}
    took = []
    for number in share:
        body = json.dumps(
            [_event(f"{name}-{number}-{n}") for n in range(batch)]
            if batch
            else _event(f"{name}-{number}")
        )
        before = time.perf_counter()
        calling.request("POST", "/v1/gebeurtenissen", body=body, headers=headers)
        answer = calling.getresponse()
        said = answer.read()
        took.append(time.perf_counter() - before)
        if answer.status not in (200, 201):
            raise RuntimeError(f"{answer.status}: {said.decode()}")
    calling.close()
    return took


def _event(name: str) -> dict[str, Any]:
    made = example()
    data = made["data"] | {"notice": f"O-{name}", "dwelling": f"W-{name}"}
    return made | {"id": name, "subject": f"O-{name}", "data": data}


def main() -> None:
    """Measure on a private, durable PostgreSQL and print the figures."""
    folder = Path(tempfile.mkdtemp(prefix="vhk-facts-"))
    folder.chmod(0o711)
    with embedded(folder) as url:
        engine = connect(url)
        migrate(engine)
        engine.dispose()
        print(f"load before: {os.getloadavg()[0]:.1f}")
        for name, rate in facts_per_second(url).items():
            print(
                f"{name}: {rate.per_second:,.0f} facts/s "
                f"({rate.facts:,} facts, p50 {rate.p50_ms:.1f} ms, p95 {rate.p95_ms:.1f} ms)"
            )
        print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
