"""The words of the API: Dutch names for what a proposal passes through, and what one may do."""

from __future__ import annotations

from enum import StrEnum

from data_contracts.words import ProposalState

_P = ProposalState


class Stand(StrEnum):
    """How far a proposal is."""

    AANGEBODEN = "aangeboden"
    OPGENOMEN = "opgenomen"
    AANGENOMEN = "aangenomen"
    GETEKEND = "getekend"
    VERHUISD = "verhuisd"
    GEWEIGERD = "geweigerd"
    VERLOPEN = "verlopen"
    VERVALLEN = "vervallen"


class Stap(StrEnum):
    """What one may do with a proposal.

    `voorleggen` says that it was put to the household, `terugnemen` takes the last step back.
    """

    OPNEMEN = "opnemen"
    VOORLEGGEN = "voorleggen"
    AANNEMEN = "aannemen"
    WEIGEREN = "weigeren"
    TEKENEN = "tekenen"
    VERHUIZEN = "verhuizen"
    TERUGNEMEN = "terugnemen"


STAND = {
    _P.OFFERED: Stand.AANGEBODEN,
    _P.TAKEN_UP: Stand.OPGENOMEN,
    _P.ACCEPTED: Stand.AANGENOMEN,
    _P.SIGNED: Stand.GETEKEND,
    _P.MOVED: Stand.VERHUISD,
    _P.DECLINED: Stand.GEWEIGERD,
    _P.EXPIRED: Stand.VERLOPEN,
    _P.SUPERSEDED: Stand.VERVALLEN,
}
STATE = {stand: state for state, stand in STAND.items()}
STEP_TO = {
    Stap.OPNEMEN: _P.TAKEN_UP,
    Stap.AANNEMEN: _P.ACCEPTED,
    Stap.WEIGEREN: _P.DECLINED,
    Stap.TEKENEN: _P.SIGNED,
    Stap.VERHUIZEN: _P.MOVED,
}
"""The state a step leads to; taking back leads to what came before, putting it to them to none."""
STEP = {state: step for step, state in STEP_TO.items()}
