"""`python -m tests.sabotage`: every break in turn, and the table docs/sabotage.md.

python -m tests.sabotage --list
python -m tests.sabotage --only 1,2
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from tests.sabotage.breaks import LINTER
from tests.sabotage.ruin import BREAKS, ROOT, Outdated, Verdict, copied, run, verdict_on

TABLE = ROOT / "docs" / "sabotage.md"
HEADING = """# Sabotage: tests of the tests

Each row is a break of one line in a copy of this checkout; the named test must go red. Made by
`make sabotage` (`python -m tests.sabotage`), last on {day}: {caught} of {all} breaks were caught.
Without any break the same tests are green. CI applies two of them, and checks that every break
still fits the code (`tests/sabotage/`).

| # | promise | break | in | test that goes red | red | seconds |
|--:|---|---|---|---|---|--:|
"""


def main() -> int:
    asked = _asked()
    chosen = [n for n, _ in enumerate(BREAKS, 1) if not asked.only or n in asked.only]
    if asked.list:
        for number in chosen:
            sys.stdout.write(f"{_line(number, None)}\n")
        return 0
    with copied() as copy:
        if not asked.quick and not _green_without(chosen, copy):
            return 2
        verdicts = {number: _told(number, _verdict(number, copy)) for number in chosen}
    if len(chosen) == len(BREAKS):
        _write(verdicts)
    return 0 if all(verdict.caught for verdict in verdicts.values()) else 1


def _asked():
    parser = argparse.ArgumentParser(prog="python -m tests.sabotage")
    parser.add_argument("--list", action="store_true", help="name the breaks and stop")
    parser.add_argument("--quick", action="store_true", help="do not run the unbroken tests first")
    numbers = {"type": lambda text: {int(n) for n in text.split(",")}, "default": set()}
    parser.add_argument("--only", help="numbers, such as 1,2", **numbers)
    return parser.parse_args()


def _green_without(chosen, copy):
    """Whether the same tests pass where nothing is broken: else red would say nothing."""
    tests = {test for number in chosen for test in BREAKS[number - 1].tests}
    for some in (sorted(tests - {LINTER}), sorted(tests & {LINTER})):
        verdict = run(tuple(some), copy) if some else None
        if verdict and (verdict.caught or verdict.said):
            sys.stderr.write(f"De testen zijn al rood zonder sabotage. {verdict.said}\n")
            return False
    return True


def _verdict(number, copy):
    try:
        return verdict_on(BREAKS[number - 1], copy)
    except Outdated as outdated:
        return Verdict(caught=False, seconds=0, said=f"Past niet meer: {outdated}")


def _told(number, verdict):
    sys.stdout.write(f"{_line(number, verdict)} {verdict.said}\n")
    sys.stdout.flush()
    return verdict


def _line(number, verdict):
    broken = BREAKS[number - 1]
    red = "" if verdict is None else ("yes" if verdict.caught else "**no**")
    seconds = "" if verdict is None else f"{verdict.seconds:.0f}"
    tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in broken.tests)
    return (
        f"| {number} | {broken.promise} | {broken.what} | `{broken.file}` | {tests} | {red} "
        f"| {seconds} |"
    )


def _write(verdicts):
    caught = sum(verdict.caught for verdict in verdicts.values())
    day = datetime.now(tz=UTC).date()
    rows = "\n".join(_line(number, verdict) for number, verdict in verdicts.items())
    heading = HEADING.format(day=day, caught=caught, all=len(verdicts))
    TABLE.write_text(f"{heading}{rows}\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
