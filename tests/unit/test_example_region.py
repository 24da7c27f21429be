"""The generated region: shaped as documented, the same every time, and about nobody."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data_contracts.feeds import parse
from data_contracts.records import DELIVERIES
from data_contracts.rules import NoRulesFor
from data_contracts.words import ACCESS_IMPLIES, Access, DwellingKind
from pipelines.sources import deliveries_in, read
from pipelines.sources.example import READ_ME, Region, region, write
from pipelines.sources.example.people import crowd

ON = date(2026, 11, 22)
HOMES = 4_000
OPENS = ("AAN", "GOE")


@cache
def made() -> Region:
    return region(dwellings=HOMES, seed=7, on=ON)


@cache
def larger() -> Region:
    return region(dwellings=20_000, seed=4, on=ON)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("regio")
    write(made(), place)
    return place


@pytest.fixture(scope="module")
def state(folder: Path) -> dict[str, pd.DataFrame]:
    return {d.table: parse(read(path), d).rows for d, path in deliveries_in(folder)}


def ages(households: pd.DataFrame) -> pd.Series:
    return (ON.year - households["birth_year"]).astype(int)


def tenants(state: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return state["households"].loc[state["tenancies"]["household"]]


def seekers(state: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return state["households"].loc[state["wishes"].index]


def share(yes: pd.Series) -> float:
    return float(yes.mean())


def test_every_delivery_is_read_without_a_single_reject(folder: Path) -> None:
    found = {d.table: parse(read(path), d) for d, path in deliveries_in(folder)}
    assert set(found) == set(DELIVERIES)
    assert {table: parsed.accounting.rejected for table, parsed in found.items()} == dict.fromkeys(
        DELIVERIES, 0
    )
    assert not any(parsed.accounting.duplicates for parsed in found.values())


def test_the_files_are_written_as_dutch_excel_writes_them(folder: Path) -> None:
    start = (folder / "huurovereenkomsten.csv").read_bytes()[:400].decode("utf-8")
    first = start.split("\r\n")[1].split(";")
    assert start.startswith("\ufeffovereenkomstcode;eenheidcode;")
    assert pd.to_datetime(first[3], format="%d-%m-%Y") < pd.Timestamp(ON)
    assert made().tables["tenancies"]["netto_huur"].str.fullmatch(r"\d{3,4},\d\d").all()


def test_the_same_seed_gives_the_same_bytes_in_another_process(folder: Path) -> None:
    program = (
        "import sys, datetime, pathlib; from pipelines.sources.example import region, write;"
        f"write(region(dwellings={HOMES}, seed=7, on=datetime.date(2026, 11, 22)),"
        " pathlib.Path(sys.argv[1]))"
    )
    again = folder.parent / "opnieuw"
    root = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", program, str(again)], check=True, cwd=root)
    digests = [
        {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(place.iterdir())}
        for place in (folder, again)
    ]
    assert digests[0] == digests[1]


def test_another_seed_gives_other_people() -> None:
    other = region(dwellings=HOMES, seed=8, on=ON)
    assert not other.tables["households"].equals(made().tables["households"])


def test_it_says_that_everything_is_fictional(folder: Path) -> None:
    assert "verzonnen" in made().note
    assert "bestaat" in (folder / READ_ME).read_text("utf-8-sig")


def test_every_corporation_has_a_test_number(state: dict[str, pd.DataFrame]) -> None:
    for table in ("dwellings", "households", "complexes", "newbuild"):
        assert state[table]["corporation"].str.fullmatch(r"00000099\d{9}000").all()


def test_the_made_up_municipality_does_not_exist(state: dict[str, pd.DataFrame]) -> None:
    assert set(state["dwellings"]["municipality"]) == {"GM9999"}
    assert len(set(state["dwellings"]["neighbourhood"])) > 3


def test_nobody_has_a_number_or_address_that_could_be_real() -> None:
    table = made().tables["households"]
    given = table[table["telefoon"] != ""]
    assert given["telefoon"].str.fullmatch(r"06-00\d{6}").all()
    assert table["email"].str.fullmatch(r"(huishouden\d+@example\.nl)?").all()
    assert not {"straat", "huisnummer"} & set(made().tables["dwellings"])


def test_a_name_may_be_na(state: dict[str, pd.DataFrame]) -> None:
    assert "NA" in set(made().tables["households"]["aanspreeknaam"])
    assert len(state["households"]) > HOMES


def test_there_are_as_many_dwellings_as_asked(state: dict[str, pd.DataFrame]) -> None:
    assert len(state["dwellings"]) == HOMES
    assert len(state["tenancies"]) == HOMES - (state["dwellings"]["status"] == "LEE").sum()


def test_half_live_alone_and_a_third_are_older(state: dict[str, pd.DataFrame]) -> None:
    living = tenants(state)
    assert 0.46 < share(living["persons"] == 1) < 0.54
    assert 0.30 < share(ages(living) >= 65) < 0.36
    assert 0.62 < share(ages(living) >= 45) < 0.71


def test_aow_follows_the_age(state: dict[str, pd.DataFrame]) -> None:
    households = state["households"]
    assert (households["aow"] == (ages(households) >= 67)).all()


def test_older_people_want_to_move_as_often_as_they_told_cbs(
    state: dict[str, pd.DataFrame],
) -> None:
    answer = tenants(state).loc[(ages(tenants(state)) >= 65).to_numpy(), "willingness"]
    assert share(answer == "ZEKER") == pytest.approx(0.03, abs=0.003)
    assert share(answer == "MISSCHIEN") == pytest.approx(0.16, abs=0.003)


def test_seekers_are_fifteen_per_hundred_dwellings_and_some_are_starters(
    state: dict[str, pd.DataFrame],
) -> None:
    found = seekers(state)
    starting = ~found.index.isin(state["tenancies"]["household"])
    assert len(found) == pytest.approx(0.15 * HOMES, rel=0.02)
    assert starting.mean() == pytest.approx(0.30, abs=0.02)


def test_who_does_not_seek_keeps_needs_and_income_to_themselves(
    state: dict[str, pd.DataFrame],
) -> None:
    quiet = state["households"].drop(state["wishes"].index)
    assert set(quiet["mobility"]) == {"LOPEND"}
    assert set(quiet["income"]) == {"ONBEKEND"}
    assert not quiet["consent"].any()


def test_over_a_quarter_of_those_over_75_walk_with_an_aid() -> None:
    everybody = crowd(40_000, np.random.default_rng(1))
    aid = everybody.loc[everybody["age"] >= 75, "walks"] != "LOPEND"
    assert 0.25 < share(aid) < 0.30


def test_older_seekers_walk_with_an_aid_more_often(state: dict[str, pd.DataFrame]) -> None:
    found = seekers(state)
    aid = found["mobility"] != "LOPEND"
    assert 0.2 < share(aid[ages(found) >= 75]) < 0.45
    assert share(aid[ages(found) < 65]) < 0.05


def test_who_walks_with_a_rollator_needs_a_home_for_it(state: dict[str, pd.DataFrame]) -> None:
    found = seekers(state)
    needs = found.loc[found["mobility"] == "ROLLATOR", "access_needed"]
    assert len(needs) > 5
    assert set(needs) <= {"NUL", "ROG", "ROA"}


def test_six_per_cent_a_year_comes_free(state: dict[str, pd.DataFrame]) -> None:
    notices = state["notices"]
    days = (notices["ends"] - pd.Timestamp(ON)).dt.days
    assert len(notices) == pytest.approx(0.06 * HOMES * 120 / 365, rel=0.05)
    assert days.between(0, 120).all()
    assert (notices["given"] < pd.Timestamp(ON)).all()
    assert share(notices["status"].isin(OPENS)) > 0.9


def test_who_gave_notice_does_not_ask_for_another_home(state: dict[str, pd.DataFrame]) -> None:
    leaving = state["tenancies"].loc[
        state["tenancies"]["dwelling"].isin(state["notices"]["dwelling"]), "household"
    ]
    assert not set(leaving) & set(state["wishes"].index)


def test_a_tenancy_ends_where_notice_was_accepted(state: dict[str, pd.DataFrame]) -> None:
    valid = state["notices"][state["notices"]["status"].isin(OPENS)].set_index("dwelling")["ends"]
    ended = state["tenancies"].dropna(subset="end").set_index("dwelling")["end"]
    assert ended.sort_index().equals(valid.sort_index().rename("end"))


def test_new_build_is_step_free_and_comes_in_months_or_later(
    state: dict[str, pd.DataFrame],
) -> None:
    new = state["newbuild"]
    step_free = new["access"].map(lambda label: Access.GNV in ACCESS_IMPLIES[Access(label)])
    days = (new["completed"] - pd.Timestamp(ON)).dt.days
    assert step_free.all()
    assert days.min() > 0
    assert set(new["complex"]) <= set(state["complexes"].index)


def test_no_home_up_the_stairs_is_called_step_free(state: dict[str, pd.DataFrame]) -> None:
    stairs = state["dwellings"][
        (state["dwellings"]["floor"] > 0) & ~state["dwellings"]["lift"].astype(bool)
    ]
    assert set(stairs["access"]) == {"ZON"}


def test_houses_stand_on_the_ground(state: dict[str, pd.DataFrame]) -> None:
    houses = state["dwellings"]["kind"].isin(
        [DwellingKind.TUS, DwellingKind.HOE, DwellingKind.TWE, DwellingKind.VRI, DwellingKind.HAL]
    )
    assert set(state["dwellings"].loc[houses, "floor"]) == {0}
    assert 0.43 < share(houses) < 0.53


def test_a_clustered_complex_has_twelve_homes_and_a_meeting_room(
    state: dict[str, pd.DataFrame],
) -> None:
    clustered = state["complexes"][state["complexes"]["form"] == "GEC"]
    assert len(clustered) > 0
    assert (clustered["units"] >= 12).all()
    assert clustered["meeting_room"].all()


def test_who_lives_behind_an_age_label_is_old_enough() -> None:
    tables = larger().tables
    tenancies = tables["tenancies"]
    least = tables["dwellings"].set_index("eenheidcode")["minimumleeftijd"]
    born = tables["households"].set_index("huishoudencode")["geboortejaar_oudste"].astype(int)
    label = least.loc[tenancies["eenheidcode"]].to_numpy()
    age = ON.year - born.loc[tenancies["huishoudencode"]].to_numpy()
    assert (label == "65").sum() > 200
    assert (age[label == "65"] >= 65).all()
    assert (age[label == "55"] >= 55).all()


def test_rents_stay_under_the_limit_of_the_year_unless_not_daeb(
    state: dict[str, pd.DataFrame],
) -> None:
    homes = state["dwellings"]
    assert (homes["daeb"] == (homes["target_rent"] <= 93_293)).all()
    assert 0.02 < share(~homes["daeb"]) < 0.06


def test_most_family_homes_suit_a_family_on_a_low_income(state: dict[str, pd.DataFrame]) -> None:
    large = state["dwellings"]["rooms"] >= 4
    rent = state["dwellings"]["target_rent"]
    assert 0.55 < share(rent[large] <= 76_414) < 0.85
    assert 0.65 < share(rent[~large] <= 71_302) < 0.95


def test_nobody_pays_more_than_the_target_rent(state: dict[str, pd.DataFrame]) -> None:
    homes = state["dwellings"]
    assert (homes["rent"] <= homes["target_rent"]).all()
    paid = state["tenancies"].set_index("dwelling")["rent"]
    assert (paid == homes["rent"].loc[paid.index]).all()


def test_seekers_wait_six_to_seven_years_and_never_longer_than_twenty_one(
    state: dict[str, pd.DataFrame],
) -> None:
    years = (pd.Timestamp(ON) - seekers(state)["registered"]).dt.days / 365.25
    assert 5.5 < years.median() < 7.5
    assert years.max() < 21.1


def test_nobody_registered_as_a_child(state: dict[str, pd.DataFrame]) -> None:
    found = seekers(state)
    assert (found["registered"].dt.year - found["birth_year"] >= 17).all()


def test_seekers_have_one_to_four_ties_mostly_and_every_starter_one(
    state: dict[str, pd.DataFrame],
) -> None:
    found = seekers(state)
    number = state["ties"].groupby("household").size().reindex(found.index, fill_value=0)
    assert number.max() <= 4
    assert share(number >= 1) > 0.93
    assert (number[~found.index.isin(state["tenancies"]["household"])] >= 1).all()


def test_a_place_of_a_tie_is_coarse() -> None:
    ties = made().tables["ties"]
    placed = ties[ties["rd_x"] != ""]
    assert len(placed) > 500
    assert (placed["rd_x"].astype(int) % 100 == 50).all()
    assert (placed["rd_y"].astype(int) % 100 == 50).all()


def test_a_tie_with_another_household_names_one_that_lives_here(
    state: dict[str, pd.DataFrame],
) -> None:
    named = state["ties"].dropna(subset="with_household")
    assert len(named) > 20
    assert set(named["with_household"]) <= set(state["tenancies"]["household"])
    assert (named["with_household"] != named["household"]).all()


def test_at_most_one_tie_of_a_household_is_a_condition(state: dict[str, pd.DataFrame]) -> None:
    must = state["ties"][state["ties"]["must"]]
    assert 0 < len(must) < 0.1 * len(state["wishes"])
    assert must["household"].is_unique


def test_a_coach_has_about_250_older_seekers() -> None:
    households = larger().tables["households"]
    older = households[
        (households["verhuiscoach"] != "")
        & (ON.year - households["geboortejaar_oudste"].astype(int) >= 65)
    ]
    load = older["verhuiscoach"].value_counts()
    assert load.index.str.fullmatch(r"COACH-\d\d").all()
    assert load.between(150, 350).all()


def test_a_small_region_can_be_made() -> None:
    tiny = region(dwellings=40, seed=1, on=ON)
    assert len(tiny.tables["dwellings"]) == 40


def test_a_year_without_rules_is_refused() -> None:
    with pytest.raises(NoRulesFor):
        region(dwellings=100, seed=1, on=date(2031, 1, 1))


@cache
def agreed() -> Region:
    return region(dwellings=HOMES, seed=7, on=ON, agreements=True)


def test_agreements_add_to_a_region_and_change_nothing_else() -> None:
    for name, table in made().tables.items():
        more = agreed().tables[name]
        assert more.iloc[: len(table)][table.columns].equals(table)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("wishes", "groep"),
        ("wishes", "groep_meters"),
        ("complexes", "hoogstens_vragend"),
        ("complexes", "minstens_dragend"),
        ("households", "bewonersrol"),
    ],
)
def test_with_agreements_some_rows_say_more(table: str, column: str) -> None:
    said = (agreed().tables[table][column] != "").mean()
    assert 0 < said < 0.5


def test_with_agreements_some_must_stay_near_another_who_seeks() -> None:
    ties, wishes = agreed().tables["ties"], agreed().tables["wishes"]
    more = ties.iloc[len(made().tables["ties"]) :]
    assert set(more["moet"]) == {"J"}
    assert set(more["ander_huishouden"]) <= set(wishes["huishoudencode"])


def test_a_region_with_agreements_is_read_without_a_single_reject(tmp_path: Path) -> None:
    write(agreed(), tmp_path)
    read_back = [parse(read(path), d) for d, path in deliveries_in(tmp_path)]
    assert not any(parsed.accounting.rejected for parsed in read_back)
