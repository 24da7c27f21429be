"""One row model per delivery: what a corporation gives us, and what a fact carries.

The Dutch alias is the column name in a delivery. A field marked `Apart` (name, telephone, street,
house number) never enters a fact, the State or the matching: it is kept apart in the store.
Sources of the choice of fields: VERA 4.3.0 (`docs/mapping.md` names entity and field for each).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.homes import Complex, Dwelling, Facility, NewBuild, Notice, Works
from data_contracts.people import Household, Tenancy, Tie, Wish

if TYPE_CHECKING:
    from data_contracts.record import Record

__all__ = [
    "DELIVERIES",
    "Complex",
    "Delivery",
    "Dwelling",
    "Facility",
    "Household",
    "NewBuild",
    "Notice",
    "Tenancy",
    "Tie",
    "Wish",
    "Works",
]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One kind of delivery: its file name, its row, the State table it feeds and its key."""

    name: str
    table: str
    record: type[Record]
    key: str


DELIVERIES: dict[str, Delivery] = {
    d.table: d
    for d in (
        Delivery("complexen", "complexes", Complex, "complex"),
        Delivery("woningen", "dwellings", Dwelling, "dwelling"),
        Delivery("nieuwbouw", "newbuild", NewBuild, "dwelling"),
        Delivery("huishoudens", "households", Household, "household"),
        Delivery("huurovereenkomsten", "tenancies", Tenancy, "tenancy"),
        Delivery("woonwensen", "wishes", Wish, "household"),
        Delivery("banden", "ties", Tie, "tie"),
        Delivery("voorzieningen", "facilities", Facility, "facility"),
        Delivery("huuropzeggingen", "notices", Notice, "notice"),
        Delivery("werkzaamheden", "works", Works, "works"),
    )
}
"""By State table, in the order in which a night reads them."""
