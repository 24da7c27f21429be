"""Verhaal: wat een beleidsmedewerker aan ketens mag verwachten, in een stadje van 80 woningen.

De volgorde staat bij RIGO (https://www.rigo.nl/doelgroepen-woonzorg-nederland/): grote
eengezinswoningen geven de langste ketens; een blok tweekamerwoningen geeft er weinig, want een
starter trekt er meteen in; komen er 55-plussers in, dan wordt de keten lang, en langer nog als
eerst wordt gekozen wie een grote woning achterlaat. Getallen staan er niet bij.
"""

from functools import cache

import numpy as np

from matching.simulate.ledger import Cause
from tests.counts import count
from tests.simulated_worlds import (
    NOBODY_ARRIVES,
    QUIET,
    a_scenario,
    a_town,
    by_lot,
    chains_of,
    family_homes,
    new_homes,
    rolled,
)

WONINGEN = 8
ZEKER = {4: 2.35, 40: 1.68}
"""Student t, eenzijdig 95 %, bij zoveel herhalingen."""
PORTAAL = {"after_months": 3, "starters": 0.6, "outside": 0.1}
BEVOLKING = QUIET | {"portal": PORTAAL, "arrivals": NOBODY_ARRIVES}
VERANDERINGEN = {
    "gezinswoningen": [family_homes(WONINGEN)],
    "tweekamerwoningen": [new_homes(WONINGEN)],
    "voor 55-plussers": [new_homes(WONINGEN, let_to="55plus")],
    "doorstromers eerst": [new_homes(WONINGEN, let_to="downsizers")],
}


@cache
def ketens(wat):
    """De ketens die met nieuwbouw beginnen: per herhaling hoeveel woningen erin vrijkomen."""
    scenario = a_scenario(
        years=1,
        step_months=2,
        options_per_household=100,
        demography=BEVOLKING,
        changes=[by_lot(), *VERANDERINGEN[wat]],
    )
    keer = count(ci=4, soak=40, of=f"herhalingen van {wat}")
    return [
        chains_of([rolled(a_town(10), scenario, herhaling)], Cause.BUILT)["vacancies"].mean()
        for herhaling in range(keer)
    ]


def verschil(langer, korter):
    """Het gemiddelde verschil per herhaling, bij hetzelfde lot, en hoeveel er op af kan (95 %)."""
    per_keer = np.subtract(ketens(langer), ketens(korter))
    return per_keer.mean(), ZEKER[len(per_keer)] * per_keer.std(ddof=1) / np.sqrt(len(per_keer))


def test_grote_gezinswoningen_geven_langere_ketens_dan_tweekamerwoningen():
    gemiddeld, marge = verschil("gezinswoningen", "tweekamerwoningen")
    assert gemiddeld > marge


def test_een_blok_voor_55_plussers_geeft_langere_ketens_dan_vrij_verhuurd():
    gemiddeld, marge = verschil("voor 55-plussers", "tweekamerwoningen")
    assert gemiddeld > marge


def test_eerst_kiezen_wie_een_grote_woning_achterlaat_geeft_nog_langere_ketens():
    gemiddeld, marge = verschil("doorstromers eerst", "voor 55-plussers")
    assert gemiddeld > marge
