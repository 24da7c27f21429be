"""Verhaal: ruilen en ketens bij niertransplantatie, met uitkomsten die al bekend zijn.

Wie een nier nodig heeft en een donor meebrengt die niet past, is hier een huurder: de donor is zijn
woning. Een donor zonder patiënt is een lege woning, en de wachtlijst is een starter.

1. A. E. Roth, T. Sönmez en M. U. Ünver (2007), "Efficient Kidney Exchange: Coincidence of Wants in
   Markets with Compatibility-Based Preferences", American Economic Review 97(3), 828-851, voorbeeld
   1: veertien paren; met ruil van twee 8 transplantaties, van drie 11, van vier 12.
2. R. A. Montgomery e.a. (2006), "Domino paired kidney donation", The Lancet 368, 419-421: een donor
   die zich zomaar meldt, helpt met één paar ertussen niet één maar twee mensen.
3. J. P. Dickerson, A. D. Procaccia en T. Sandholm (2013), "Failure-aware kidney exchange", EC '13:
   lukt elke stap met kans p, dan is een ruil van n waard n p^n, en een keten van n de som van p tot
   en met p^n.
"""

import pandas as pd
import pytest

from matching.model import Status
from matching.optimise import Limits, choose
from tests.brute_force import best_plan

# Patiënt-donor: paren die niet bij elkaar passen door hun bloedgroep, en door de afweer.
DOOR_BLOED = ["A-AB", "B-AB", "O-A", "O-A", "O-B", "A-B", "A-B", "A-B", "B-A"]
DOOR_AFWEER = ["A-A", "A-A", "A-A", "B-O", "AB-O"]
PAREN = DOOR_BLOED + DOOR_AFWEER
KOLOMMEN = ["household", "dwelling", "leaves", "gain"]


def past(patient, donor):
    """Of bloed van de donor de patiënt geen kwaad doet."""
    return set(donor) - {"O"} <= set(patient)


def pool(paren=PAREN, *, donoren=(), wachtlijst=()):
    """Wie wiens nier kan krijgen; de eigen donor past nooit. Elke transplantatie telt voor één."""
    mensen = [(f"{n} {paar}", *paar.split("-")) for n, paar in enumerate(paren, start=1)]
    nieren = [(f"donor van {wie}", donor) for wie, _, donor in mensen]
    nieren += [(f"donor {n} {groep}", groep) for n, groep in enumerate(donoren)]
    ontvangers = [(wie, patient, f"donor van {wie}") for wie, patient, _ in mensen]
    ontvangers += [(f"wacht {n} {groep}", groep, None) for n, groep in enumerate(wachtlijst)]
    rijen = [
        (wie, nier, eigen, 1)
        for wie, patient, eigen in ontvangers
        for nier, donor in nieren
        if nier != eigen and past(patient, donor)
    ]
    return pd.DataFrame(rijen, columns=KOLOMMEN)


@pytest.mark.parametrize(("ruil_van", "transplantaties"), [(2, 8), (3, 11), (4, 12)])
def test_roth_soenmez_en_uenver_hoe_langer_de_ruil_hoe_meer_mensen_geholpen(
    ruil_van, transplantaties
):
    keuze = choose(pool(), [], Limits(0, ruil_van), seed=2007)
    assert (keuze.value, keuze.status) == (transplantaties, Status.PROVEN)
    assert len(keuze.moves) == transplantaties


def test_met_een_ruil_van_vier_is_alles_gezegd():
    assert choose(pool(), [], Limits(0, 5), seed=2007).value == 12


def test_montgomery_een_vreemde_donor_helpt_via_een_paar_twee_mensen():
    # De donor heeft bloed O; het paar brengt een donor A mee voor een patiënt O.
    tafel = pool(["O-A"], donoren=["O"], wachtlijst=["A"])
    vreemde = ["donor 0 O"]
    assert choose(tafel, vreemde, Limits(1, 0), seed=2006).value == 1
    domino = choose(tafel, vreemde, Limits(2, 0), seed=2006)
    assert domino.value == 2
    assert set(domino.moves["household"]) == {"1 O-A", "wacht 0 A"}


def keten_van(n, punten=1000):
    rijen = [(f"patiënt {k}", f"nier {k}", f"nier {k + 1}", punten) for k in range(n)]
    return pd.DataFrame(rijen, columns=KOLOMMEN)


def ruil_van(n, punten=1000):
    rijen = [(f"patiënt {k}", f"nier {k}", f"nier {(k + 1) % n}", punten) for k in range(n)]
    return pd.DataFrame(rijen, columns=KOLOMMEN)


@pytest.mark.parametrize("n", [2, 3, 4])
@pytest.mark.parametrize("procent", [50, 70, 90])
def test_dickerson_een_ruil_lukt_alleen_als_iedereen_het_doet(n, procent):
    waarde = choose(ruil_van(n), [], Limits(0, n, procent / 100), seed=1).value
    assert waarde == round(1000 * n * procent**n / 100**n)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("procent", [50, 70, 90])
def test_dickerson_een_keten_helpt_ook_wie_voor_de_eerste_weigering_komt(n, procent):
    waarde = choose(keten_van(n), ["nier 0"], Limits(n, 0, procent / 100), seed=1).value
    assert waarde == round(sum(1000 * procent**k / 100**k for k in range(1, n + 1)))


def test_dickerson_als_de_helft_weigert_is_ruilen_met_zijn_tweeen_beter_dan_met_zijn_drieen():
    # Patiënt 0 en 2 kunnen ook zonder patiënt 1 met elkaar ruilen.
    korter = pd.DataFrame([("patiënt 2", "nier 1", "nier 0", 1000)], columns=KOLOMMEN)
    tafel = pd.concat([ruil_van(3), korter], ignore_index=True)
    zeker = choose(tafel, [], Limits(0, 3), seed=1)
    onzeker = choose(tafel, [], Limits(0, 3, 0.5), seed=1)
    assert (len(zeker.moves), zeker.value) == (3, 3000)
    assert (len(onzeker.moves), onzeker.value) == (2, 500)


def test_de_trage_en_duidelijke_telling_komt_op_hetzelfde():
    klein = PAREN[:3] + PAREN[5:6] + PAREN[-2:]
    tafel = pool(klein)
    for lengte in (2, 3, 4):
        waarde, _ = best_plan(tafel, [], longest_chain=0, longest_ring=lengte)
        assert choose(tafel, [], Limits(0, lengte), seed=1).value == waarde
