"""What the command line asks: open the database, call a step or look something up, answer."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from pydantic import ValidationError

from data_contracts.policy import policy_from
from data_contracts.rules import rules_on
from data_contracts.words import VerhuisketenError
from matching.around import Standing as Warm
from matching.around import margin
from matching.candidates import openings
from matching.explain import why as why_this
from matching.explain import why_not
from matching.model import PLAN
from matching.state import State, project
from matching.verify import verify as judge
from pipelines.beside import elsewhere, warm
from pipelines.conditions_file import read_conditions
from pipelines.ingest import Intake, no_deliveries, take_all
from pipelines.night import Night
from pipelines.sources.example import region, write
from pipelines.steps import read_options, walked_again, whole_night
from store import deliveries, log, plans, runs
from store import proposals as proposal_store
from store import state as state_store
from store.database import connect, migrate, snapshot
from store.embedded import embedded
from store.installation import network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    import pandas as pd

    from matching.model import Explanation, Plan
    from matching.verify import Finding
    from pipelines.beside import Elsewhere
    from pipelines.ingest import Taken
    from pipelines.settings import Settings
    from store.database import Engine


class NothingYet(VerhuisketenError):
    """Er is nog geen plan. Draai eerst een nacht: verhuisketen night --deliveries MAP."""


class NoPlan(VerhuisketenError):
    """Dit bestand is geen plan. Noem het verhuisplan.json van een nacht."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the judge says of a plan."""

    findings: tuple[Finding, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand: sentences for people, rows for tables."""

    sentences: tuple[str, ...]
    nights: tuple[dict[str, Any], ...]
    waiting: tuple[dict[str, Any], ...]
    rejects: tuple[dict[str, Any], ...]


@contextmanager
def database(settings: Settings, *, as_found: bool = False) -> Iterator[Engine]:
    """Open the database of an installation, its own or a served one, migrated to today's schema.

    `as_found` leaves the schema as it is: for whoever puts a copy back.
    """
    if settings.database_url is not None:
        yield from _engine(settings.database_url, as_found=as_found)
        return
    settings.data.mkdir(parents=True, exist_ok=True)
    with embedded(settings.data / "postgres") as url:
        yield from _engine(url, as_found=as_found)


def _engine(url: str, *, as_found: bool) -> Iterator[Engine]:
    engine = connect(url)
    try:
        if not as_found:
            migrate(engine)
        yield engine
    finally:
        engine.dispose()


def new_run(on: date) -> str:
    """Name a run: its day and a number nobody else has."""
    return f"{on:%Y%m%d}-{uuid4().hex[:8]}"


def example(
    out: Path,
    *,
    dwellings: int | None,
    seed: int,
    addresses: Path | None,
    on: date,
    agreements: bool = False,
) -> list[Path]:
    """Write the deliveries of a made-up region."""
    made = region(dwellings=dwellings, seed=seed, on=on, addresses=addresses, agreements=agreements)
    return write(made, out)


def ingest(settings: Settings, *, accept: frozenset[str]) -> tuple[Taken, ...]:
    """Take in deliveries, outside a night."""
    now = datetime.now(tz=UTC)
    with database(settings) as engine:
        run = new_run(now.date())
        taken, _ = take_all(engine, Intake(run, now, settings, accept))
    if all(file.status == "unknown" for file in taken):
        raise no_deliveries(settings.deliveries)
    return taken


def night(
    settings: Settings, *, on: date, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Run a whole night and give its summary."""
    progress("Database openen")
    with database(settings) as engine:
        return whole_night(Night(new_run(on), on, datetime.now(tz=UTC), settings, engine, progress))


def why(settings: Settings, household: str, dwelling: str | None) -> tuple[Explanation, ...]:
    """Explain the proposal of a household in the plan that stands, or why a home is not it."""
    with database(settings) as engine:
        plan = _current(engine, settings)
        if dwelling is None:
            found = why_this(plan, household)
            if found is None:
                raise VerhuisketenError(
                    f"Voor {household} staat er geen voorstel in het plan van {plan.receipt.on}. "
                    "Noem ook een woning om te zien waarom die niet."
                )
            return (found,)
        with snapshot(engine) as connection:
            state, _ = state_store.load(connection)
    on = plan.receipt.on
    rules = rules_on(on, folder=settings.rules)
    policy = policy_from(settings.policy)
    _known(household, state.households.index, "huishouden")
    _known(dwelling, state.dwellings.index.union(state.newbuild.index), "woning")
    told = why_not(
        state,
        household,
        dwelling,
        rules,
        policy,
        on,
        plan=plan,
        network=network_of(settings),
        margin=margin(_warm(settings, plan, state), household, dwelling),
    )
    return (told,)


def alternatives(settings: Settings, household: str) -> Elsewhere:
    """Say where else a household could go by the plan that stands, and who comes after it."""
    with database(settings) as engine:
        plan = _current(engine, settings)
        with snapshot(engine) as connection:
            state, _ = state_store.load(connection)
    _known(household, state.households.index, "huishouden")
    return elsewhere(plan, _warm(settings, plan, state), household)


def _warm(settings: Settings, plan: Plan, state: State) -> Warm:
    free = openings(state, policy_from(settings.policy), plan.receipt.on)
    return warm(settings, plan, state, free.index)


def _known(key: str, index: pd.Index, what: str) -> None:
    if key not in index:
        raise VerhuisketenError(f"Er is geen {what} met dit kenmerk. Kijk het na in de levering.")


def _current(engine: Engine, settings: Settings) -> Plan:
    with engine.connect() as connection:
        text = plans.current(connection, policy_from(settings.policy).region)
    if text is None:
        raise NothingYet
    return PLAN.validate_json(text)


def proposals(settings: Settings, coach: str | None) -> pd.DataFrame:
    """Give the proposals that stand, of one coach or of all."""
    with database(settings) as engine, engine.connect() as connection:
        return proposal_store.of_coach(connection, coach)


def verify(settings: Settings, path: Path) -> Judged:
    """Judge a plan on disk against the facts as they were when it was made."""
    try:
        plan = PLAN.validate_json(path.read_bytes())
    except ValidationError as error:
        raise NoPlan from error
    with database(settings) as engine, engine.connect() as connection:
        state = State()
        for facts in log.read(connection, up_to=plan.receipt.position):
            state = project(facts, state)
    policy = policy_from(settings.policy)
    findings = judge(
        plan,
        state,
        rules_on(plan.receipt.on, folder=settings.rules),
        policy,
        options=read_options(path.parent),
        conditions=read_conditions(path.parent),
        network_minutes=walked_again(plan, state, policy, network_of(settings)),
    )
    verdict = (
        f"Afgekeurd: {len(findings)} bevindingen."
        if findings
        else f"Goedgekeurd: {plan.totals.moves} verhuizingen, en de grens van "
        f"{plan.receipt.bound} punten is opnieuw bewezen."
    )
    return Judged(findings, verdict)


def status(settings: Settings, *, rejects: bool) -> Standing:
    """Say how things stand."""
    with database(settings) as engine, engine.connect() as connection:
        nights = runs.latest(connection, limit=5)
        waiting = deliveries.waiting(connection)
        wrong = deliveries.latest_rejects(connection) if rejects else []
        text = plans.current(connection, policy_from(settings.policy).region)
    sentences = [_plan_sentence(text)]
    if nights and nights[0]["status"] == "failed":
        sentences.append(f"De laatste nacht mislukte: {nights[0]['sentence']}")
    if waiting:
        sentences.append(f"{len(waiting)} bestand(en) wachten op een mens.")
    return Standing(tuple(sentences), tuple(nights), tuple(waiting), tuple(wrong))


def _plan_sentence(text: str | None) -> str:
    if text is None:
        return "Er is nog geen plan."
    plan = PLAN.validate_json(text)
    return (
        f"Het plan van {plan.receipt.on} geldt: {plan.totals.moves} verhuizingen in "
        f"{plan.totals.chains} ketens ({plan.receipt.status.value})."
    )
