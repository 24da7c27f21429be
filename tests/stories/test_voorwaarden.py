"""Verhaal: wat een verhuisplan nog meer moet, en wat dat kost. Bij elke voorwaarde één tafel.

Telkens staat er eerst wie waarheen kan en hoeveel punten dat oplevert, dan wat het plan zonder de
voorwaarde zou zijn, en dan wat het met de voorwaarde is.
"""

import pandas as pd
import pytest

from matching.conditions import (
    Budget,
    Conditions,
    Group,
    ImpossibleConditions,
    Mix,
    Share,
    Together,
)
from matching.optimise import Limits, choose

KETENS = Limits(longest_chain=4, longest_ring=2)


def kunnen(*regels, **kolommen):
    """Wie, waarheen, wat komt er vrij (None: niets), punten; en wat een voorwaarde verder leest."""
    tafel = pd.DataFrame(regels, columns=["household", "dwelling", "leaves", "gain"])
    return tafel.assign(**kolommen)


def plan(tafel, leeg, **voorwaarden):
    """Wie waarheen verhuist, en wat het plan waard is."""
    keuze = choose(tafel, leeg, KETENS, conditions=Conditions(**voorwaarden), seed=7)
    assert keuze.value == keuze.bound
    gaat = dict(zip(keuze.moves["household"], keuze.moves["dwelling"], strict=True))
    return gaat, keuze.value


# Samen verhuizen: twee zussen van boven de 75 willen bij elkaar in één complex wonen.

ZUSSEN = kunnen(
    ("zus Ans", "hofje 1", None, 30),
    ("zus Ans", "toren 9", None, 50),
    ("zus Bep", "hofje 2", None, 30),
    ("buurman", "hofje 2", None, 40),
    complex=["hofje", "toren", "hofje", "hofje"],
)
LEEG = ["hofje 1", "hofje 2", "toren 9"]


def test_los_van_elkaar_kiest_de_ene_zus_de_toren_en_krijgt_de_buurman_het_hofje():
    assert plan(ZUSSEN, LEEG) == ({"zus Ans": "toren 9", "buurman": "hofje 2"}, 90)


def test_samen_gaan_de_zussen_naar_het_hofje_of_blijven_zij_beiden():
    zussen = Group("de zussen", ("zus Ans", "zus Bep"))
    assert plan(ZUSSEN, LEEG, groups=(zussen,)) == (
        {"zus Ans": "hofje 1", "zus Bep": "hofje 2"},
        60,
    )
    zonder_hofje = plan(ZUSSEN, ["hofje 2", "toren 9"], groups=(zussen,))
    assert zonder_hofje == ({"buurman": "hofje 2"}, 40)


# De mix van een complex: in het hof wonen twee zorgvragers, en meer mogen het er niet worden.

HOF = kunnen(
    ("mevrouw Vis", "hof 1", "flat 5", 40),
    ("meneer Bos", "flat 5", "hof 2", 40),
    resident="VRAGEND",
    complex=["hof", "flat"],
    leaves_complex=["flat", "hof"],
)
TWEE_ZORGVRAGERS = Mix("hof", "VRAGEND", now=2, least=1, most=2)


def test_zonder_de_norm_gaat_mevrouw_vis_eerst_en_meneer_bos_daarna():
    assert plan(HOF, ["hof 1"]) == ({"mevrouw Vis": "hof 1", "meneer Bos": "flat 5"}, 80)


def test_de_mix_geldt_ook_zolang_meneer_bos_nog_niet_weg_is():
    """Aan het eind zouden het er weer twee zijn, maar als hij nee zegt zijn het er drie."""
    assert plan(HOF, ["hof 1"], mixes=(TWEE_ZORGVRAGERS,)) == ({}, 0)


def test_ruilen_zij_met_elkaar_dan_verandert_de_mix_op_geen_enkel_moment():
    ruil = HOF.assign(dwelling=["hof 2", "flat 5"])
    gaat, _ = plan(ruil, [], mixes=(TWEE_ZORGVRAGERS,))
    assert gaat == {"mevrouw Vis": "hof 2", "meneer Bos": "flat 5"}


# De uren van de coach: Anne heeft deze week twee uur.

WEEK = kunnen(
    ("Aziz", "plein 1", None, 50),
    ("Bakker", "plein 2", None, 40),
    ("Cox", "plein 3", None, 35),
    minutes=[120, 60, 60],
    coach="Anne",
)


def test_anne_kiest_met_twee_uur_de_twee_gesprekken_die_samen_het_meest_opleveren():
    uren = Budget("uren van Anne", "minutes", at_most=120, where=("coach", "Anne"))
    assert plan(WEEK, ["plein 1", "plein 2", "plein 3"], budgets=(uren,)) == (
        {"Bakker": "plein 2", "Cox": "plein 3"},
        75,
    )


# Passend toewijzen: 95 van de 100. Wie meetelt kost 95, wie bovendien passend woont brengt 100 op.

DUUR_OF_PASSEND = kunnen(
    ("De Wit", "laan 1", None, 60),
    ("De Wit", "laan 2", None, 45),
    ("Yilmaz", "laan 3", None, 30),
    passend=[95, -5, -5],
)


@pytest.mark.parametrize(
    ("over_dit_jaar", "huis"),
    [(0, "laan 2"), (90, "laan 1")],
)
def test_de_norm_van_het_jaar_laat_een_dure_woning_alleen_toe_als_er_ruimte_is(over_dit_jaar, huis):
    norm = Budget("passend toewijzen", "passend", at_most=over_dit_jaar)
    gaat, _ = plan(DUUR_OF_PASSEND, ["laan 1", "laan 2", "laan 3"], budgets=(norm,))
    assert gaat == {"De Wit": huis, "Yilmaz": "laan 3"}


# Vastgezet en uitgesloten: de coach heeft al iets afgesproken, of een gezin heeft nee gezegd.

EEN_WONING = kunnen(("Jansen", "erf 1", None, 50), ("Mulder", "erf 1", None, 30))


def test_een_afspraak_met_mulder_gaat_voor_meer_punten():
    assert plan(EEN_WONING, ["erf 1"], pinned=(("Mulder", "erf 1"),)) == ({"Mulder": "erf 1"}, 30)


def test_wie_nee_zei_krijgt_dezelfde_woning_niet_nog_eens():
    assert plan(EEN_WONING, ["erf 1"], forbidden=(("Jansen", "erf 1"),)) == (
        {"Mulder": "erf 1"},
        30,
    )


def test_twee_afspraken_over_een_woning_kunnen_niet_en_dat_wordt_gezegd():
    beide = (("Mulder", "erf 1"), ("Jansen", "erf 1"))
    with pytest.raises(ImpossibleConditions, match="laat een vastgezette verhuizing of een norm"):
        plan(EEN_WONING, ["erf 1"], pinned=beide)


# Wat mensen al gezien hebben: een voorstel intrekken kost punten.


@pytest.mark.parametrize(("kost", "wie", "waarde"), [(15, "Jansen", 35), (25, "Mulder", 30)])
def test_mulder_houdt_zijn_voorstel_tenzij_een_ander_het_veel_harder_nodig_heeft(kost, wie, waarde):
    gezien = {"seen": (("Mulder", "erf 1"),), "change_cost": kost}
    assert plan(EEN_WONING, ["erf 1"], **gezien) == ({wie: "erf 1"}, waarde)


def test_wie_al_een_voorstel_heeft_krijgt_er_geen_tweede_bij():
    ook = kunnen(("Mulder", "erf 1", None, 30), ("Mulder", "erf 2", None, 90))
    gezien = {"seen": (("Mulder", "erf 1"),), "most_open": 1}
    assert plan(ook, ["erf 1", "erf 2"], **gezien) == ({"Mulder": "erf 1"}, 30)


# De dochter verhuist ook: moeder wil bij haar in de buurt, en dochter staat zelf ingeschreven.

MOEDER = kunnen(
    ("moeder", "gaarde 1", None, 40),
    ("dochter", "stad 8", None, 50),
    ("dochter", "gaarde 2", None, 20),
)
BIJ_DOCHTER = ["gaarde 1", "gaarde 2", "stad 8"]


def test_verhuist_moeder_naar_haar_dochter_dan_gaat_die_niet_zelf_de_stad_uit():
    blijft_dichtbij = Together("moeder", "gaarde 1", "dochter", allowed=("gaarde 2",))
    assert plan(MOEDER, BIJ_DOCHTER)[0] == {"moeder": "gaarde 1", "dochter": "stad 8"}
    assert plan(MOEDER, BIJ_DOCHTER, together=(blijft_dichtbij,)) == (
        {"moeder": "gaarde 1", "dochter": "gaarde 2"},
        60,
    )


def test_hangt_het_ervan_af_dat_de_dochter_daar_komt_dan_gaan_zij_allebei_of_moeder_niet():
    moet = Together("moeder", "gaarde 1", "dochter", allowed=("gaarde 2",), needs=True)
    assert plan(MOEDER, ["gaarde 1", "stad 8"], together=(moet,))[0] == {"dochter": "stad 8"}


# Samen in één regio: geen corporatie gaat erop achteruit.

TWEE_CORPORATIES = kunnen(
    ("huurder van Noord", "kade 1", None, 20),
    ("huurder van Zuid", "kade 1", None, 60),
    ("huurder van Zuid", "kade 2", None, 45),
    corporation=["Noord", "Zuid", "Zuid"],
)


def test_alleen_zou_noord_20_punten_hebben_dus_samen_ook():
    kades = ["kade 1"]
    eerlijk = Share("Noord", at_least=20)
    assert plan(TWEE_CORPORATIES, kades)[0] == {"huurder van Zuid": "kade 1"}
    assert plan(TWEE_CORPORATIES, kades, shares=(eerlijk,))[0] == {"huurder van Noord": "kade 1"}
    assert plan(TWEE_CORPORATIES, [*kades, "kade 2"], shares=(eerlijk,)) == (
        {"huurder van Noord": "kade 1", "huurder van Zuid": "kade 2"},
        65,
    )
