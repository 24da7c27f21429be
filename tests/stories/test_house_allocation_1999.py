"""Verhaal: vier huurders, één nieuwkomer, zeven woningen (Abdulkadiroğlu en Sönmez, 1999, §5.1).

De voorkeuren staan in A. Abdulkadiroğlu en T. Sönmez, "House Allocation with Existing Tenants",
Journal of Economic Theory 88(2), 233-260, blz. 246-248; overgenomen uit de documentatie van het
R-pakket matchingMarkets (https://matchingmarkets.org/reference/ttc.html, R/ttc.R, voorbeeld 2).

Hun regel — "jij vraagt mijn huis, ik krijg jouw beurt" — verdeelt op volgorde van aankomst. Wij
kiezen de grootste som van punten. Dat zijn twee verschillende vragen; wat hier wordt getoetst is:
hun uitkomst is ook bij ons een toegestane verhuisketen, onze keuze is ten minste zoveel waard, en
bij ons gaat evenmin iemand erop achteruit of raakt iemand zijn woning kwijt.
"""

import pandas as pd
import pytest

from matching.model import Status
from matching.optimise import Limits, choose

# Van liefst naar minst graag. Huurder k woont in woning k; vijf is nieuw; 5, 6 en 7 staan leeg.
VOORKEUREN = {
    "huurder 1": [2, 6, 5, 1, 4, 3, 7],
    "huurder 2": [7, 1, 6, 5, 4, 3, 2],
    "huurder 3": [2, 1, 4, 7, 3, 6, 5],
    "huurder 4": [2, 4, 3, 6, 1, 7, 5],
    "nieuwkomer 5": [4, 3, 7, 1, 2, 5, 6],
}
WOONT = {"huurder 1": 1, "huurder 2": 2, "huurder 3": 3, "huurder 4": 4, "nieuwkomer 5": None}
LEEG = [5, 6, 7]
GENOEG = Limits(longest_chain=5, longest_ring=4)


def punten(wie, woning):
    """Hoeveel plaatsen de woning hoger staat dan de eigen woning (of dan geen woning)."""
    lijst = VOORKEUREN[wie]
    nu = lijst.index(WOONT[wie]) if WOONT[wie] else len(lijst)
    return nu - lijst.index(woning)


def mogelijkheden():
    """Niemand krijgt een woning aangeboden die minder is dan wat hij heeft."""
    rijen = [
        (wie, woning, WOONT[wie], punten(wie, woning))
        for wie, lijst in VOORKEUREN.items()
        for woning in lijst
        if punten(wie, woning) > 0
    ]
    return pd.DataFrame(rijen, columns=["household", "dwelling", "leaves", "gain"])


def jij_vraagt_mijn_huis(volgorde):
    """De regel uit het artikel: wie om een bewoond huis vraagt, laat de bewoner voorgaan.

    (Kringen van bewoners, die het artikel ook regelt, komen in dit voorbeeld niet voor.)
    """
    uitkomst, rij = {}, list(volgorde)
    while rij:
        wie = rij[0]
        over = [huis for huis in VOORKEUREN[wie] if huis not in uitkomst.values()]
        bewoner = next((b for b, huis in WOONT.items() if huis == over[0]), None)
        if bewoner in (None, wie) or bewoner in uitkomst:
            uitkomst[wie] = over[0]
            rij.remove(wie)
            continue
        rij.remove(bewoner)
        rij.insert(0, bewoner)

    return uitkomst


def woont_straks():
    keuze = choose(mogelijkheden(), LEEG, GENOEG, seed=1999).moves
    return {**WOONT, **dict(zip(keuze["household"], keuze["dwelling"], strict=True))}


def test_hun_regel_geeft_vier_verhuizingen_en_een_blijver():
    assert jij_vraagt_mijn_huis(VOORKEUREN) == {
        "huurder 1": 2,
        "huurder 2": 7,
        "huurder 3": 1,
        "huurder 4": 4,
        "nieuwkomer 5": 3,
    }


def test_hun_uitkomst_is_bij_ons_een_keten_die_met_woning_7_begint():
    hun = jij_vraagt_mijn_huis(VOORKEUREN)
    alle = mogelijkheden()
    hunne = alle[
        [hun[wie] == naar for wie, naar in zip(alle.household, alle.dwelling, strict=True)]
    ]
    keuze = choose(hunne, [7], Limits(longest_chain=4, longest_ring=0), seed=1999)
    assert len(keuze.moves) == len(hunne) == 4
    assert keuze.value == hunne["gain"].sum()


def test_onze_keuze_is_bewezen_de_beste_en_ten_minste_hun_uitkomst_waard():
    hun = jij_vraagt_mijn_huis(VOORKEUREN)
    keuze = choose(mogelijkheden(), LEEG, GENOEG, seed=1999)
    assert keuze.status is Status.PROVEN
    assert keuze.value >= sum(punten(wie, huis) for wie, huis in hun.items())


@pytest.mark.parametrize("wie", VOORKEUREN)
def test_niemand_gaat_erop_achteruit(wie):
    straks = woont_straks()[wie]
    assert straks == WOONT[wie] or punten(wie, straks) > 0


def test_niemand_raakt_zijn_woning_kwijt():
    straks = woont_straks()
    bewoond = [huis for huis in straks.values() if huis is not None]
    assert len(bewoond) == len(set(bewoond)) == len(VOORKEUREN)


def test_de_nieuwkomer_krijgt_een_woning_zonder_dat_een_huurder_moet_wijken():
    straks = woont_straks()
    assert straks["nieuwkomer 5"] is not None
    assert all(straks[wie] for wie in VOORKEUREN)
