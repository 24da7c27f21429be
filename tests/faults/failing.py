"""The ways a night can fail: each breaks one thing of the night that is about to run.

Each takes what a test breaks things with (a `Broken`) and gives the settings of the night.
"""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
from ortools.math_opt.python import mathopt
from sqlalchemy import exc, text

from matching.model import Status, Totals
from pipelines import steps
from pipelines.settings import Settings
from store import proposals
from tests.unit.test_failing_solvers import answering, claiming, without_a_plan

REASON, LIMIT = mathopt.TerminationReason, mathopt.Limit


@dataclass
class Broken:
    """What a test breaks a night with."""

    monkeypatch: pytest.MonkeyPatch
    settings: Settings
    folder: Path
    engine: Callable
    on: date

    def instead(self, where, error):
        """Let a name raise an error."""

        def broken(*_given, **_named):
            raise error

        self.monkeypatch.setattr(where, broken)

    def after_matching(self, change):
        """Let something happen as soon as there is a plan, before it is kept."""
        real = steps.match

        def then(*given, **named):
            matched = real(*given, **named)
            return change(matched) or matched

        self.monkeypatch.setattr(steps, "match", then)


def solver_finds_nothing_in_time(broken):
    answering(broken.monkeypatch, without_a_plan(REASON.NO_SOLUTION_FOUND, LIMIT.TIME))


def solver_does_not_know(broken):
    answering(broken.monkeypatch, without_a_plan(REASON.NO_SOLUTION_FOUND))


def solver_calls_it_infeasible(broken):
    answering(broken.monkeypatch, without_a_plan(REASON.INFEASIBLE))


def solver_calls_the_model_invalid(broken):
    broken.instead("matching.optimise.linear._solved", ValueError("MODEL_INVALID"))


def solver_loses_its_digits(broken):
    answering(broken.monkeypatch, without_a_plan(REASON.NUMERICAL_ERROR))


def solver_runs_out_of_memory(broken):
    broken.instead("matching.optimise.linear._solved", MemoryError())


def solver_moves_everybody_everywhere(broken):
    every = claiming(lambda columns: [1] * columns)
    answering(broken.monkeypatch, every, of=[mathopt.SolverType.GSCIP])


def plan_is_empty_while_people_could_move(broken):
    def emptied(matched):
        """As a solver would leave it that found nothing and proved nothing."""
        told = matched.plan.receipt
        receipt = replace(told, value=-matched.conditions.at_stake, status=Status.BOUNDED)
        nothing = {"chains": (), "reasons": (), "totals": Totals(), "passed_over": ()}
        return replace(matched, plan=replace(matched.plan, receipt=receipt, **nothing))

    broken.after_matching(emptied)


def judge_rejects(broken):
    def richer(matched):
        receipt = replace(matched.plan.receipt, value=10**9, bound=10**9)
        return replace(matched, plan=replace(matched.plan, receipt=receipt))

    broken.after_matching(richer)


def judge_breaks(broken):
    broken.instead("pipelines.steps.verify", KeyError("household"))


def disk_is_full(broken):
    broken.instead(
        "pipelines.steps.handover.plan_file", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    )


def disk_of_the_database_is_full(broken):
    full = exc.OperationalError("INSERT", None, psycopg.errors.DiskFull("no space left"))
    broken.instead("store.plans._put_in_force", full)


def what_was_chosen_from_is_damaged(broken):
    def damage(night, real=steps.match_step):
        real(night)
        (night.folder / "mogelijkheden.parquet").write_bytes(b"PAR1 half a file")

    broken.monkeypatch.setattr(
        steps, "STEPS", tuple((n, damage if n == "plan" else step) for n, step in steps.STEPS)
    )


def policy_is_wrong(broken):
    page = broken.folder / "beleid.yaml"
    page.write_text("longest_chain: 99\n", "utf-8")
    return broken.settings.model_copy(update={"policy": page})


def year_has_no_page(broken):
    broken.on = date(2031, 1, 5)


def page_of_the_year_is_wrong(broken):
    (broken.folder / f"{broken.on.year}.yaml").write_text("jaar: 1999\n", "utf-8")
    return broken.settings.model_copy(update={"rules": broken.folder})


def streets_are_missing(broken):
    return broken.settings.model_copy(update={"network": broken.folder / "wegen.csv"})


def deliveries_are_missing(broken):
    return broken.settings.model_copy(update={"deliveries": broken.folder / "nergens"})


def reader_breaks_on_a_delivery(broken):
    broken.instead("pipelines.ingest.parse", UnicodeDecodeError("utf-8", b"\xff", 0, 1, "broken"))
    deliveries = broken.settings.deliveries
    changed = broken.folder / "anders"
    changed.mkdir()
    lines = (deliveries / "banden.csv").read_bytes().splitlines(keepends=True)
    (changed / "banden.csv").write_bytes(b"".join(lines[:-1]))
    return broken.settings.model_copy(update={"deliveries": changed})


def another_night_takes_over(broken):
    def take_over(_matched):
        engine = broken.engine()
        with engine.begin() as connection:
            connection.execute(text("UPDATE lease SET holder = 'een ander', fence = fence + 1"))
        engine.dispose()

    broken.after_matching(take_over)


def somebody_presses_control_c(broken):
    broken.instead("pipelines.steps.match", KeyboardInterrupt())


def offering_breaks(broken):
    def half(*_given, _real=proposals.offer, **named):
        _real(*_given, **named)
        raise RuntimeError("after the offers, before the commit")

    broken.monkeypatch.setattr("store.proposals.offer", half)


WAYS = {
    "the solver finds nothing in time": (solver_finds_nothing_in_time, "het vorige plan"),
    "the solver does not know": (solver_does_not_know, "het vorige plan"),
    "the solver calls it infeasible": (solver_calls_it_infeasible, "voorwaarden"),
    "the solver calls the model invalid": (solver_calls_the_model_invalid, "ValueError"),
    "the solver loses its digits": (solver_loses_its_digits, "het vorige plan"),
    "the solver runs out of memory": (solver_runs_out_of_memory, "MemoryError"),
    "the solver moves everybody everywhere": (solver_moves_everybody_everywhere, "."),
    "empty while people could move": (plan_is_empty_while_people_could_move, "afgekeurd"),
    "the judge rejects": (judge_rejects, "afgekeurd"),
    "the judge breaks": (judge_breaks, "KeyError"),
    "the disk is full": (disk_is_full, "OSError"),
    "the disk of the database is full": (disk_of_the_database_is_full, "OperationalError"),
    "what was chosen from is damaged": (what_was_chosen_from_is_damaged, "Arrow"),
    "the policy is wrong": (policy_is_wrong, "beleidsbestand"),
    "the year has no page": (year_has_no_page, "2031"),
    "the page of the year is wrong": (page_of_the_year_is_wrong, "klopt niet"),
    "the streets are missing": (streets_are_missing, "FileNotFoundError"),
    "the deliveries are missing": (deliveries_are_missing, "leveringen"),
    "a reader breaks on a delivery": (reader_breaks_on_a_delivery, "UnicodeDecodeError"),
    "another night takes over": (another_night_takes_over, "nam het over"),
    "somebody presses Ctrl-C": (somebody_presses_control_c, "KeyboardInterrupt"),
    "offering breaks": (offering_breaks, "RuntimeError"),
}
"""Every way: how to bring it about, and a word of the sentence it is booked with."""
