"""Where homes stand: a made-up town, or the postcodes of an address file that somebody names.

Both give blocks: a place in RD metres, how many homes, and the codes of its neighbourhood. With an
address file every block is a postcode (PC6) at its centroid; nothing finer is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data_contracts.places import to_rd
from data_contracts.words import VerhuisketenError
from pipelines.sources.example.drawing import Column, Rng, divide
from pipelines.sources.example.figures import MUNICIPALITY, TOWN
from pipelines.sources.example.outlines import neighbourhoods

if TYPE_CHECKING:
    from pathlib import Path

BLOCK_COLUMNS = ["x", "y", "homes", "compact", "postcode", "town", "neighbourhood", "district"]
_MIDDLE = (146_000, 508_000)  # open water (Markermeer): nobody lives there
_SPACING = 650.0  # metres between neighbourhoods
_HOMES_A_NEIGHBOURHOOD, _HOMES_A_BLOCK, _NEIGHBOURHOODS_A_DISTRICT = 450, 18, 7
_GOLDEN = np.pi * (3 - np.sqrt(5))
_WIDER = (5, 4)  # signs of a postcode: PC5, PC4
_FEW = 3  # a postcode with fewer addresses is placed at the centroid of a larger area
_APART = 10.0  # metres a block stays from every address
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class NotEnoughAddresses(VerhuisketenError):
    """Het adressenbestand heeft te weinig adressen voor zoveel woningen."""


class BadAddresses(VerhuisketenError):
    """Het adressenbestand is niet te lezen."""


def made_up(dwellings: int, rng: Rng) -> pd.DataFrame:
    """Lay out a town that does not exist: neighbourhoods on a spiral, blocks around each."""
    count = max(3, round(dwellings / _HOMES_A_NEIGHBOURHOOD))
    middles = _spiral(count, _SPACING) + rng.normal(0, 70, (count, 2))
    hearts = _spiral(-(-count // _NEIGHBOURHOODS_A_DISTRICT), _SPACING * 2.6)
    district = cKDTree(hearts).query(middles)[1]
    blocks = max(1, min(dwellings, -(-dwellings // _HOMES_A_BLOCK)))
    where = np.sort(rng.integers(0, count, blocks))
    radius = 330 * np.sqrt(rng.random(blocks))
    angle = rng.random(blocks) * 2 * np.pi
    place = middles[where] + np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    out = np.hypot(place[:, 0], place[:, 1])
    table = pd.DataFrame(
        {
            "x": np.rint(_MIDDLE[0] + place[:, 0]).astype(int),
            "y": np.rint(_MIDDLE[1] + place[:, 1]).astype(int),
            "homes": divide(rng, dwellings, blocks),
            "compact": rng.random(blocks) + 0.4 * out / (out.max() + 1),
            "postcode": None,
            "town": TOWN,
        }
    )
    return _coded(table, district[where], where)


def _spiral(count: int, spacing: float) -> Column:
    number = np.arange(count)
    radius = spacing / np.sqrt(np.pi) * np.sqrt(number + 0.5)
    turn = number * _GOLDEN
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])


def _coded(table: pd.DataFrame, district: Column, neighbourhood: Column) -> pd.DataFrame:
    """Give nested codes of a municipality that does not exist: WK9999 + 2, BU9999 + 2 + 2."""
    outer = pd.factorize(pd.Series(district), sort=True)[0]
    pairs = pd.DataFrame({"outer": outer, "inner": pd.Series(neighbourhood)})
    inner = pairs.groupby("outer")["inner"].transform(lambda s: pd.factorize(s, sort=True)[0])
    two = np.array([a + b for a in _DIGITS for b in _DIGITS], dtype=object)
    wijk = two[outer]
    number = MUNICIPALITY[2:]
    return table.assign(
        district="WK" + number + pd.Series(wijk, dtype=object),
        neighbourhood="BU" + number + pd.Series(wijk + two[inner.to_numpy(int)], dtype=object),
    )[BLOCK_COLUMNS]


def from_addresses(
    path: Path,
    dwellings: int | None,
    *,
    rng: Rng,
    municipality: str | None = None,
    buurten: Path | None = None,
) -> pd.DataFrame:
    """Take the postcodes of one municipality (default: the largest) as blocks.

    `path`: CSV, or CSV packed with zstd, `;` between, with postcode;gemeente;woonplaats;lat;lon.
    `buurten`: CBS outlines for real neighbourhood codes; without them codes are made up from PC4
    and PC5. With fewer dwellings than addresses whole postcodes are drawn. Raises
    NotEnoughAddresses, BadAddresses and BadOutlines.
    """
    found = _read(path)
    name = municipality or str(found["gemeente"].value_counts().sort_index().idxmax())
    found = found[(found["gemeente"] == name) & (found["postcode"].str.len() == 6)]  # noqa: PLR2004 - PC6
    wanted = len(found) if dwellings is None else dwellings
    if len(found) < wanted or found.empty:
        raise NotEnoughAddresses(
            f"In het adressenbestand staan {len(found)} adressen in {name}; er zijn er {wanted}"
            " nodig. Vraag minder woningen, of noem een ander bestand."
        )
    x, y = to_rd(found["lat"].astype(float).tolist(), found["lon"].astype(float).tolist())
    found = found.assign(x=x, y=y)
    blocks = _postcodes(found)
    if buurten is not None:
        blocks = _recoded(blocks, neighbourhoods(buurten, blocks[["x", "y"]].to_numpy()))
    return _drawn(blocks, wanted, rng)


def _recoded(blocks: pd.DataFrame, codes: Column) -> pd.DataFrame:
    inside = pd.Series(codes, index=blocks.index)
    return blocks.assign(neighbourhood=inside, district="WK" + inside.str[2:8])


def _read(path: Path) -> pd.DataFrame:
    import pyarrow as pa  # noqa: PLC0415 - slow to import, and only needed with an address file
    from pyarrow import csv  # noqa: PLC0415 - idem

    wanted = ["postcode", "woonplaats", "gemeente", "lat", "lon"]
    try:
        with pa.input_stream(path, compression="zstd" if path.suffix == ".zst" else None) as stream:
            table = csv.read_csv(
                stream,
                parse_options=csv.ParseOptions(delimiter=";"),
                convert_options=csv.ConvertOptions(
                    include_columns=wanted, column_types=dict.fromkeys(wanted, pa.string())
                ),
            )
    except (OSError, pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise BadAddresses(
            "Het adressenbestand is niet te lezen. Verwacht: CSV (ook .zst) met puntkomma's en de"
            f" kolommen {', '.join(wanted)}."
        ) from error
    return table.to_pandas()


def _postcodes(found: pd.DataFrame) -> pd.DataFrame:
    """Fold addresses to postcodes: place, number, and how closely they stand (small: flats)."""
    groups = found.groupby("postcode", sort=True)
    spread = groups[["x", "y"]].std().fillna(0.0).to_numpy()
    table = pd.DataFrame({"homes": groups.size(), "town": groups["woonplaats"].first()})
    table["compact"] = np.hypot(spread[:, 0], spread[:, 1]) / np.sqrt(table["homes"])
    place = _away_from(_centroids(found).to_numpy(), found[["x", "y"]].to_numpy())
    table[["x", "y"]] = np.rint(place).astype(int)
    table = table.reset_index()
    return _coded(table, table["postcode"].str[:4].to_numpy(), table["postcode"].str[:5].to_numpy())


def _centroids(found: pd.DataFrame) -> pd.DataFrame:
    """Give every PC6 its centroid; one of a single address or two takes that of its PC5 or PC4."""
    groups = found.groupby("postcode", sort=True)
    place, size = groups[["x", "y"]].mean(), groups.size()
    for length in _WIDER:
        wide = found.groupby(found["postcode"].str[:length])
        mine = place.index.str[:length]
        few = size < _FEW
        place = place.mask(few, wide[["x", "y"]].mean().loc[mine].set_axis(place.index))
        size = size.mask(few, wide.size().loc[mine].set_axis(place.index))
    return place


def _away_from(place: Column, addresses: Column) -> Column:
    """Shift what happens to lie at an address by the smallest step that leaves every address."""
    tree = cKDTree(addresses)
    steps = [
        (radius * np.cos(turn), radius * np.sin(turn))
        for radius in (12, 18, 25, 35, 50, 75, 110)
        for turn in np.arange(8) * np.pi / 4
    ]
    moved = place.copy()
    for step in steps:
        close = tree.query(np.rint(moved))[0] < _APART
        if not close.any():
            break
        moved[close] = place[close] + step
    return moved


def _drawn(table: pd.DataFrame, wanted: int, rng: Rng) -> pd.DataFrame:
    """Draw whole postcodes until there are enough homes; the last one gives only what is needed."""
    order = rng.permutation(len(table)) if wanted < table["homes"].sum() else np.arange(len(table))
    homes = table["homes"].to_numpy()[order]
    given = np.clip(wanted - (homes.cumsum() - homes), 0, homes)
    chosen = table.iloc[order].assign(homes=given)
    return chosen[chosen["homes"] > 0].sort_index().reset_index(drop=True)


def centres(blocks: pd.DataFrame) -> pd.DataFrame:
    """Give the heart of every neighbourhood: x, y, homes, town and codes, busiest first."""
    weighed = blocks.assign(wx=blocks["x"] * blocks["homes"], wy=blocks["y"] * blocks["homes"])
    groups = weighed.groupby(["district", "neighbourhood"])
    sums = groups[["wx", "wy", "homes"]].sum().assign(town=groups["town"].first()).reset_index()
    middle = sums.assign(x=sums["wx"] / sums["homes"], y=sums["wy"] / sums["homes"])
    near = cKDTree(blocks[["x", "y"]].to_numpy()).query_ball_point(
        middle[["x", "y"]].to_numpy(), 800
    )
    around = [int(blocks["homes"].to_numpy()[rows].sum()) for rows in near]
    ordered = middle.assign(around=around).sort_values(
        ["around", "neighbourhood"], ascending=[False, True], kind="stable"
    )
    return ordered[["x", "y", "homes", "town", "district", "neighbourhood"]].reset_index(drop=True)
