"""Met open ogen: een coach zet vast en sluit uit, en ziet wat dat de anderen kost.

| huishouden      | woont in | heeft dichtbij wie ertoe doet |
|-----------------|----------|-------------------------------|
| mevrouw Aalders | flat     | dochter, bij het hofje        |
| meneer Bos      | –        | broer, bij de singel          |
| familie Cerny   | –        | –                             |

Vrij zijn het hofje en de singel; wie uit de flat gaat, laat die achter.
"""

import pytest

from data_contracts.words import InstructionKind
from matching.instructing import outlook
from matching.rematch import Ways, kept_warm
from tests.builders import PLACE, a_dwelling, a_household, a_policy, a_state, a_tie, the_rules
from tests.terms_world import moves_of_plan, plan_of
from tests.unit.test_terms_instructed import an_instruction, judged

SINGEL = PLACE["x"] + 900
PIN, FORBID = InstructionKind.PIN, InstructionKind.FORBID


def buurt(*aanwijzingen):
    return a_state(
        dwellings=[
            a_dwelling("hofje"),
            a_dwelling("singel", x=SINGEL),
            a_dwelling("flat", x=SINGEL + 900),
        ],
        households=[
            a_household("aalders", lives_in="flat"),
            a_household("bos"),
            a_household("cerny", wish={"min_rooms": 2}),
        ],
        ties=[
            a_tie("dochter", "aalders", minutes=5, weight=9),
            a_tie("broer", "bos", x=SINGEL, minutes=5, weight=9),
        ],
        instructions=list(aanwijzingen),
    )


@pytest.fixture(scope="module")
def nacht():
    return plan_of(buurt()).plan


def prijs(nacht, *verhuizing, wat):
    ways = Ways(the_rules(), a_policy())
    return outlook(kept_warm(nacht, buurt(), 1, ways), ways, *verhuizing, asks=wat)


def gaat_naar(*aanwijzingen):
    staat = buurt(*aanwijzingen)
    plan = plan_of(staat)
    assert not judged(plan, staat)
    return moves_of_plan(plan)


def test_zonder_aanwijzing_krijgt_ieder_de_woning_bij_wie_ertoe_doet():
    assert gaat_naar() == {"aalders": "hofje", "bos": "singel", "cerny": "flat"}


def test_de_coach_weet_dat_mevrouw_aalders_niet_naar_het_hofje_wil(nacht):
    kost = prijs(nacht, "aalders", "hofje", wat=FORBID)
    assert kost.price.points > 0
    assert kost.price.minutes_to_ties > 0
    assert gaat_naar(an_instruction("aalders", "hofje", "forbid")).get("aalders") != "hofje"


def test_familie_cerny_mag_voorgaan_maar_dat_kost_mevrouw_aalders_haar_dochter(nacht):
    kost = prijs(nacht, "cerny", "hofje", wat=PIN)
    assert kost.price.points > 0
    gevolgd = gaat_naar(an_instruction("cerny", "hofje"))
    assert gevolgd["cerny"] == "hofje"
    assert gevolgd.get("aalders") != "hofje"


def test_wat_het_plan_al_doet_kost_niets(nacht):
    kost = prijs(nacht, "bos", "singel", wat=PIN)
    assert (kost.already, kost.price.points) == (True, 0)
