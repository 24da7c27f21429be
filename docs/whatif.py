"""The reports of our own example scenarios, on a made-up region: `python -m docs.whatif`.

Makes a region and its night in a folder that goes away afterwards (or in `--data`: then what was
broken off goes on where it was), rolls the examples through time by the command line, and writes a
folder of reports per question (HTML, PDF, XLSX, Parquet) and a page that leads to them. Few
replications: enough to see what a report looks like, not to decide by.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from data_contracts.scenario import scenario_from

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path("run/reports")
DWELLINGS, REPLICATIONS, YEARS, ON = 2_000, 4, 7, "2026-11-22"
QUESTIONS = {
    "bouwen": ("nieuwbouw-nultreden", "nieuwbouw-55plus", "nieuwbouw-doorstromers"),
    "toewijzen": ("doorstromers-eerst", "inschrijfduur", "loting"),
    "helpen": ("huurbehoud", "coach-uren", "langer-zelfstandig"),
    "veranderen": ("renovatie", "sloop-met-wisselwoningen", "verkoop"),
    "voorzien": ("supermarkt-dicht", "huisarts-erbij"),
    "aannemen": ("meer-beperkingen", "na-een-nee-wachten"),
}
"""What is laid side by side: at most three examples, beside doing nothing."""
COMMAND = "from pipelines.cli import main; main()"
KINDS = {"html": "lezen", "pdf": "afdrukken", "xlsx": "rekenen"}


def main() -> None:
    """Write every report, and the page that leads to them."""
    asked = _asked()
    folder: Path = asked.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with _data(asked.data) as data:
        if not any(data.iterdir()):
            run("demo", "--dwellings", asked.dwellings, "--out", data, "--json")
        for question in asked.only or QUESTIONS:
            print(f"{question}: {', '.join(QUESTIONS[question])}", flush=True)
            report(question, folder / question, data, asked)
    index = folder / "index.html"
    index.write_text(page([one for one in QUESTIONS if (folder / one).is_dir()]), "utf-8")
    print(index)


@contextmanager
def _data(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="vhk-reports-") as name:
        data = Path(name)
        data.chmod(0o711)  # the database server runs as another account
        yield data


def _asked() -> argparse.Namespace:
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    asking.add_argument("--dwellings", type=int, default=DWELLINGS)
    asking.add_argument("--replications", type=int, default=REPLICATIONS)
    asking.add_argument("--years", type=int, default=YEARS)
    asking.add_argument("--data", type=Path)
    asking.add_argument("--only", nargs="*", choices=sorted(QUESTIONS))
    return asking.parse_args()


def report(question: str, folder: Path, data: Path, asked: argparse.Namespace) -> None:
    """Roll the scenarios of a question through time, and write their report."""
    run(
        *("simulate", *QUESTIONS[question], "--data", data, "--out", folder, "--json"),
        *("--replications", asked.replications, "--years", asked.years, "--on", ON),
    )


def run(*words: object) -> None:
    """Call the command line as anybody would; what it has to say of an error is shown."""
    subprocess.run(  # noqa: S603 - our own command, with our own words
        [sys.executable, "-c", COMMAND, *map(str, words)],
        stdout=subprocess.DEVNULL,
        check=True,
    )


def page(questions: list[str]) -> str:
    """Write the page that leads to the reports."""
    parts = []
    for question in questions:
        titles = [escape(scenario_from(name).title) for name in QUESTIONS[question]]
        links = ", ".join(
            f'<a href="{question}/wat-als.{kind}">{word}</a>' for kind, word in KINDS.items()
        )
        parts.append(f"<li>{' · '.join(titles)}: {links}</li>")
    return (
        '<!doctype html>\n<html lang="nl">\n<head><meta charset="utf-8">'
        "<title>Voorbeelden van wat-als</title></head>\n<body>\n<main>"
        "<h1>Voorbeelden van wat-als</h1>\n<ul>\n" + "\n".join(parts) + "\n</ul></main>\n"
        "</body>\n</html>\n"
    )


if __name__ == "__main__":
    main()
