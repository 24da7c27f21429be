"""One region's whole night as a task: wherever it runs, the same errand gives the same plan.

A task is given the path of the file with regions, a name, a day and the id of a run: never data.
Whatever else it needs it finds in that file, the region's folders and the region's database.

    python -m pipelines.region_night FILE REGION DAY RUN VERSION

does one errand and answers as one line of JSON, for a process that waits for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.policy import policy_from
from data_contracts.regions import regions_from
from data_contracts.words import VerhuisketenError
from matching.model import PLAN
from pipelines.asking import database
from pipelines.handover.plan_json import canonical
from pipelines.night import Night
from pipelines.settings import Settings
from pipelines.steps import peak_mib, whole_night
from store import plans, runs
from store.database import Outage, is_outage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data_contracts.regions import Region
    from matching.model import Plan
    from store.database import Engine

SERVED = "VERHUISKETEN_DATABASE_URL"
OURS = version("verhuisketen")
TRIES_SEEN = 50
INTERRUPTED = 130


class RegionFailed(VerhuisketenError):
    """De nacht van deze regio is mislukt; wat er gold, blijft gelden."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One region's night, as a task is given it: a path, a name, a day (ISO), the id of a run.

    `version` is that of who asks: another version on a worker could make another plan.
    """

    file: str
    region: str
    on: str
    run: str
    version: str = OURS


@dataclass(frozen=True, slots=True)
class RegionNight:
    """What one region's night came to: figures of its plan, or the sentence why there is none.

    `digest` is the sha256 of verhuisplan.json; `peak_mib` the most memory of the process it ran in.
    """

    region: str
    run: str
    done: bool
    sentence: str
    seconds: float = 0.0
    moves: int = 0
    chains: int = 0
    value: int = 0
    bound: int = 0
    digest: str = ""
    peak_mib: int = 0

    @property
    def gap(self) -> float:
        """How many percent better the plan could be at most."""
        return 100 * (self.bound - self.value) / max(self.value, 1)


def night_of(asked: Errand) -> RegionNight:
    """Run one region's whole night, here. Raises Outage and RegionFailed, and nothing else.

    Asked again for the same run, because its worker was lost, it takes over from the earlier try;
    and when that one had ended well after all, it only says what that came to.
    """
    start = time.monotonic()
    with _in_a_sentence():
        _same_version(asked)
        settings = _settings(asked)
        with database(settings) as engine:
            run, done = _this_try(engine, asked.run)
            if not done:
                on = date.fromisoformat(asked.on)
                whole_night(Night(run, on, datetime.now(tz=UTC), settings, engine))
            plan = _in_force(engine, settings)
    return RegionNight(
        region=asked.region,
        run=run,
        done=True,
        sentence=plan.receipt.status.value,
        seconds=round(time.monotonic() - start, 2),
        moves=plan.totals.moves,
        chains=plan.totals.chains,
        value=plan.receipt.value,
        bound=plan.receipt.bound,
        digest=sha256(canonical(PLAN.dump_python(plan, mode="json"))).hexdigest(),
        peak_mib=peak_mib(),
    )


def _same_version(asked: Errand) -> None:
    if asked.version != OURS:
        raise RegionFailed(
            f"Deze rekenaar heeft Verhuisketen {OURS}, en gevraagd is {asked.version}. Zet overal "
            "dezelfde versie neer."
        )


def _settings(asked: Errand) -> Settings:
    regions = regions_from(Path(asked.file))
    return settings_of(next(one for one in regions if one.name == asked.region))


def settings_of(region: Region) -> Settings:
    """Give the settings of one region's night; what shapes its plan is never the environment's.

    Raises RegionFailed where the environment would give every region the same database.
    """
    if region.database_url is None and os.environ.get(SERVED):
        raise RegionFailed(
            f"Elke regio heeft een eigen database: haal {SERVED} weg, of geef regio {region.name} "
            "een eigen database_url."
        )
    told = region.model_dump(exclude={"name"})
    fields = Settings.model_fields
    return Settings(**{name: fields[name].default if v is None else v for name, v in told.items()})


def _this_try(engine: Engine, run: str) -> tuple[str, bool]:
    """Name this try of a run, and say whether an earlier one ended well.

    An earlier one that still seems to run is lost: its lease is taken away. Should it live after
    all, then it has no lease any more and publishes nothing (`store.runs`).
    """
    with engine.begin() as connection:
        booked = runs.latest(connection, limit=TRIES_SEEN)
        earlier = [row for row in booked if row["id"].partition(".")[0] == run]
        for row in earlier:
            if row["status"] == "done":
                return row["id"], True
            runs.release(connection, row["region"], holder=row["id"])
    return f"{run}.{len(earlier) + 1}" if earlier else run, False


def _in_force(engine: Engine, settings: Settings) -> Plan:
    with engine.begin() as connection:
        text = plans.current(connection, policy_from(settings.policy).region)
    if text is None:
        raise RegionFailed
    return PLAN.validate_json(text)


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    """Let no error take anybody's data along, nor a class another process cannot read."""
    try:
        yield
    except VerhuisketenError as error:
        failed = Outage(str(error)) if is_outage(error) else RegionFailed(str(error))
    except Exception as error:  # noqa: BLE001 - the edge of a task
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, regel {place.lineno}"
        unforeseen = RegionFailed(f"Er ging iets mis: {type(error).__name__} in {where}.")
        failed = Outage() if is_outage(error) else unforeseen
    else:
        return
    raise failed from None


def in_own_process(asked: Errand) -> RegionNight:
    """Run a region's night in a new process and wait for it: what it holds goes when it ends.

    A process each, and no pool of them: one that is killed breaks a whole pool. Raises Outage and
    RegionFailed, the latter also when the process was killed; it holds no lease any more then.
    """
    ended = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "pipelines.region_night", *asdict(asked).values()],
        stdout=subprocess.PIPE,
        check=False,
        text=True,
    )
    lines = ended.stdout.splitlines()
    if ended.returncode or not lines:
        _let_go(asked)
        raise RegionFailed(lost(f"exitcode {ended.returncode}"))
    answer = json.loads(lines[-1])
    if "night" in answer:
        return RegionNight(**answer["night"])
    raise (Outage if answer["outage"] else RegionFailed)(answer["sentence"])


def _let_go(asked: Errand) -> None:
    """Free the lease of a night whose process is gone, so that the next need not wait it out."""
    with suppress(VerhuisketenError), database(_settings(asked)) as engine:
        _this_try(engine, asked.run)


def lost(how: str) -> str:
    """Say that the process of a region ended without an answer, and what to do."""
    return (
        f"Het proces van deze regio is gestopt ({how}), misschien door te weinig geheugen. Draai "
        "haar opnieuw, met minder regio's tegelijk. Welk plan er geldt, zegt: verhuisketen status."
    )


def main() -> None:
    """Do one errand for the process that asked, and answer as one line of JSON."""
    try:
        answer: dict[str, object] = {"night": asdict(night_of(Errand(*sys.argv[1:])))}
    except (Outage, RegionFailed) as error:
        answer = {"sentence": str(error), "outage": isinstance(error, Outage)}
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
