"""What figures are told apart by, in Dutch: the names of dimensions, and of what stands in them."""

from __future__ import annotations

from data_contracts.phrases import ACCESS
from data_contracts.words import Access

DIMENSIONS = {
    "access": "toegankelijkheid",
    "age": "leeftijd",
    "cause": "oorzaak",
    "channel": "hoe toegewezen",
    "cost": "soort kosten",
    "end": "wie aan het eind",
    "facility": "voorziening",
    "home": "soort woning",
    "kind": "wie verhuist",
    "municipality": "gemeente",
    "neighbourhood": "buurt",
    "rent": "huurklasse",
    "resident": "bandbreedte",
    "rooms": "kamers",
    "year": "kalenderjaar",
}
VALUES = {
    "match": "door de motor",
    "portal": "via het portaal",
    "starter": "starter",
    "outside": "van buiten",
    "tenant": "huurder",
}
SHOUTED = ("facility", "resident")
"""Dimensions whose values are words in capitals."""


def dimension_in_words(dimension: str) -> str:
    """Say what figures are told apart by; nothing for the whole."""
    return DIMENSIONS.get(dimension, dimension)


def value_in_words(dimension: str, value: str) -> str:
    """Say one of the things that figures are told apart by."""
    if dimension == "rooms":
        return "onbekend" if value == "0" else f"{value} {'kamer' if value == '1' else 'kamers'}"
    if dimension == "access":
        return ACCESS[Access(value)] if value in set(Access) else value
    if dimension in SHOUTED:
        return value.replace("_", " ").lower()
    return VALUES.get(value, value)
