"""What the screen says: Dutch, tables where people compare, JSON where a machine reads."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from matching.around import PlanB
    from matching.model import Explanation
    from pipelines.asking import Judged, Standing
    from pipelines.beside import Elsewhere
    from pipelines.ingest import Taken

ACCOUNTING = ("records", "accepted", "rejected", "duplicates", "blank", "facts")
OUTCOMES = {
    "taken": "geboekt",
    "waiting": "wacht op een mens",
    "refused": "geweigerd",
    "unknown": "niet gelezen",
}
NIGHTS = {"running": "loopt", "done": "klaar", "failed": "mislukt", "refused": "geweigerd"}
REJECT_COLUMNS = ("file", "record", "column", "code", "sentence")

console = Console()
problems = Console(stderr=True)


def machine(answer: object) -> None:
    """Print an answer as JSON: the only thing on standard output."""
    print(json.dumps(answer, ensure_ascii=False, indent=2, default=str))  # noqa: T201 - for pipes


def error(sentence: str) -> None:
    """Print one clear sentence on standard error."""
    problems.print(Text(sentence, style="red"), soft_wrap=True)


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show which step is running and for how long; every finished step stays with its time."""
    if quiet:
        yield lambda _: None
        return
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=problems) as bar:
        running: list[Any] = []

        def step(sentence: str) -> None:
            for task in running:
                bar.update(task, total=1, completed=1)
            running[:] = [bar.add_task(sentence, total=None)]

        yield step
        step("Klaar")
        bar.update(running[0], total=1, completed=1)


def _table(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left")
    return table


def example(folder: Path, files: Sequence[Path], *, as_json: bool) -> None:
    """Say which deliveries of the made-up region were written."""
    if as_json:
        return machine([str(file) for file in files])
    console.print(f"Een verzonnen regio staat in [bold]{folder}[/bold]: {len(files)} bestanden.")
    console.print(f"Verder met: [bold]verhuisketen night --deliveries {folder}[/bold]")
    return None


def _row(table: Table, *cells: object) -> None:
    """Add a row of plain texts: a bracket in a file's name is no instruction to the screen."""
    table.add_row(*("" if cell is None else escape(str(cell)) for cell in cells))


def taken(files: Sequence[Taken], *, as_json: bool) -> None:
    """Show the row accounting of every delivery."""
    rows = [asdict(file) for file in files]
    return machine(rows) if as_json else _deliveries(rows)


def _deliveries(files: Sequence[Mapping[str, Any]]) -> None:
    numbers = ("regels", "geboekt", "afgekeurd", "dubbel", "leeg", "feiten")
    table = _table("Leveringen", "bestand", *numbers, right=numbers)
    for file in files:
        _row(table, file["file"], *(whole(file[name]) for name in ACCOUNTING))
    console.print(table)
    for file in files:
        if file["status"] != "taken":
            console.print(Text(f"{file['file']}: {OUTCOMES[file['status']]}", style="bold yellow"))
        for sentence in filter(None, (file["sentence"], *file["warnings"])):
            console.print(Text(f"{file['file']}: {sentence}", style="yellow"))


def whole(number: int) -> str:
    """Write a number as the Dutch do: 107.152."""
    return f"{number:,}".replace(",", ".")


def night(summary: Mapping[str, Any], *, as_json: bool) -> None:
    """Show what a night came to, beside what registration order would have done."""
    if as_json:
        return machine(summary)
    _deliveries(summary["deliveries"])
    ours, shadow, receipt = summary["totals"], summary["shadow"], summary["receipt"]
    table = _table(
        "Het plan van vannacht",
        "",
        "verhuisketens",
        "volgorde van inschrijving",
        right=("verhuisketens", "volgorde van inschrijving"),
    )
    for words, name in (
        ("verhuizingen", "moves"),
        ("ketens en ruilen", "chains"),
        ("waarvan woningruil", "rings"),
        ("starters geholpen", "starters"),
        ("ouderen van ongeschikt naar geschikt", "older_to_suitable"),
        ("minuten lopen naar naasten (− is dichterbij)", "minutes_to_ties"),
        ("gezinswoningen vrijgemaakt", "family_homes_freed"),
    ):
        table.add_row(words, whole(ours[name]), whole(shadow[name]))
    console.print(table)
    lengths = ", ".join(f"{count}x {length}" for length, count in ours["by_length"])
    console.print(f"Ketens naar lengte: {lengths or 'geen'}.")
    console.print(
        f"{summary['quality']}. Waarde {whole(receipt['value'])} punten, grens "
        f"{whole(receipt['bound'])}; {whole(receipt['options'])} mogelijkheden, "
        f"{whole(receipt['openings'])} vrije woningen."
    )
    offered = summary["offered"]
    console.print(
        f"{whole(offered['new'])} nieuwe voorstellen, {whole(offered['kept'])} blijven staan, "
        f"{whole(offered['superseded'])} vervallen, {whole(offered['held_back'])} wachten op een "
        "eerdere toezegging."
    )
    steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in summary["seconds"].items())
    console.print(f"[dim]{steps}; piekgeheugen {summary['peak_mib']} MiB[/dim]")
    files = "\n".join(summary["files"])
    console.print(Panel(Text(files), title="Om te openen", title_align="left", expand=False))
    return None


def desk_of_demo(folder: Path, logins: Sequence[str], password: str | None) -> None:
    """Say how to open the desk with the night of a demo, and as whom."""
    if password is None:
        return
    words = (
        f"verhuisketen desk --data {folder}",
        f"Meld u aan als {', '.join(logins[:-1])} of {logins[-1]}.",
        f"Wachtwoord: {password}",
    )
    panel = Panel(Text("\n".join(words)), title="Het bureau", title_align="left", expand=False)
    console.print(panel)


def reasons(found: Sequence[Explanation], *, as_json: bool) -> None:
    """Show why, or why not: one table per home."""
    if as_json:
        return machine([asdict(one) for one in found])
    for one in found:
        table = _table(f"{one.household} → {one.dwelling}", "", "wat", "punten", right=("punten",))
        for reason in one.reasons:
            verdict = reason.verdict.value if reason.verdict else ""
            points = f"{reason.points:+d}" if reason.points else ""
            _row(table, verdict, f"{reason.sentence} ({reason.source})", points)
        console.print(table)
    return None


def elsewhere(found: Elsewhere, *, as_json: bool) -> None:
    """Show other homes for a household, and who would come in its place."""
    if as_json:
        return machine(asdict(found))
    if not found.others:
        console.print(f"Voor {found.household} is er nu geen andere woning die kan en die helpt.")
    else:
        columns = ("kost het plan", "verhuizingen", "ouderen geschikt", "minuten naar banden")
        table = _table(f"Andere woningen voor {found.household}", "woning", *columns, right=columns)
        for other in found.others:
            cost = other.price
            changed = (cost.moves, cost.older_to_suitable, cost.minutes_to_ties)
            _row(table, other.move.to, whole(cost.points), *(f"{one:+d}" for one in changed))
        console.print(table)
    if found.proposed is not None and found.instead is not None:
        console.print(_plan_b(found.proposed.to, found.instead))
    return None


def _plan_b(home: str, instead: PlanB) -> str:
    loses = f"Het plan verliest dan {whole(instead.price.points)} punten."
    if instead.move is None:
        return f"Plan B: zegt dit huishouden nee, dan krijgt niemand woning {home}. {loses}"
    return (
        f"Plan B: zegt dit huishouden nee, dan gaat {instead.move.household} naar {home}. {loses}"
    )


def proposals(rows: pd.DataFrame, *, as_json: bool) -> None:
    """Show the proposals that stand."""
    if as_json:
        return machine(json.loads(rows.to_json(orient="records", date_format="iso")))
    if rows.empty:
        console.print("Er zijn geen voorstellen die gelden.")
        return None
    table = _table("Voorstellen", *map(str, rows.columns))
    for row in rows.head(200).itertuples(index=False):
        _row(table, *row)
    console.print(table)
    if len(rows) > table.row_count:
        console.print(f"… en nog {whole(len(rows) - table.row_count)}; alles met --json.")
    return None


def verified(judged: Judged, *, as_json: bool) -> None:
    """Say whether the judge passes the plan, and what not."""
    if as_json:
        return machine(asdict(judged))
    for finding in judged.findings[:50]:
        error(f"{finding.rule}: {finding.sentence}")
    console.print(judged.sentence)
    return None


def status(standing: Standing, *, as_json: bool) -> None:
    """Say how things stand."""
    if as_json:
        return machine(asdict(standing))
    console.print(
        Panel(
            "\n".join(standing.sentences), title="Stand van zaken", title_align="left", expand=False
        )
    )
    if standing.nights:
        table = _table("Nachten", "begonnen", "nacht", "uitkomst", "toelichting")
        for row in standing.nights:
            status_ = NIGHTS[row["status"]]
            _row(table, f"{row['started']:%Y-%m-%d %H:%M}", row["night"], status_, row["sentence"])
        console.print(table)
    if standing.waiting:
        table = _table("Wacht op een mens", "bestand", "waarom")
        for row in standing.waiting:
            _row(table, row["file"], row["sentence"])
        console.print(table)
    if standing.rejects:
        table = _table(
            "Afgekeurde regels",
            "bestand",
            "regel",
            "kolom",
            "code",
            "wat er moet staan",
            right=("regel",),
        )
        for row in standing.rejects[:200]:
            _row(table, *(row[name] for name in REJECT_COLUMNS))
        console.print(table)
    return None
