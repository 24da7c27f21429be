"""The sheets of a coach's workbook: tasks, chains as strips, reasons, a guide in plain Dutch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from data_contracts.phrases import (
    ANSWERS,
    DECLINES,
    criterion_in_words,
    day,
    home_in_words,
    household_in_words,
    kind_of,
)
from data_contracts.words import Verdict
from pipelines.handover import guide
from pipelines.handover.facts import WHY_OPEN, HandoverFacts, Row, plain
from pipelines.handover.layout import (
    Column,
    Desk,
    fit_row,
    lines_of,
    print_setup,
    start,
    write_cell,
    write_row,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matching.model import Chain, Explanation
    from pipelines.handover.agenda import Task

TASKS = (
    Column("Week", 6, "whole"),
    Column("Keten", 6, "whole"),
    Column("Stap", 5, "whole"),
    Column("Naam", 16, "strong"),
    Column("Huishouden", 11),
    Column("Wie", 14),
    Column("Woont nu", 25),
    Column("Huur nu", 9, "money"),
    Column("Voorstel", 25),
    Column("Streefhuur", 10, "money"),
    Column("Vrij", 13),
    Column("Waarom dit past", 34),
    Column("Eerst navragen", 20, "ask"),
    Column("Wat hierna kan", 18),
    Column("Reactie", 11, "answer"),
    Column("Reden", 18, "answer"),
    Column("Toelichting", 18, "answer"),
)
PROSE = 92
"""Width of the guide, in characters."""

REASONS = (
    Column("Keten", 7, "whole"),
    Column("Stap", 6, "whole"),
    Column("Naam", 18),
    Column("Huishouden", 12),
    Column("Woning", 14),
    Column("Onderwerp", 24),
    Column("Oordeel", 14),
    Column("Uitleg", 70),
    Column("Punten", 8, "whole"),
    Column("Bron", 40),
)


def tasks_sheet(desk: Desk, name: str, tasks: Sequence[Task], *, weeks: bool) -> None:
    """Write the proposals to discuss, in the order in which they make sense; with `weeks`, when."""
    first = 0 if weeks else 1
    columns = TASKS[first:]
    sheet = desk.book.add_worksheet(name)
    intro = f"{guide.TASKS_INTRO} Plan van {day(desk.facts.on)}, {desk.facts.region}."
    start(sheet, desk, f"{name} · {desk.coach or 'zonder coach'}", intro, columns)
    for at, task in enumerate(tasks, 3):
        why = desk.why.get((task.move.household, task.move.to))
        write_row(sheet, desk.look, at, columns, _task_cells(desk, task, why)[first:])
    last = max(len(tasks) + 2, 3)
    sheet.autofilter(2, 0, last, len(columns) - 1)
    sheet.freeze_panes(3, 4 - first)
    _offer_answers(sheet, columns, last)


def _task_cells(desk: Desk, task: Task, why: Explanation | None) -> list[Any]:
    who, facts, move = desk.who, desk.facts, task.move
    now, new = who.homes.get(move.leaves or ""), who.homes.get(move.to)
    return [
        task.week,
        task.chain,
        task.step,
        facts.names.get(move.household),
        move.household,
        household_in_words(who.households.get(move.household)),
        _home(facts, move.leaves, now) if move.leaves else "Starter: laat geen woning achter",
        _euros(now, "rent"),
        _home(facts, move.to, new),
        _euros(new, "target_rent"),
        _free(desk, task),
        "\n".join(f"• {sentence}" for sentence in strongest(why)),
        "\n".join(f"• {sentence}" for sentence in to_ask(why)),
        _afterwards(desk, task),
        None,
        None,
        None,
    ]


def _home(facts: HandoverFacts, dwelling: str, home: Row | None) -> str:
    return f"{_address(facts, dwelling)}\n{home_in_words(home)}"


def strongest(why: Explanation | None, most: int = 3) -> list[str]:
    """Take the sentences that brought the most points, best first."""
    scored = [r for r in (why.reasons if why else ()) if r.verdict is None and r.points > 0]
    return [r.sentence for r in sorted(scored, key=lambda r: (-r.points, r.criterion))[:most]]


def to_ask(why: Explanation | None) -> list[str]:
    """Take what the coach must ask before she makes the proposal."""
    return [r.sentence for r in (why.reasons if why else ()) if r.verdict == Verdict.ASK]


def _address(facts: HandoverFacts, dwelling: str | None) -> str:
    return facts.addresses.get(dwelling, dwelling) if dwelling else "—"


def _euros(home: Row | None, column: str) -> float | None:
    cents = (home or {}).get(column)
    return None if cents is None else cents / 100


def _free(desk: Desk, task: Task) -> str:
    if desk.who.chains[task.chain - 1].ring:
        return "Woningruil: alle stappen tegelijk"
    if task.step > 1:
        return f"Na stap {task.step - 1} van keten {task.chain}"
    return _opening(desk.who.openings.get(task.move.to) or {})


def _opening(row: Row) -> str:
    free, why = row.get("free_on"), WHY_OPEN.get(str(row.get("why")), "komt vrij")
    return f"{day(free)} ({why})" if free else why.capitalize()


def _afterwards(desk: Desk, task: Task) -> str:
    chain = desk.who.chains[task.chain - 1]
    if task.step < len(chain.moves):
        return f"Stap {task.step + 1}: {_mover(desk, chain, task.step)}"
    if chain.ring:
        return "Dit sluit de woningruil."
    return "De woning komt vrij voor verhuur." if task.move.leaves else "Hier eindigt de keten."


def _mover(desk: Desk, chain: Chain, index: int) -> str:
    """Name a household of a chain: by name to its own coach, without any data to another."""
    household = chain.moves[index].household
    coach = desk.who.coach_of(household)
    if coach != desk.coach:
        return f"huishouden van {coach}" if coach else "huishouden zonder coach"
    return str(plain(desk.facts.names.get(household)) or household)


def _offer_answers(sheet: Any, columns: Sequence[Column], last: int) -> None:  # noqa: ANN401 - xlsxwriter has no types
    """Let the coach choose an answer, and a reason from the list on the sheet 'Uitleg'."""
    first_code = guide.FIRST_CODE_ROW
    codes = f"=Uitleg!$B${first_code}:$B${first_code + len(DECLINES) - 1}"
    wrong = {"error_title": "Kies uit de lijst", "error_message": "Kies een van de antwoorden."}
    heads = [column.head for column in columns]
    for head, source in (("Reactie", list(ANSWERS)), ("Reden", codes)):
        at = heads.index(head)
        sheet.data_validation(3, at, last, at, {"validate": "list", "source": source, **wrong})


def chains_sheet(desk: Desk) -> None:
    """Write a strip per chain: what opens it, each move, and how it closes."""
    numbers = sorted({task.chain for task in desk.mine})
    chains = [(number, desk.who.chains[number - 1]) for number in numbers]
    longest = max((len(chain.moves) for _, chain in chains), default=1)
    steps = [Column(f"Stap {step}", 27) for step in range(1, longest + 1)]
    columns = (Column("Keten", 7), Column("Opent met", 27), *steps, Column("Sluit met", 27))
    sheet = desk.book.add_worksheet("Ketens")
    start(sheet, desk, "Ketens", guide.CHAINS_INTRO, columns)
    for row, (number, chain) in enumerate(chains, 3):
        strip = [_step(desk, chain, index) for index in range(len(chain.moves))]
        strip += [""] * (longest - len(strip))
        cells = [number, _opens(desk, chain), *strip, _closes(desk, chain)]
        for at, (value, look) in enumerate(
            zip(cells, _strip_looks(desk, chain, longest), strict=True)
        ):
            write_cell(sheet, row, at, value, look)
        fit_row(sheet, row, columns, cells)
    sheet.freeze_panes(3, 1)


def _strip_looks(desk: Desk, chain: Chain, longest: int) -> list[Any]:
    """Colour a chain: warm at both ends, green for one's own households, grey for others'."""
    look = desk.look
    own = [desk.who.coach_of(move.household) == desk.coach for move in chain.moves]
    steps = [look.mine if mine else look.other for mine in own]
    return [look.whole, look.opens, *steps, *[look.text] * (longest - len(own)), look.opens]


def _opens(desk: Desk, chain: Chain) -> str:
    home = f"{_address(desk.facts, chain.key)}\n{home_in_words(desk.who.homes.get(chain.key))}"
    row = desk.who.openings.get(chain.key)
    return f"Woningruil\n{home}" if chain.ring else f"{home}\n{_opening(row or {})}"


def _step(desk: Desk, chain: Chain, index: int) -> str:
    move = chain.moves[index]
    leaves = kind_of(desk.who.homes.get(move.leaves)) if move.leaves else ""
    if desk.who.coach_of(move.household) != desk.coach:
        tail = f"maakt een {leaves} vrij" if leaves else "starter"
        return f"{_mover(desk, chain, index)}\n{tail}"
    return (
        f"{_mover(desk, chain, index)}\nverlaat {_address(desk.facts, move.leaves)} ({leaves})"
        if move.leaves
        else f"{_mover(desk, chain, index)}\nstarter, laat geen woning achter"
    )


def _closes(desk: Desk, chain: Chain) -> str:
    if chain.ring:
        return "Ieder krijgt de woning van een ander."
    if chain.closes is None:
        return "Starter gehuisvest; er komt geen woning meer vrij."
    return f"Vrij voor verhuur:\n{home_in_words(desk.who.homes.get(chain.closes))}"


def reasons_sheet(desk: Desk) -> None:
    """Write every reason of every proposal: its subject, verdict, sentence, points and source."""
    sheet = desk.book.add_worksheet("Waarom")
    start(sheet, desk, "Waarom", guide.REASONS_INTRO, REASONS)
    at = 2
    for task in desk.mine:
        why = desk.why.get((task.move.household, task.move.to))
        for reason in why.reasons if why else ():
            at += 1
            cells = [
                task.chain,
                task.step,
                desk.facts.names.get(task.move.household, ""),
                task.move.household,
                task.move.to,
                criterion_in_words(reason.criterion),
                "voorkeur" if reason.verdict is None else str(reason.verdict),
                reason.sentence,
                reason.points if reason.verdict is None or reason.points else None,
                reason.source,
            ]
            write_row(sheet, desk.look, at, REASONS, cells)
    sheet.autofilter(2, 0, max(at, 3), len(REASONS) - 1)
    sheet.freeze_panes(3, 4)


def guide_sheet(desk: Desk) -> None:
    """Write what this is, what the words mean, and what to do with an answer."""
    sheet = desk.book.add_worksheet("Uitleg")
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, PROSE)
    sheet.hide_gridlines(2)
    print_setup(sheet)
    sheet.write_string(0, 0, "Uitleg", desk.look.title)
    for at, (code, sentence) in enumerate(DECLINES.items(), guide.FIRST_CODE_ROW - 1):
        sheet.write_string(
            at, 0, "" if at >= guide.FIRST_CODE_ROW else "Redenen", desk.look.heading
        )
        sheet.write_string(at, 1, f"{code} – {sentence}", desk.look.prose)
    for at, (head, sentence) in enumerate(guide.TEXT, 2):
        sheet.write_string(at, 0, head, desk.look.heading)
        sheet.write_string(at, 1, sentence, desk.look.prose)
        sheet.set_row(at, 15 * lines_of(sentence, PROSE) + 6)
