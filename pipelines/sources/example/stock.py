"""The stock: buildings on blocks, complexes of buildings, dwellings with their rents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from data_contracts.words import Access, CriterionUse, DwellingKind, Feature, VerhuisketenError
from pipelines.sources.example import figures as f
from pipelines.sources.example.drawing import (
    Column,
    Rng,
    chance,
    choose,
    group_of,
    identifiers,
    pick,
    pick_by,
)

if TYPE_CHECKING:
    from data_contracts.rules import Rules


class UnknownLimit(VerhuisketenError):
    """Een huurgrens van dit jaar is niet bekend."""


@dataclass(frozen=True, slots=True)
class RentSteps:
    """The rent limits of the year in eurocents a month."""

    quality: int
    low: int
    high: int
    daeb: int


def rent_steps(rules: Rules) -> RentSteps:
    """Read the rent limits from the rules of the year; without one of them nothing is drawn."""
    return RentSteps(
        quality=_limit(rules, "huurtoeslag", "kwaliteitskortingsgrens"),
        low=_limit(rules, "passend_toewijzen", "aftoppingsgrens_laag"),
        high=_limit(rules, "passend_toewijzen", "aftoppingsgrens_hoog"),
        daeb=_limit(rules, "daeb", "huurgrens"),
    )


def _limit(rules: Rules, section: str, name: str) -> int:
    value = rules.value(section, name)
    if value is None:
        raise UnknownLimit(
            f"De {name} van {rules.year} is niet bekend. Kies een dag in een ander jaar, of vul de"
            " regels van het jaar aan."
        )
    return value


def buildings(blocks: pd.DataFrame, middles: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Put one kind of building on every block: flats where homes stand close, houses elsewhere."""
    roomy = blocks.sort_values("compact", ascending=False, kind="stable")
    houses = (roomy["homes"].cumsum() <= f.HOUSES * roomy["homes"].sum()).reindex(blocks.index)
    kind = np.where(houses, f.HOUSE, pick(rng, f.FLATS, len(blocks)))
    crowded = blocks["homes"].to_numpy() >= f.SENIOR_MIN_UNITS
    kind = np.where((kind == f.SENIOR) & ~crowded, f.WALK_UP, kind)
    corporation = pick(rng, f.CORPORATIONS, len(blocks))
    built = blocks.assign(
        kind=_seniors_in_the_middle(kind, blocks, middles), corporation=corporation
    )
    return built.assign(complex=_complexes(built))


def _seniors_in_the_middle(kind: Column, blocks: pd.DataFrame, middles: pd.DataFrame) -> Column:
    """Trade places within the flats, so that homes for older people stand near a centre."""
    swap = np.flatnonzero((kind != f.HOUSE) & (blocks["homes"].to_numpy() >= f.SENIOR_MIN_UNITS))
    hearts = middles.iloc[: max(1, len(middles) // 3)][["x", "y"]].to_numpy()
    far = cKDTree(hearts).query(blocks[["x", "y"]].to_numpy()[swap])[0]
    nearest_first = swap[np.argsort(far, kind="stable")]
    seniors_first = np.concatenate(
        [kind[swap][kind[swap] == f.SENIOR], kind[swap][kind[swap] != f.SENIOR]]
    )
    traded = kind.copy()
    # every other block only, so that the centre is not all old
    half = np.concatenate([nearest_first[::2], nearest_first[1::2]])
    traded[half] = seniors_first
    return traded


def _complexes(built: pd.DataFrame) -> Column:
    """Number complexes: buildings of one kind, corporation and district, up to a size."""
    keys = ["district", "kind", "corporation"]
    ordered = built.sort_values([*keys, "neighbourhood"], kind="stable")
    within = ordered.groupby(keys, sort=False)["homes"].cumsum() - ordered["homes"]
    size = np.where(ordered["kind"] == f.SENIOR, 1, f.COMPLEX_UNITS)
    part = (within.to_numpy() // size).astype(str)
    label = ordered["district"].str.cat(
        [ordered["kind"].astype(str), ordered["corporation"], pd.Series(part, index=ordered.index)],
        "/",
    )
    number = pd.Series(pd.factorize(label)[0], index=ordered.index).reindex(built.index).to_numpy()
    return np.asarray(identifiers("C", int(number.max()) + 1)[number])


def complexes(built: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """List the complexes with their form, size, meeting room and least age."""
    table = built.groupby("complex", sort=True).agg(
        corporation=("corporation", "first"), units=("homes", "sum"), kind=("kind", "first")
    )
    senior = (table["kind"] == f.SENIOR).to_numpy()
    form = pick(rng, f.SENIOR_FORMS, len(table))
    form[~senior] = None
    meets = (form == "GEC") | ((form == "SEN") & chance(rng, 0.7, len(table)))
    age = pd.Series(form).map(f.SENIOR_AGE).astype("Int64").to_numpy()
    table = table.assign(form=form, meeting_room=meets, min_age=age).drop(columns="kind")
    return table.reset_index()


def dwellings(
    built: pd.DataFrame, of_complex: pd.DataFrame, steps: RentSteps, *, rng: Rng
) -> pd.DataFrame:
    """Fill the buildings with dwellings; keeps `building` (its kind) beside a delivery's fields."""
    rows = built.loc[np.repeat(built.index, built["homes"])]
    count = len(rows)
    table = rows.rename(columns={"kind": "building"}).reset_index(names="block")
    table = table.drop(columns=["compact"]).merge(
        of_complex[["complex", "form", "min_age"]], on="complex", how="left", validate="m:1"
    )
    number = table.groupby("block").cumcount().to_numpy()
    building = table["building"].to_numpy()
    floor, lift = _floors(building, number, table["homes"].to_numpy())
    level = np.where((floor > 0) & ~lift, len(f.ACCESS) - 1, building)
    rooms = pick_by(rng, building, f.ROOMS)
    area = f.AREA_BASE + f.AREA_PER_ROOM * rooms + np.rint(rng.normal(0, f.AREA_SPREAD, count))
    table = table.assign(
        dwelling=identifiers("W", count),
        municipality="GM" + table["neighbourhood"].str[2:6],
        kind=_kinds(building, number, table["homes"].to_numpy(), floor, rng),
        rooms=rooms,
        area=np.clip(area, 24, 160).astype(int),
        floor=floor,
        lift=lift,
        access=pick_by(rng, level, f.ACCESS),
        energy=_of_block(table["block"], pick(rng, f.ENERGY, len(built))),
        age_use=np.where(table["form"] == "LEV", CriterionUse.SOR, CriterionUse.SEL),
        status="VEH",
        available=pd.NaT,
    ).drop(columns="homes")
    return _labelled(_rented(_featured(table, rng), steps, rng), rng)


def _of_block(block: pd.Series, values: Column) -> Column:
    """Give every dwelling what its building has: a row of houses shares its energy label."""
    return np.asarray(values[pd.factorize(block)[0]])


def _floors(building: Column, number: Column, homes: Column) -> tuple[Column, Column]:
    storeys = np.select(
        [building == f.WALK_UP, building == f.GALLERY, building == f.DUPLEX, building == f.SENIOR],
        [
            np.full(len(homes), 4),
            np.clip(homes // 5, 4, 11),
            np.full(len(homes), 2),
            np.clip(homes // 8, 2, 6),
        ],
        1,
    )
    lift = (building == f.SENIOR) | ((building == f.GALLERY) & (storeys > 4))  # noqa: PLR2004 - usual
    return number % storeys, lift


def _kinds(building: Column, number: Column, homes: Column, floor: Column, rng: Rng) -> Column:
    house = pick(rng, f.HOUSE_KINDS, len(building))
    corner = (house == DwellingKind.TUS) & ((number == 0) | (number == homes - 1))
    house = np.where(corner, DwellingKind.HOE.value, house)
    duplex = np.where(floor == 0, DwellingKind.BEN.value, DwellingKind.BOV.value)
    gallery = np.where(chance(rng, 0.12, len(building)), "MAI", DwellingKind.GAL.value)
    flat = [house, np.full(len(house), "POF", dtype=object), gallery, duplex]
    return np.select([building == k for k in range(4)], flat, DwellingKind.COR.value)


def _featured(table: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    count = len(table)
    building, access = table["building"].to_numpy(), table["access"].to_numpy()
    ground = (building == f.HOUSE) | ((building == f.DUPLEX) & (table["floor"].to_numpy() == 0))
    level = access != Access.ZON
    easy = np.isin(access, ["NUL", "ROA", "ROL", "RUI"])
    senior = building == f.SENIOR
    has = {
        Feature.BALKON: ~ground & chance(rng, 0.85, count),
        Feature.BERGING: chance(rng, 0.85, count),
        Feature.DOUCHE_DREMPELVRIJ: easy & chance(rng, 0.9, count),
        Feature.HUISDIER: chance(rng, np.where(ground, 0.95, 0.75), count),
        Feature.SCOOTMOBIELPLEK: senior & chance(rng, 0.6, count),
        Feature.SLAAPKAMER_GELIJKVLOERS: level | (~ground & (table["kind"] != "MAI").to_numpy()),
        Feature.TUIN: ground & chance(rng, 0.95, count),
        Feature.ZORGOPROEP: np.isin(table["form"].to_numpy(object), ["GEC", "SEN"]),
    }
    joined = np.full(count, "", dtype=object)
    for name, there in sorted(has.items()):
        joined = joined + np.where(there, f"{name}|", "")
    return table.assign(features=pd.Series(joined, index=table.index).str.rstrip("|"))


def _rented(table: pd.DataFrame, steps: RentSteps, rng: Rng) -> pd.DataFrame:
    """Set the target rent: by size and label, and mostly held at a rent step of the year."""
    count = len(table)
    label = (
        table["energy"].map(dict(zip(f.ENERGY, range(len(f.ENERGY)), strict=True))).to_numpy(int)
    )
    worth = 23_000 + 680 * table["area"].to_numpy() - 900 * label + rng.normal(0, 4_500, count)
    small = (table["rooms"] <= 3).to_numpy()  # noqa: PLR2004 - living room and two bedrooms
    tiny = (table["rooms"] <= 2).to_numpy() & chance(rng, 0.45, count)  # noqa: PLR2004 - one bedroom
    ceiling = np.where(small, steps.low, steps.high)
    held = chance(rng, np.where(small, *f.AT_LIMIT), count)
    rent = np.where(held, np.minimum(worth, ceiling), np.minimum(worth + 6_000, steps.daeb))
    rent = np.where(tiny, np.minimum(rent, steps.quality), rent)
    free = np.zeros(count, dtype=bool)
    likely = np.where(small | (table["building"] == f.SENIOR), 0.3, 1.0)
    free[choose(rng, likely, round(count * f.NOT_DAEB))] = True
    dear = rng.integers(steps.daeb + 1, f.MIDDLE_TOP, count)
    target = np.where(free, dear, np.maximum(rent, 32_000)).astype(int)
    return table.assign(target_rent=target, rent=target, daeb=~free)


def _labelled(table: pd.DataFrame, rng: Rng) -> pd.DataFrame:
    """Keep some large homes for families: sometimes as a hard label, mostly as a preference."""
    count = len(table)
    large = (table["rooms"] >= 5).to_numpy() & chance(rng, 0.3, count)  # noqa: PLR2004 - four bedrooms
    use = np.where(chance(rng, 0.25, count), CriterionUse.SEL, CriterionUse.SOR)
    least = pd.Series(3, index=table.index, dtype="Int64").where(large)
    return table.assign(min_persons=least, persons_use=np.where(large, use, CriterionUse.SEL))


def new_build(
    middles: pd.DataFrame, count: int, steps: RentSteps, *, rng: Rng
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Build step-free complexes near the busiest centres: (complexes, dwellings being built)."""
    projects = max(1, round(count / f.NEWBUILD_BATCH))
    at = middles.iloc[np.arange(projects) % -(-len(middles) // 2)].reset_index(drop=True)
    shift = rng.integers(-160, 161, (projects, 2))
    built = at.assign(
        x=np.rint(at["x"]).astype(int) + shift[:, 0],
        y=np.rint(at["y"]).astype(int) + shift[:, 1],
        homes=np.full(projects, max(f.SENIOR_MIN_UNITS, count // projects)),
        kind=f.SENIOR,
        compact=0.0,
        postcode=None,
        corporation=pick(rng, f.CORPORATIONS, projects),
        complex=[f"CN-{number:03d}" for number in range(1, projects + 1)],
    )
    listed = complexes(built, rng)
    table = dwellings(built, listed, steps, rng=rng)
    fresh = pick(rng, {"A++": 0.5, "A+++": 0.5}, len(table))
    renamed = "WN-" + table["dwelling"].str[2:]
    return listed, table.assign(dwelling=renamed, energy=fresh, status="ONT")


def age_class(age: Column) -> Column:
    """Say in which age class of the figures an age falls."""
    return group_of(age, f.AGE_BOUNDS)
