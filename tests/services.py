"""The services of docker-compose.yml as local processes: the very command lines of the file.

What a container would have is put in its place: our image's program is the one of this environment,
a host's name is 127.0.0.1 with a free port, a secret or a volume is a folder. Nothing else changes,
and nothing of our own environment goes along.
"""

import os
import shlex
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.compose import FILLED_IN, HOUSE, command_line, compose

POLITELY = 20
PATIENCE = 180
"""Seconds; only a service that does not do its work takes them, or a machine that is very busy."""
PORTS = {"prefect": "4200", "api": "8080", "nights": "8081", "metrics": "9464", "desk": "8000"}
"""Where our services listen, in the file."""


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@dataclass
class Services:
    """The services of the file on this machine, on one folder and one database."""

    folder: Path
    database_url: str
    more: dict = field(default_factory=dict)
    spec: dict = field(default_factory=compose)
    programs: dict = field(default_factory=dict)

    def __post_init__(self):
        for part in ("tmp", "secrets"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        script = HOUSE / "deploy" / "secrets.sh"
        subprocess.run([script, self.folder / "secrets"], check=True, env=self._bare())
        self.ports = {name: free_port() for name in PORTS}

    def _bare(self):
        programs = Path(sys.executable).parent
        return {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(HOUSE)}

    def url(self, name, path=""):
        return f"http://127.0.0.1:{self.ports[name]}{path}"

    def in_place(self, name, word):
        """Say a word of the file as it is here."""
        url = self.spec["x-settings"]["VERHUISKETEN_DATABASE_URL"]
        word = FILLED_IN.sub(r"\1", word).replace(url, str(self.database_url))
        if word == "0.0.0.0":  # noqa: S104 - here it is replaced
            return "127.0.0.1"
        for service, port in PORTS.items():
            here = str(self.ports[service])
            word = here if word == port else word
            for host in ("127.0.0.1", service):
                word = word.replace(f"http://{host}:{port}", f"http://127.0.0.1:{here}")
        return self._on_disk(name, word)

    def _on_disk(self, name, word):
        word = word.replace("/run/secrets/", f"{self.folder}/secrets/")
        if word.startswith("/tmp/"):  # noqa: S108 - the container's own
            return f"{self.folder}/tmp/{name}{word.removeprefix('/tmp')}"  # noqa: S108
        for volume in self.spec["services"][name].get("volumes", ()):
            source, target, *_ = volume.split(":")
            if word == target or word.startswith(f"{target}/"):
                return f"{self.folder}/{source.removeprefix('./')}{word.removeprefix(target)}"
        return word

    def environment(self, name):
        given = self.spec["services"][name].get("environment", {})
        here = {key: self.in_place(name, str(value)) for key, value in given.items()}
        home = {"HOME": str(self.folder / "tmp"), "TMPDIR": str(self.folder / "tmp")}
        return self._bare() | home | image_environment() | here | self.more.get(name, {})

    def words(self, name):
        return [self.in_place(name, word) for word in command_line(self.spec["services"][name])]

    def log(self, name):
        return self.folder / "tmp" / f"{name}.log"

    def run(self, name, *words):
        """Run a service that ends, or another command of ours as that service would."""
        (self.folder / "tmp" / name).mkdir(parents=True, exist_ok=True)
        said = subprocess.run(
            [*self.words(name), *words] if not words else ["verhuisketen", *words],
            env=self.environment(name),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert said.returncode == 0, said.stderr[-3000:]
        return said.stdout

    @contextmanager
    def running(self, *names):
        """Let services run as long as the block lasts; after it all are asked to stop, and gone."""
        try:
            for name in names:
                self.programs[name] = self._start(name)
            yield
        finally:
            started = [self.programs.pop(name) for name in names if name in self.programs]
            for program in started:
                program.terminate()
            end = time.monotonic() + POLITELY
            for program in started:
                try:
                    program.wait(max(0.1, end - time.monotonic()))
                except subprocess.TimeoutExpired:
                    program.kill()
                    program.wait()

    def _start(self, name):
        (self.folder / "tmp" / name).mkdir(parents=True, exist_ok=True)
        with self.log(name).open("wb") as said:
            return subprocess.Popen(
                self.words(name),
                env=self.environment(name),
                stdout=said,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )

    def is_healthy(self, name):
        """Ask as the health check of the file asks."""
        _, *test = self.spec["services"][name]["healthcheck"]["test"]
        words = [self.in_place(name, word) for word in test]
        asked = subprocess.run(
            words, env=self.environment(name), check=False, capture_output=True, timeout=30
        )
        return asked.returncode == 0

    def until(self, ready, *names, seconds=PATIENCE, every=0.1):
        """Ask again until there is an answer; what the services said stands in the failure."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and all(self.programs[n].poll() is None for n in names):
            if answer := ready():
                return answer
            time.sleep(every)
        said = "\n".join(
            f"== {n}\n{self.log(n).read_text(errors='replace')[-3000:]}" for n in names
        )
        return pytest.fail(
            f"{getattr(ready, '__name__', 'dit')} duurde te lang, of de dienst stopte\n{said}"
        )

    def until_healthy(self, *names, seconds=PATIENCE):
        for name in names:
            self.until(lambda name=name: self.is_healthy(name), name, seconds=seconds, every=0.5)


def image_environment():
    """What the Dockerfile sets."""
    lines = (HOUSE / "Dockerfile").read_text("utf-8").splitlines()
    told = [line.removeprefix("ENV ") for line in lines if line.startswith("ENV ")]
    return dict(pair.split("=", 1) for line in told for pair in shlex.split(line))
