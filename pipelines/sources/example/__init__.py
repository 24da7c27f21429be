"""A generated region: made-up people in made-up homes, shaped like the figures of the sector.

`docs/region.md` says which figure shapes what, with its source, and what is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from data_contracts.records import DELIVERIES
from data_contracts.rules import rules_on
from pipelines.sources.example import agreements as agreed
from pipelines.sources.example import figures, openings, people, places, seeking, stock, ties
from pipelines.sources.example.writing import as_text, write_table

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from pipelines.sources.example.drawing import Rng

READ_ME = "LEESMIJ.txt"
DEFAULT_DWELLINGS = 10_000


@dataclass(frozen=True, slots=True)
class Region:
    """A region as deliveries: per State table the text to write, under Dutch headers."""

    name: str
    note: str
    tables: dict[str, pd.DataFrame]


def region(
    *,
    dwellings: int | None = None,
    seed: int = 1,
    on: date,
    addresses: Path | None = None,
    municipality: str | None = None,
    buurten: Path | None = None,
    agreements: bool = False,
) -> Region:
    """Generate a region as it is known on a day; the same arguments give the same region.

    `dwellings`: how many homes are let; default 10,000, or one for every address. `addresses`: a
    CSV (also .zst) with postcode;gemeente;woonplaats;lat;lon; homes then stand at postcode
    centroids of `municipality` (default: the largest). `buurten`: CBS outlines (TopoJSON, WGS84)
    for real neighbourhood codes. `agreements` adds groups, mixed complexes and ties between
    seekers, and changes nothing else. Raises NotEnoughAddresses, BadAddresses, BadOutlines, and
    NoRulesFor or UnknownLimit when the rules of that year do not say its rent limits.
    """
    draws = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(11)]
    if addresses is None:
        blocks = places.made_up(dwellings or DEFAULT_DWELLINGS, draws[0])
    else:
        blocks = places.from_addresses(
            addresses, dwellings, rng=draws[0], municipality=municipality, buurten=buurten
        )
    typed = _tables(blocks, on, draws)
    typed = agreed.agree(typed, draws[10]) if agreements else typed
    tables = {name: as_text(typed[name], d.record) for name, d in DELIVERIES.items()}
    town = str(blocks["town"].value_counts().sort_index().idxmax())
    return Region(name=f"Verzonnen regio {town}", note=figures.NOTE, tables=tables)


def _tables(blocks: pd.DataFrame, on: date, draws: list[Rng]) -> dict[str, pd.DataFrame]:
    """Draw the typed tables, one generator per part: places, stock, people, and so on."""
    middles = places.centres(blocks)
    steps = stock.rent_steps(rules_on(on))
    built = stock.buildings(blocks, middles, draws[1])
    listed = stock.complexes(built, draws[1])
    lived = people.settle(stock.dwellings(built, listed, steps, rng=draws[2]), on, draws[3])
    homes = lived.stock
    new_listed, being_built = stock.new_build(
        middles, round(figures.NEWBUILD * len(homes)), steps, rng=draws[4]
    )
    tenants, found = _seekers(lived, blocks, on, draws)
    given = openings.notices(tenants, len(homes), on=on, rng=draws[6])
    services = ties.facilities(blocks, middles, draws[7])
    return {
        "complexes": pd.concat([listed, new_listed], ignore_index=True),
        "dwellings": homes,
        "newbuild": openings.handed_over(being_built, on, draws[4]),
        "households": _everybody(tenants, found, on),
        "tenancies": openings.ended(lived.tenancies, given),
        "wishes": seeking.wishes(found, middles, steps, on=on, rng=draws[8]),
        "ties": ties.ties(found, tenants, services, rng=draws[9]),
        "facilities": services,
        "notices": given,
        "works": openings.works(listed["complex"].to_numpy(), on, draws[6]),
    }


def _seekers(
    lived: people.People, blocks: pd.DataFrame, on: date, draws: list[Rng]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give all tenants with their place and answer, and all seekers (tenants and starters)."""
    homes = lived.stock.set_index("dwelling").loc[lived.households["dwelling"]].reset_index()
    wanted = round(figures.SEEKERS * len(lived.stock))
    new = round(figures.STARTERS * wanted)
    place = homes[["x", "y", "neighbourhood", "district"]]
    tenants = pd.concat([lived.households, place], axis=1)
    answer = seeking.willing(tenants, homes, wanted - new, rng=draws[5])
    tenants = tenants.assign(willingness=answer)
    starting = people.starters(blocks, new, first=len(tenants) + 1, on=on, rng=draws[5])
    moving = tenants[answer != "NEE"]
    everyone = pd.concat([moving, starting.assign(willingness="ZEKER")], ignore_index=True)
    return tenants, seeking.contact(seeking.seekers(everyone, on, draws[5]), draws[5])


def _everybody(tenants: pd.DataFrame, found: pd.DataFrame, on: date) -> pd.DataFrame:
    """Join those who seek and those who do not; of the latter nothing is known but who they are."""
    quiet = tenants[tenants["willingness"] == "NEE"].assign(
        income="ONBEKEND", mobility="LOPEND", access_needed="ZON", features_needed="", consent=False
    )
    everybody = pd.concat([quiet, found], ignore_index=True).sort_values("household", kind="stable")
    return everybody.assign(
        birth_year=on.year - everybody["age"],
        aow=everybody["age"] >= figures.AOW_AGE,
        exception_54a=everybody["exception_54a"].eq(True),
        income_year=everybody["income_year"].astype("Int64"),
    )


def write(made: Region, folder: Path) -> list[Path]:
    """Write the deliveries and a note that all is fictional; gives the paths, the note last."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [write_table(table, name, folder) for name, table in made.tables.items()]
    note = folder / READ_ME
    lines = [made.name, "", made.note, "Deel deze bestanden gerust; ze gaan over niemand.", ""]
    note.write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    return [*paths, note]
