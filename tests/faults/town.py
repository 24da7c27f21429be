"""A small made-up town, and its database and folder as they were before each stage of the story."""

import os
import shutil
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from pipelines.sources.example import region, write
from store.database import connect, migrate
from tests.faults.contents import contents, differences, published
from tests.faults.scenario import HEARD, ON, STAGES

NUMBERS = count()
PUBLISHING = ("nacht", "herstel", "volgende nacht")


def deliver(folder):
    """Write the deliveries of two nights: one with a bad row, one with a row less and a changed."""
    town = region(dwellings=60, seed=5, on=ON)
    for name in ("eerste", "tweede"):
        write(town, folder / name)
    wishes = folder / "eerste" / "woonwensen.csv"
    head, first, *rest = wishes.read_text("utf-8-sig").splitlines(keepends=True)
    wishes.write_text("".join([head, ";" + first.partition(";")[2], *rest]), "utf-8-sig")
    ties = folder / "tweede" / "banden.csv"
    ties.write_text(
        "".join(ties.read_text("utf-8-sig").splitlines(keepends=True)[:-1]), "utf-8-sig"
    )
    _on_its_way(folder / "tweede", folder / "data" / "onderweg")
    (folder / "geheim").write_text("0" * 64)
    (folder / "meeluisteren.yaml").write_text(
        "subscribers:\n"
        "  - {name: zorgwijzer, url: 'http://127.0.0.1:9/haak', secret_file: "
        f"{folder / 'geheim'}, from: 1}}\n"
    )


def _on_its_way(delivered, onderweg):
    """Four files for the watched folder: one as it was, one changed, one broken, one strange."""
    onderweg.mkdir(parents=True)
    (onderweg / "woonwensen.csv").write_bytes((delivered / "woonwensen.csv").read_bytes())
    ties = (delivered / "banden.csv").read_bytes().splitlines(keepends=True)
    (onderweg / "banden.csv").write_bytes(b"".join(ties[:-1]))
    (onderweg / "huuropzeggingen.csv").write_text("eenheid;einde\n1;2\n")
    (onderweg / "klanten.csv").write_text("naam\nx\n")


@dataclass(frozen=True)
class Before:
    """How things stood before a stage, where it crosses, and what a faultless run makes of it."""

    template: str
    files: Path
    names: tuple[str, ...]
    after: dict
    published: tuple


class Town:
    """One site (database and folder) that can be put back to before any stage."""

    def __init__(self, server, folder, forks):
        self.server, self.folder, self.forks = server, Path(folder), forks
        self.mark = f"vhk_faults_{os.getpid()}_{next(NUMBERS)}"
        self.stages = {}
        self.warm = False
        deliver(self.folder)
        self._administer(f"CREATE DATABASE {self.mark}")
        engine = self.engine()
        migrate(engine)
        engine.dispose()

    @property
    def site(self):
        """What a fork needs to know; the lease outlives every stage, only `time_passes` ends it."""
        return {"url": self._url(self.mark), "folder": str(self.folder), "lease": 900}

    def _url(self, name):
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def _administer(self, *statements):
        engine = create_engine(self.server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()

    def engine(self):
        """Open the town's database."""
        return connect(self._url(self.mark), test=True)

    def tell(self):
        """Run the story without a fault, and keep how things stood before each stage."""
        for number, stage in enumerate(STAGES):
            template, files = f"{self.mark}_{number}", self.folder / f"voor-{number}"
            self._administer(f"CREATE DATABASE {template} TEMPLATE {self.mark}")
            shutil.copytree(self.folder / "data", files, symlinks=True)
            seen = [self.published()]
            ended = self.forks.run(stage, self.site)
            assert ended["error"] is None, ended["trace"]
            if not self.warm:
                self.forks.load(ended["modules"])
                self.warm = True
            said, undone = self.look()
            assert not undone, undone
            seen.append(self.published())
            self.stages[stage] = Before(template, files, tuple(ended["names"]), said, tuple(seen))
        return self

    def look(self):
        """Give the contents, and what was left undone."""
        engine = self.engine()
        try:
            return contents(engine, self.folder)
        finally:
            engine.dispose()

    def published(self):
        """Give what the coaches may see now."""
        engine = self.engine()
        try:
            return published(engine)
        finally:
            engine.dispose()

    def torn(self, stage):
        """Say whether a stage that was cut off published a half: it must be all or nothing."""
        halves = stage in PUBLISHING and self.published() not in self.stages[stage].published
        return ["half a publication"] if halves else []

    def back(self, stage):
        """Put everything back to just before a stage."""
        before = self.stages[stage]
        self._administer(
            f"DROP DATABASE {self.mark} WITH (FORCE)",
            f"CREATE DATABASE {self.mark} TEMPLATE {before.template}",
        )
        for left in (*self.folder.glob("report-*.json"), self.folder / HEARD):
            left.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "data")
        shutil.copytree(before.files, self.folder / "data", symlinks=True)

    def time_passes(self):
        """Let the lease run out, the turn to tell, and the patience with half a transaction.

        All are minutes on the database's clock; here it is done by hand.
        """
        engine = self.engine()
        with engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    " AND (state LIKE 'idle in transaction%'"
                    "  OR state = 'active' AND wait_event = 'ClientRead')"
                )
            )
            connection.execute(text("UPDATE lease SET until = clock_timestamp()"))
            connection.execute(text("UPDATE notice SET next_try = least(next_try, now())"))
        engine.dispose()

    def start_at_once(self, stage, number, **how):
        """Start so many forks of one stage behind a gate, and open it; give their process ids."""
        gate = self.folder / "gate"
        gate.unlink(missing_ok=True)
        pids = [self.forks.start(stage, self.site, gate=str(gate), **how) for _ in range(number)]
        gate.touch()
        return pids

    def finish(self, stage):
        """Run a stage once more, without a fault, and say what is not as it should be."""
        ended = self.forks.run(stage, self.site)
        return [ended["trace"]] if ended["error"] else self.wrong(stage)

    def wrong(self, stage):
        """Say what is not as a faultless run of this stage leaves it."""
        found, undone = self.look()
        return differences(self.stages[stage].after, found) + undone

    def points(self, wanted):
        """Spread so many points evenly over all crossings of the story; by stage.

        Always among them: just after a plan was put in force, where a half could be seen.
        """
        every = [
            (stage, number)
            for stage, before in self.stages.items()
            for number in range(1, len(before.names) + 1)
        ]
        rounds, rest = divmod(wanted, len(every))
        chosen = every * rounds + [every[i * len(every) // rest] for i in range(rest)]
        chosen += [(stage, self._in_force(stage)) for stage in PUBLISHING]
        return {stage: [n for s, n in chosen if s == stage] for stage in STAGES}

    def _in_force(self, stage):
        names = self.stages[stage].names
        put = next(i for i, name in enumerate(names) if name.startswith("sql WITH held"))
        return put + 5  # past a commit, if one should follow at once

    def close(self):
        """Leave nothing on the server."""
        names = [self.mark, *(before.template for before in self.stages.values())]
        self._administer(*(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)" for name in names))
