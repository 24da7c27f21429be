"""A region on an address file: at postcode centroids, and nobody at an address."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from data_contracts.places import to_rd
from pipelines.sources.example import Region, region
from pipelines.sources.example.outlines import BadOutlines
from pipelines.sources.example.places import BadAddresses, NotEnoughAddresses

if TYPE_CHECKING:
    from pathlib import Path

ON = date(2026, 11, 22)
ALONE = "1300ZZ"


def street(postcode: str, lat: float, lon: float, count: int) -> list[dict[str, str]]:
    """Give a straight row of addresses; its middle one lies exactly at the centroid."""
    return [
        {
            "straat": "Bedachtlaan",
            "huisnummer": str(number + 1),
            "huisletter": "",
            "huisnummertoevoeging": "",
            "postcode": postcode,
            "woonplaats": "Stad",
            "gemeente": "Stad",
            "provincie": "Nergens",
            "lat": f"{lat + number * 0.0003:.8f}",
            "lon": f"{lon:.8f}",
        }
        for number in range(count)
    ]


def town() -> pd.DataFrame:
    rows = [
        row
        for i in range(8)
        for letter in "ABCDE"
        for row in street(
            f"{1300 + i // 4}{letter}{'ABCD'[i % 4]}",
            52.30 + i * 0.004,
            5.20 + "ABCDE".index(letter) * 0.006,
            15,
        )
    ]
    alone = street(ALONE, 52.31, 5.25, 1)
    elsewhere = [r | {"gemeente": "Dorp"} for r in street("8300AA", 52.7, 5.7, 20)]
    return pd.DataFrame([*rows, *alone, *elsewhere])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("adressen") / "adressen.csv"
    town().to_csv(path, sep=";", index=False)
    return path


@pytest.fixture(scope="module")
def made(file: Path) -> Region:
    return region(seed=1, on=ON, addresses=file)


def addresses() -> np.ndarray:
    table = town()
    x, y = to_rd(table["lat"].astype(float).tolist(), table["lon"].astype(float).tolist())
    return np.column_stack([x, y])


def nearest_address(table: pd.DataFrame) -> np.ndarray:
    place = table[["rd_x", "rd_y"]].astype(int).drop_duplicates().to_numpy()
    gap = place[:, None, :] - addresses()[None, :, :]
    return np.hypot(gap[..., 0], gap[..., 1]).min(axis=1)


def test_every_address_of_the_largest_municipality_gives_a_dwelling(made: Region) -> None:
    assert len(made.tables["dwellings"]) == (town()["gemeente"] == "Stad").sum()
    assert made.name == "Verzonnen regio Stad"


def test_another_municipality_can_be_named(file: Path) -> None:
    village = region(seed=1, on=ON, addresses=file, municipality="Dorp")
    assert set(village.tables["dwellings"]["postcode"]) == {"8300AA"}


def test_no_dwelling_lies_at_an_exact_address(made: Region) -> None:
    assert nearest_address(made.tables["dwellings"]).min() >= 9


def test_a_dwelling_lies_near_the_centroid_of_its_postcode(made: Region) -> None:
    table = town()
    centre = pd.DataFrame(addresses(), columns=["x", "y"]).groupby(table["postcode"]).mean()
    homes = made.tables["dwellings"]
    homes = homes[homes["postcode"] != ALONE]
    middle = centre.loc[homes["postcode"]].to_numpy()
    away = np.hypot(*(homes[["rd_x", "rd_y"]].astype(int).to_numpy() - middle).T)
    assert away.max() < 40


def test_who_has_a_postcode_alone_is_placed_in_a_wider_one(made: Region) -> None:
    homes = made.tables["dwellings"]
    alone = homes.loc[homes["postcode"] == ALONE, ["rd_x", "rd_y"]].astype(int)
    mine = town()["postcode"].eq(ALONE).to_numpy()
    gap = alone.to_numpy()[0] - addresses()[mine][0]
    assert np.hypot(*gap) > 500


def test_a_packed_file_gives_the_same_region(made: Region, file: Path) -> None:
    packed = file.with_name("adressen.csv.zst")
    with pa.output_stream(packed, compression="zstd") as stream:
        stream.write(file.read_bytes())
    again = region(seed=1, on=ON, addresses=packed)
    assert again.tables["dwellings"].equals(made.tables["dwellings"])


def test_fewer_dwellings_than_addresses_draw_whole_postcodes(file: Path) -> None:
    some = region(dwellings=90, seed=1, on=ON, addresses=file).tables["dwellings"]
    sizes = some["postcode"].value_counts()
    assert len(some) == 90
    assert (sizes < 15).sum() <= 2


def test_more_dwellings_than_addresses_is_refused_with_a_sentence(file: Path) -> None:
    with pytest.raises(NotEnoughAddresses, match="Vraag minder woningen"):
        region(dwellings=5_000, seed=1, on=ON, addresses=file)


def test_a_file_without_the_columns_is_refused_with_a_sentence(tmp_path: Path) -> None:
    wrong = tmp_path / "anders.csv"
    wrong.write_text("a;b\n1;2\n", "utf-8")
    with pytest.raises(BadAddresses, match="kolommen"):
        region(seed=1, on=ON, addresses=wrong)


def test_made_up_codes_follow_the_postcode(made: Region) -> None:
    homes = made.tables["dwellings"]
    per_district = homes.assign(pc4=homes["postcode"].str[:4]).groupby("wijkcode")["pc4"].nunique()
    assert (per_district == 1).all()
    assert homes["buurtcode"].str.startswith("BU9999").all()


def test_outlines_give_the_neighbourhood_a_place_lies_in(file: Path, tmp_path: Path) -> None:
    outlines = tmp_path / "buurten.json"
    outlines.write_text(json.dumps(two_squares()), "utf-8")
    homes = region(seed=1, on=ON, addresses=file, buurten=outlines).tables["dwellings"]
    south = homes["postcode"].str[:4] == "1300"
    known = homes["postcode"] != ALONE
    assert set(homes.loc[south & known, "buurtcode"]) == {"BU00010101"}
    assert set(homes.loc[~south, "buurtcode"]) == {"BU00010202"}
    assert set(homes["gemeentecode"]) == {"GM0001"}


def test_a_file_without_outlines_is_refused_with_a_sentence(file: Path, tmp_path: Path) -> None:
    outlines = tmp_path / "buurten.json"
    outlines.write_text("{}", "utf-8")
    with pytest.raises(BadOutlines, match="TopoJSON"):
        region(seed=1, on=ON, addresses=file, buurten=outlines)


def two_squares() -> dict[str, object]:
    """Give two neighbourhoods that share a side (an arc both ways), split between 1300 and 1301."""
    shared = [[5.30, 52.318], [5.10, 52.318]]
    south = [[5.10, 52.318], [5.10, 52.20], [5.30, 52.20], [5.30, 52.318]]
    north = [[5.30, 52.318], [5.30, 52.40], [5.10, 52.40], [5.10, 52.318]]
    shapes = [("BU00010101", [[0, 1]]), ("BU00010202", [[-1, 2]])]
    return {
        "type": "Topology",
        "arcs": [shared, south, north],
        "objects": {
            "buurten": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": arcs, "properties": {"statcode": code}}
                    for code, arcs in shapes
                ],
            }
        },
    }
