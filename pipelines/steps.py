"""The five steps of a night, as plain functions; Prefect tasks and the command line call the same.

Between two steps only files of the run and the database hold anything, so each step can be called
again. `whole_night` runs them in order; whatever fails, yesterday's proposals stay in force.
"""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pandas as pd

from data_contracts.words import VerhuisketenError
from matching.candidates import openings
from matching.match import Occasion, match
from matching.model import PLAN, Plan
from matching.passed_over import earlier_of
from matching.proximity import walked_minutes
from matching.verify import verify, walks_to_judge
from pipelines import handover
from pipelines.booking import OFFERED, booked, still_ours
from pipelines.conditions_file import conditions_file, read_conditions
from pipelines.ingest import Intake, Taken, take_all
from pipelines.sealing import seal
from pipelines.stopwatch import Stopwatch
from store import people, plans, proposals, runs
from store.installation import LATEST, network_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from data_contracts.policy import Policy
    from matching.state import State
    from matching.walking import Network
    from pipelines.night import Night
    from store.proposals import Offered


TEST_OIN = ":oin:00000099"
FICTIONAL = "Verzonnen gegevens: deze leveringen komen van een bron met een testnummer (OIN)."


class Rejected(VerhuisketenError):
    """Het plan is afgekeurd door de keuring en wordt niet aangeboden."""


def ingest_step(night: Night) -> tuple[Taken, ...]:
    """Take in what was delivered."""
    intake = Intake(night.run, night.started, night.settings)
    taken, known = take_all(night.engine, intake, night.progress)
    night.seen[:] = [known]
    _keep(night, "leveringen.json", [asdict(file) for file in taken])
    return taken


def match_step(night: Night) -> Plan:
    """Make the plan and keep it, with what it was chosen from, in the run's folder."""
    with night.engine.begin() as connection:
        proposals.expire(connection, night.on)
        before = plans.current(connection, night.policy.region)
    state, position = night.state()
    policy = night.policy
    occasion = Occasion(
        policy.region, night.on, position, night.settings.seed, version("verhuisketen")
    )
    matched = match(
        state,
        night.rules,
        policy,
        occasion,
        network=network_of(night.settings),
        earlier=earlier_of(None if before is None else PLAN.validate_json(before)),
        progress=lambda sentence: night.progress(f"Plan maken: {sentence}"),
    )
    handover.plan_file(matched.plan, night.folder)
    conditions_file(matched.conditions, night.folder)
    matched.found.options.to_parquet(night.folder / "mogelijkheden.parquet")
    return matched.plan


def verify_step(night: Night) -> None:
    """Let the judge read the plan as it stands on disk; raise Rejected with the first finding."""
    night.progress("Plan keuren")
    plan = read_plan(night.folder)
    state, _ = night.state()
    findings = verify(
        plan,
        state,
        night.rules,
        night.policy,
        options=read_options(night.folder),
        conditions=read_conditions(night.folder),
        network_minutes=walked_again(plan, state, night.policy, network_of(night.settings)),
    )
    _keep(night, "keuring.json", [asdict(finding) for finding in findings])
    if findings:
        raise Rejected(
            f"Het plan is afgekeurd ({len(findings)} bevindingen) en wordt niet aangeboden. "
            f"De eerste: {findings[0].rule}. Zie keuring.json in {night.folder.name}."
        )


def offer_step(night: Night) -> Offered:
    """Publish plan and proposals in one transaction, if this night still holds the lease."""
    night.progress("Voorstellen aanbieden")
    plan = read_plan(night.folder)
    state, _ = night.state()
    coaches = state.households["coach"].dropna().to_dict()
    until = night.on + timedelta(days=night.policy.proposal_days)
    offered = proposals.publish(night.engine, plan, run=night.run, coaches=coaches, until=until)
    _keep(night, OFFERED, asdict(offered))
    return offered


def hand_over_step(night: Night, seconds: dict[str, float]) -> list[Path]:
    """Write what people open in the morning: workbooks, report, plan.

    Raises Outdated when another night took over: then `laatste` leads to that one.
    """
    night.progress("Werkboeken en verslag schrijven")
    plan = read_plan(night.folder)
    facts = _handover_facts(night, plan, seconds)
    files = [
        handover.report(plan, facts, night.folder),
        *handover.workbooks(plan, facts, night.folder),
        night.folder / "verhuisplan.json",
    ]
    _point_here(night)
    seal(night.engine, night.settings.data)  # names were just read for the workbooks
    return files


def _point_here(night: Night) -> None:
    """Let `laatste` lead to this night, in one go: whoever opens it finds a whole one.

    Nobody takes the region over meanwhile, so it never leads back to an older night.
    """
    latest = night.settings.data / LATEST
    fresh = latest.with_name(f".laatste-{night.run}")
    fresh.unlink(missing_ok=True)  # an earlier try that was cut off
    fresh.symlink_to(night.folder.relative_to(latest.parent), target_is_directory=True)
    with night.engine.begin() as connection:
        runs.fence_of(connection, night.policy.region, holder=night.run)
        fresh.replace(latest)


def _handover_facts(night: Night, plan: Plan, seconds: dict[str, float]) -> handover.HandoverFacts:
    state, _ = night.state()
    moves = [move for chain in plan.chains for move in chain.moves]
    homes = {m.to for m in moves} | {m.leaves for m in moves if m.leaves}
    people_named = [m.household for m in moves]
    people_named += [one.household for one in plan.passed_over if one.to_show]
    policy = night.policy
    with night.engine.begin() as connection:
        purpose = "verhuisvoorstellen voor de coach"
        names = people.names_of(connection, people_named, who=night.run, purpose=purpose)
        addresses = people.addresses_of(connection, sorted(homes), who=night.run, purpose=purpose)
    return handover.HandoverFacts(
        dwellings=pd.concat([state.dwellings, state.newbuild.drop(columns="completed")]),
        households=state.households,
        openings=openings(state, policy, night.on),
        region=policy.region,
        on=night.on,
        coach_week=policy.coach_proposals_per_week,
        names=names,
        addresses=addresses,
        summary={
            "notice": FICTIONAL if TEST_OIN in night.settings.source else None,
            "steps": seconds,
            "deliveries": read_kept(night, "leveringen.json"),
            "counts": {
                "woningen": len(state.dwellings),
                "huishoudens": len(state.households),
                "woonwensen": len(state.wishes),
            },
        },
    )


STEPS: tuple[tuple[str, Callable[[Night], object]], ...] = (
    ("leveringen", ingest_step),
    ("plan", match_step),
    ("keuring", verify_step),
    ("aanbieden", offer_step),
)
"""The night in order, up to the hand-over; the command line and Prefect walk this one list."""


def nothing_delivered(night: Night) -> None:
    """Stand in for the deliveries where a plan is made anew from what is known."""
    _keep(night, "leveringen.json", [])


def whole_night(night: Night, *, deliveries: bool = True) -> dict[str, Any]:
    """Run the steps in order and book how it ended; give the summary."""
    watch = Stopwatch()
    first = STEPS[0] if deliveries else (STEPS[0][0], nothing_delivered)
    with booked(night):
        for name, step in (first, *STEPS[1:]):
            with watch.step(name):
                still_ours(night)
                step(night)
        with watch.step("uitdraaien"):
            files = hand_over_step(night, dict(watch.seconds))
        return summary_of(night, watch.seconds, files)


def summary_of(night: Night, seconds: dict[str, float], files: list[Path]) -> dict[str, Any]:
    """Give what a night came to, as plain data for the screen, a machine and a bench."""
    plan = read_plan(night.folder)
    return {
        "run": night.run,
        "on": night.on,
        "deliveries": read_kept(night, "leveringen.json"),
        "totals": asdict(plan.totals),
        "shadow": asdict(plan.shadow),
        "receipt": asdict(plan.receipt),
        "quality": handover.how_good(plan.receipt)[0],
        "offered": read_kept(night, OFFERED),
        "seconds": seconds,
        "peak_mib": peak_mib(),
        "files": [str(file) for file in files],
    }


def peak_mib() -> int:
    """Give the most memory this process held, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1024 * 1024 if sys.platform == "darwin" else 1024)


def walked_again(
    plan: Plan, state: State, policy: Policy, network: Network | None
) -> dict[tuple[str, str], int] | None:
    """Measure the walks the judge asks for, over the very streets the plan was made on; or None."""
    if network is None or network.hash != plan.receipt.network:
        return None
    return walked_minutes(walks_to_judge(plan, state, policy), policy=policy, network=network)


def read_plan(folder: Path) -> Plan:
    """Read the plan of a run."""
    return PLAN.validate_json((folder / "verhuisplan.json").read_bytes())


def read_options(folder: Path) -> pd.DataFrame:
    """Read what a plan was chosen from."""
    return pd.read_parquet(folder / "mogelijkheden.parquet")


def _keep(night: Night, name: str, what: object) -> None:
    (night.folder / name).write_text(json.dumps(what, ensure_ascii=False, default=str), "utf-8")


def read_kept(night: Night, name: str) -> Any:  # noqa: ANN401 - JSON, of whatever form
    """Read what an earlier step of this run left."""
    return json.loads((night.folder / name).read_text("utf-8"))
