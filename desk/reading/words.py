"""What the coach's pages say of codes: states, ties, places, features; lower case, B1 Dutch."""

from __future__ import annotations

from data_contracts.words import (
    FacilityKind,
    Feature,
    Mobility,
    ProposalState,
    TieKind,
)

_P = ProposalState

STATES = {
    _P.OFFERED: "nog te bespreken",
    _P.TAKEN_UP: "in gesprek",
    _P.ACCEPTED: "huishouden zegt ja",
    _P.SIGNED: "getekend",
    _P.MOVED: "verhuisd",
    _P.DECLINED: "geweigerd",
    _P.EXPIRED: "termijn voorbij",
    _P.SUPERSEDED: "vervallen",
}
"""How far a proposal is."""

TIES = {
    TieKind.KIND: "kind",
    TieKind.OUDER: "ouder",
    TieKind.FAMILIE: "familie",
    TieKind.MANTELZORGER: "mantelzorger",
    TieKind.MANTELONTVANGER: "wie mantelzorg krijgt",
    TieKind.VRIEND: "vriend of vriendin",
    TieKind.BUUR: "buur",
    TieKind.VERENIGING: "vereniging",
    TieKind.GELOOF: "kerk, moskee of andere gebedsplaats",
    TieKind.HUISARTS: "eigen huisarts",
    TieKind.DAGBESTEDING: "dagbesteding",
    TieKind.SCHOOL: "school",
    TieKind.WERK: "werk",
}
"""What somebody or some place is to a household."""

FACILITIES = {
    FacilityKind.HUISARTS: "huisarts",
    FacilityKind.APOTHEEK: "apotheek",
    FacilityKind.SUPERMARKT: "supermarkt",
    FacilityKind.HALTE: "halte",
    FacilityKind.ONTMOETINGSRUIMTE: "ontmoetingsruimte",
}
"""Places that should lie at rollator distance."""

FEATURES = {
    Feature.BALKON: "balkon",
    Feature.BERGING: "berging",
    Feature.DOUCHE_DREMPELVRIJ: "douche zonder drempel",
    Feature.HUISDIER: "huisdier mag mee",
    Feature.SCOOTMOBIELPLEK: "plek voor een scootmobiel",
    Feature.SLAAPKAMER_GELIJKVLOERS: "slaapkamer gelijkvloers",
    Feature.TUIN: "tuin",
    Feature.ZORGOPROEP: "zorgoproep",
}
"""What a home has, and a household may need."""

PACES = {
    Mobility.LOPEND: "lopend",
    Mobility.STOK: "met stok",
    Mobility.ROLLATOR: "met rollator",
    Mobility.ROLSTOEL: "met rolstoel",
}
"""At whose pace minutes are counted."""


def features_in_words(joined: str | None) -> tuple[str, ...]:
    """Name the features of a joined list of codes (`TUIN|BALKON`), in the order of the words."""
    codes = set((joined or "").split("|"))
    return tuple(words for feature, words in FEATURES.items() if feature in codes)
