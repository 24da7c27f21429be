"""Verhaal: woningruil in een gemeente met tien soorten woningen (J. W. Wright, 1975).

De tabel staat in J. W. Wright, "Reallocation of Housing by use of Network Analysis", Operational
Research Quarterly 26(2), 253-258, https://doi.org/10.1057/jors.1975.59, overgenomen uit de
nabouw https://github.com/jeffjmei/housing-reallocation (housing-reallocation.Rmd), die zelf
drukfouten in het artikel vermoedt. Daarom toetsen wij niet de lijst kringen van het artikel, maar
wat uit de tabel zelf volgt: de kortste kring per soort (de diagonaal van Wrights matrix D', volgens
de nabouw), hoeveel huurders met tweeruil te helpen zijn, en hoeveel met kringen van drie.
"""

from functools import cache

import pandas as pd
import pytest

from matching.model import Status
from matching.optimise import Limits, choose

# Rij: de soort woning waar een huurder nu woont; kolom: de soort waar hij heen wil; getal: hoeveel
# huurders. De 11 huurders van soort 8 die naar soort 8 willen, laten wij buiten beschouwing.
WENSEN = """
0  6  0  7  0  3  0  6  5  0
0  0  0  3 17 12  0  0  9  7
8  4  0  0  0  8 10  0  0  5
0  0  8  0  3  0  7  0  0  0
6  0  4  0  0 10  6  5 10  0
0 22  0  8  0  0  3  4  6  0
6  7 13  0  0  0  0  0  8  0
0  9  5  0  0  6  0  0  6  0
0  0  5  0 16  0 19  0  0  4
7  0  0  5  4  0  0  0  0  0
"""
KORTSTE_KRING = [3, 2, 2, 3, 2, 2, 2, 2, 2, 3]


def wensen():
    rijen = [[int(aantal) for aantal in rij.split()] for rij in WENSEN.strip().splitlines()]
    return {(van, naar): n for van, rij in enumerate(rijen) for naar, n in enumerate(rij) if n}


def huurders(*, hoogstens):
    """Elke wens wordt een huurder met een eigen woning; per paar soorten `hoogstens` zoveel."""
    wie = [
        (f"van {van + 1} naar {naar + 1}, nummer {nummer}", van, naar)
        for (van, naar), aantal in wensen().items()
        for nummer in range(min(aantal, hoogstens))
    ]
    return pd.DataFrame(
        [
            (huurder, f"woning van {bewoner}", f"woning van {huurder}", 1)
            for huurder, _, naar in wie
            for bewoner, soort, _ in wie
            if soort == naar
        ],
        columns=["household", "dwelling", "leaves", "gain"],
    )


@cache
def ruil_met_kringen_van(lengte):
    return choose(huurders(hoogstens=99), [], Limits(0, lengte), seed=1975)


def test_met_tweeruil_kan_zoveel_als_er_wensen_over_en_weer_zijn():
    over_en_weer = sum(min(n, wensen().get((naar, van), 0)) for (van, naar), n in wensen().items())
    ruil = ruil_met_kringen_van(2)
    assert (ruil.value, ruil.status) == (over_en_weer, Status.PROVEN)
    assert over_en_weer == 88


def test_met_kringen_van_drie_verhuizen_er_288_van_de_332():
    """Zonder grens aan de lengte zouden het er 305 zijn: de grootste stroom door de tabel."""
    ruil = ruil_met_kringen_van(3)
    assert (ruil.value, ruil.bound, ruil.status) == (288, 288, Status.PROVEN)
    assert sum(wensen().values()) == 332


def test_wie_vertrekt_maakt_plaats_voor_wie_komt():
    gekozen = ruil_met_kringen_van(3).moves
    assert set(gekozen["dwelling"]) == set(gekozen["leaves"])
    assert gekozen["household"].is_unique


@pytest.mark.parametrize("soort", range(10))
def test_de_kortste_kring_van_elke_soort_is_die_van_wright(soort):
    mogelijk = huurders(hoogstens=1)
    van_hier = mogelijk["household"].str.startswith(f"van {soort + 1} naar")
    # Alleen wie uit deze soort vertrekt levert punten op: lukt het één van hen in zo'n kring?
    telt = mogelijk.assign(gain=van_hier.astype(int))
    lukt = [choose(telt, [], Limits(0, lengte), seed=1).value > 0 for lengte in (2, 3)]
    assert lukt == [KORTSTE_KRING[soort] <= lengte for lengte in (2, 3)]
