"""What a coach may do with a proposal now: the open steps, the marks, the visits, and what follows.

Read for the page; nothing here decides. Ids of others' households stay out of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from data_contracts.phrases import DECLINES
from data_contracts.words import DeclineReason, HoldReason, ProposalState
from desk.once import fresh
from desk.problems import NotFound
from desk.reading.words import STATES
from desk.viewer import Role
from store import decisions, reading, tenants, undo, whole_chains
from store.tables import STANDING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from desk.viewer import Viewer
    from store.database import Connection, Engine
    from store.whole_chains import Touching

_P, _D = ProposalState, DeclineReason

STEPS = {
    _P.TAKEN_UP: "Ik bespreek dit voorstel",
    _P.ACCEPTED: "Het huishouden zegt ja",
    _P.SIGNED: "Het huurcontract is getekend",
    _P.MOVED: "Het huishouden is verhuisd",
}
"""What the button of a step says."""
HOLDS = {
    HoldReason.DENKT_NA: "Het huishouden denkt erover na",
    HoldReason.FAMILIE: "Het huishouden overlegt met familie",
    HoldReason.BEZICHTIGING: "Het huishouden wil de woning eerst zien",
    HoldReason.WACHT_OP_ANDER: "Een ander moet eerst antwoorden",
    HoldReason.AFWEZIG: "Het huishouden is er even niet",
}
"""Why a proposal rests."""
_GROUPS = {
    "Het huishouden zelf": (
        *(_D.PER_WACHT, _D.PER_VERHUISLAST, _D.PER_FAMILIE, _D.WOB_NETWERK, _D.PER_ZORG),
        *(_D.PER_HUISDIER, _D.PER, _D.GEE),
    ),
    "De woning en de buurt": (_D.WBN, _D.WKN, _D.BUI, _D.PAO, _D.WOB),
    "Geld en regels": (_D.HUU, _D.PER_DUBBELE_HUUR, _D.GER, _D.ANV),
    "Anders": (_D.PER_OVERIG,),
}
REASONS = tuple(
    (group, tuple((str(reason), DECLINES[reason]) for reason in some))
    for group, some in _GROUPS.items()
)
"""The reasons to decline, in groups: what coaches hear most comes first."""
LENGTHS = (30, 45, 60, 90)
"""Minutes that a visit may take."""
AGAIN = 4
"""Seconds between two looks at whether the plan has a new tail."""
MARKABLE = (_P.TAKEN_UP,)
VISITABLE = (_P.OFFERED, _P.TAKEN_UP, _P.ACCEPTED, _P.SIGNED)


@dataclass(frozen=True, slots=True)
class Step:
    """A step that may come next: its code, what the button says, and why it must wait ("")."""

    code: str
    label: str
    waits: str
    others: int


@dataclass(frozen=True, slots=True)
class Appointment:
    """A visit that is planned."""

    id: str
    moment: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Panel:
    """All that a coach may do with a proposal; `position` and `token` travel with every form.

    `no_undo` says why the last step cannot be taken back ("" when it can). `searching`: its chain
    broke, and the plan has not looked at that yet.
    """

    proposal: str
    household: str
    dwelling: str
    position: int
    token: str
    today: date
    state: ProposalState
    steps: tuple[Step, ...]
    no_decline: str | None
    presented: date | None
    held_until: date | None
    held_words: str
    no_undo: str
    visits: tuple[Appointment, ...]
    searching: bool

    @property
    def state_words(self) -> str:
        """Say how far it is."""
        return STATES[self.state]

    @property
    def markable(self) -> bool:
        """Whether it can be put to the household, and rest."""
        return self.state in MARKABLE

    @property
    def visitable(self) -> bool:
        """Whether a visit can be planned."""
        return self.state in VISITABLE

    @property
    def fell(self) -> bool:
        """Whether it is over without a move."""
        return self.state.value not in STANDING and self.state is not _P.MOVED

    @property
    def latest_hold(self) -> date:
        """The last day until which it may rest."""
        return self.today + timedelta(days=decisions.MOST_DAYS)


def mine(engine: Engine, viewer: Viewer, proposal: str) -> dict[str, Any]:
    """Give the row of a proposal whose household this viewer is the coach of now.

    Raises NotFound for one that is unknown, of another corporation or of another coach alike.
    """
    with tenants.reading(engine, viewer.corporation) as connection:
        row = reading.found(connection, proposal)
    if row is None:
        raise NotFound
    with engine.connect() as connection:
        if not coaches(connection, viewer, row["household"], otherwise=row["coach"]):
            raise NotFound
    return row


def coaches(
    connection: Connection, viewer: Viewer, household: str, *, otherwise: str | None = None
) -> bool:
    """Whether this viewer is the coach of a household, as the log says last.

    `otherwise`: who was, of a household that is known no more.
    """
    if Role.COACH not in viewer.roles or viewer.coach is None:
        return False
    said = reading.latest(connection, "households", [household]).get(household)
    if said is None:
        return otherwise == viewer.coach
    return (said.get("coach"), said.get("corporation")) == (viewer.coach, viewer.corporation)


def panel(engine: Engine, viewer: Viewer, proposal: str, *, on: date) -> Panel:
    """Read what this viewer may do with a proposal of hers today. Raises NotFound."""
    row = mine(engine, viewer, proposal)
    with tenants.reading(engine, viewer.corporation) as connection:
        touching = whole_chains.touching(connection, row, on=on)
        visits = decisions.visits_of(connection, [proposal])
    with engine.connect() as connection:
        return panel_of(connection, row, touching, visits, on=on)


def panel_of(
    connection: Connection,
    row: Mapping[str, Any],
    touching: Touching,
    visits: Sequence[Mapping[str, Any]],
    *,
    on: date,
) -> Panel:
    """Say what may be done with a proposal: its row, all it hangs together with and its visits."""
    steps = {step.state: step for step in touching.steps if step.proposal == row["id"]}
    declines = steps.get(_P.DECLINED)
    held = row["held_because"]
    return Panel(
        proposal=row["id"],
        household=row["household"],
        dwelling=row["dwelling"],
        position=row["position"],
        token=fresh(),
        today=on,
        state=_P(row["state"]),
        steps=tuple(
            Step(str(state), label, steps[state].sentence, len(steps[state].together) - 1)
            for state, label in STEPS.items()
            if state in steps
        ),
        no_decline=None if declines is None else declines.sentence,
        presented=row["presented"],
        held_until=row["held_until"],
        held_words="" if held is None else HOLDS[HoldReason(held)],
        no_undo=undo.hindrance(connection, row, on=on) or "",
        visits=tuple(Appointment(v["id"], v["moment"], v["minutes"]) for v in visits),
        searching=not decisions.looked_at(connection, row["region"], row["position"]),
    )


def decide_given(panel: Panel | None) -> dict[str, Any]:
    """Give all that `parts/decide.html` is given, with nothing filled in and nothing wrong.

    None for who may look and not decide.
    """
    return {
        "decide": panel,
        "reasons": REASONS,
        "holds": tuple((str(reason), said) for reason, said in HOLDS.items()),
        "lengths": tuple((str(length), f"{length} minuten") for length in LENGTHS),
        "again": AGAIN,
        "wrong": (),
        "given": {},
        "late": "",
    }


@dataclass(frozen=True, slots=True)
class Next:
    """A proposal that came after: in words, and its id where it is this viewer's own."""

    words: str
    proposal: str | None


@dataclass(frozen=True, slots=True)
class Sequel:
    """What became of a chain after somebody in it fell out.

    `front`: the link before, which stands; `tail`: who gets the home now; `other`: what this
    household is proposed now.
    """

    searching: bool
    front: Next | None
    tail: Next | None
    other: Next | None


def sequel(engine: Engine, viewer: Viewer, proposal: str) -> Sequel:
    """Read what became of the chain of a proposal of this viewer. Raises NotFound."""
    row = mine(engine, viewer, proposal)
    with engine.connect() as connection:
        searching = not decisions.looked_at(connection, row["region"], row["position"])
        around = decisions.standing_around(connection, row)
    told = {side: _next(viewer, found) for side, found in around.items()}
    return Sequel(searching, told.get("front"), told.get("tail"), told.get("other"))


def _next(viewer: Viewer, row: Mapping[str, Any]) -> Next:
    """Say whose proposal it is, no more than this viewer may know."""
    if row["corporation"] != viewer.corporation:
        return Next("een huishouden van een andere corporatie", None)
    if row["coach"] != viewer.coach:
        return Next("een huishouden van een andere verhuiscoach", None)
    return Next(f"huishouden {row['household']}", row["id"])
