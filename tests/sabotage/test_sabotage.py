"""The sabotage table stays true: every break fits the code, every test exists, two are run."""

import ast

import pytest

from tests.sabotage.breaks import LINTER
from tests.sabotage.ruin import BREAKS, ROOT, Outdated, copied, ruined, verdict_on

NUMBERED = [pytest.param(broken, id=str(number)) for number, broken in enumerate(BREAKS, 1)]
QUICK = (
    "the judge imports what it judges",
    "what cp1252 does not know is read as latin-1",
)
PROMISES = {f"P{n}" for n in (*range(1, 9), *range(10, 25), 26, 30)}


@pytest.mark.parametrize("broken", NUMBERED)
def test_every_break_still_fits_the_code(broken):
    source = (ROOT / broken.file).read_text("utf-8")

    after = ruined(broken, source)

    assert after != source
    if broken.file.endswith(".py"):
        ast.parse(after)  # a break that is no program would turn anything red


@pytest.mark.parametrize("broken", NUMBERED)
def test_every_test_that_must_go_red_exists(broken):
    for test in broken.tests:
        if test != LINTER:
            file, _, name = test.partition("::")
            tree = ast.parse((ROOT / file).read_text("utf-8"))
            names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
            assert name.partition("[")[0] in names


def test_every_promise_has_its_break():
    assert {broken.promise for broken in BREAKS} >= PROMISES


def test_a_break_whose_line_is_gone_is_an_error():
    with pytest.raises(Outdated):
        ruined(BREAKS[0], "something else")


def test_two_quick_breaks_are_caught():
    chosen = [broken for broken in BREAKS if broken.what in QUICK]
    assert len(chosen) == len(QUICK)
    with copied() as copy:
        verdicts = [verdict_on(broken, copy) for broken in chosen]
    assert [(verdict.caught, verdict.said) for verdict in verdicts] == [(True, "")] * len(QUICK)
