"""The corporation's own choices: weights, distances, longest chain, schemes. Never the law.

Read from YAML; `default_policy.yaml` beside this file documents every choice in Dutch. What a
corporation leaves out keeps the default.
"""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from data_contracts.words import Access, Mobility, VerhuisketenError

DEFAULT = Path(__file__).with_name("default_policy.yaml")


class BadPolicy(VerhuisketenError):
    """Het beleidsbestand klopt niet."""


class Choice(BaseModel):
    """A part of the policy: unknown names are refused, so that a typing error is never silent."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Points = Annotated[int, Field(ge=0, le=1_000)]
Percent = Annotated[int, Field(ge=0, le=100)]


class Weights(Choice):
    """Whole points per preference; the sum over a move is its gain."""

    tie_minute: Points
    facility_near: Points
    unsuitable_to_suitable: Points
    family_home_freed: Points
    euro_rent_saved: Points
    euro_rent_risen: Points
    own_neighbourhood: Points
    year_waiting: Points
    priority: dict[str, Points]
    stay_behind_minute: Points
    outdoor: Points
    sort_criterion: Points
    ask_penalty: Points


class Occupancy(Choice):
    """Rooms that suit a household of `persons` (and more, for the last row): from, to."""

    persons: Annotated[int, Field(ge=1)]
    min_rooms: Annotated[int, Field(ge=1)]
    max_rooms: Annotated[int, Field(ge=1)]


class Scheme(Choice):
    """A local arrangement for people who move on (doorstroomregeling), as data.

    Applies to a household that meets every `leaves_*` and age condition and enters a home that
    meets every `enters_*` condition. `rent_retention` lets the old net rent move along. `grant`
    (eurocents) and `max_per_year` are for coach and planner to read: the matching counts neither.
    """

    name: str
    source: str
    min_age: int | None = None
    leaves_min_rooms: int | None = None
    leaves_min_floor: int | None = None
    enters_max_rooms: int | None = None
    enters_access: Access | None = None
    rent_retention: bool = False
    grant: Annotated[int, Field(ge=0)] = 0
    points: Points = 0
    max_per_year: int | None = None
    until: date | None = None


class Policy(Choice):
    """What a corporation or region decides for itself. Distances in metres, money in cents."""

    region: str
    pool: str = Field(pattern="^(own|region)$")
    longest_chain: Annotated[int, Field(ge=1, le=8)]
    longest_ring: Annotated[int, Field(ge=0, le=5)]
    acceptance_percent: Annotated[int, Field(ge=1, le=100)]
    horizon_days: Annotated[int, Field(ge=0, le=1_000)]
    proposal_days: Annotated[int, Field(ge=1, le=365)]
    wish_fresh_days: Annotated[int, Field(ge=1, le=3_650)]
    consent_fresh_days: Annotated[int, Field(ge=1, le=3_650)]
    search_radius: Annotated[int, Field(ge=100, le=50_000)]
    rollator_distance: Annotated[int, Field(ge=50, le=5_000)]
    farthest_walk: Annotated[int, Field(ge=5, le=240)]
    detour_percent: Annotated[int, Field(ge=100, le=300)]
    metres_per_minute: dict[Mobility, Annotated[int, Field(ge=10, le=150)]]
    highest_floor_without_lift: dict[Mobility, int]
    occupancy: tuple[Occupancy, ...]
    family_home_min_rooms: int
    older_from_age: int
    options_per_household: Annotated[int, Field(ge=1, le=500)]
    coach_proposals_per_week: Annotated[int, Field(ge=1, le=500)]
    coach_minutes_per_proposal: Annotated[int, Field(ge=1, le=10_000)]
    coach_hours_per_week: Annotated[int, Field(ge=0, le=168)] | None
    region_hours_per_week: Annotated[int, Field(ge=0, le=100_000)] | None
    change_cost: Points
    most_open: Annotated[int, Field(ge=1, le=100)] | None
    passed_over_nights: Annotated[int, Field(ge=0, le=1_000)]
    year_norms: bool
    daeb_agreement: bool
    fair_pool: bool
    propose_asks: bool
    toetshuur: str | None = Field(default=None, pattern="^(streefhuur|werkelijke_huur)$")
    weights: Weights
    schemes: tuple[Scheme, ...] = ()

    @property
    def hash(self) -> str:
        """The sha256 of everything in this policy, first 16 characters."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    nested = {k: _merged(base[k], v) for k, v in over.items() if _both_maps(base.get(k), v)}
    return base | over | nested


def _both_maps(one: object, other: object) -> bool:
    return isinstance(one, dict) and isinstance(other, dict)


@cache
def _default() -> dict[str, Any]:
    """Read our own page once; `_merged` makes new maps, so nobody writes in it."""
    read: dict[str, Any] = yaml.safe_load(DEFAULT.read_text("utf-8"))
    return read


def policy_from(path: Path | None = None, **choices: Any) -> Policy:  # noqa: ANN401 - any field
    """Read a policy: the default, a corporation's YAML over it, and named choices over that.

    Raises BadPolicy with one sentence per mistake.
    """
    try:
        read = _default()
        if path is not None:
            read = _merged(read, yaml.safe_load(path.read_text("utf-8")) or {})
        return Policy.model_validate(_merged(read, choices))
    except (OSError, yaml.YAMLError) as error:
        raise BadPolicy(
            f"Het beleidsbestand {path} is niet te lezen: {type(error).__name__}."
        ) from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise BadPolicy(f"Het beleidsbestand klopt niet. {wrong}.") from error
