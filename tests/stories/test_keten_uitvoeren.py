"""Verhaal: de keten van mevrouw wordt getekend, van voor naar achter. Schakel 2 zegt nee.

| schakel | wie | gaat naar | laat achter |
|---|---|---|---|
| 1 | mevrouw (81, rollator) | hofje | flat-3 |
| 2 | gezin van vier | flat-3 | klein |
| 3 | starter | klein | niets |

Het hofje staat leeg. Niemand geeft de eigen woning op voordat de nieuwe getekend is: daarom tekent
mevrouw eerst, dan het gezin, dan de starter. Zegt het gezin nee, dan houdt mevrouw haar hofje, en
blijft het gezin wonen waar het woont. Alleen de starter moet wachten op een nieuw voorstel.
"""

from __future__ import annotations

from data_contracts.words import ProposalState as Stand
from matching.carry_out import (
    Link,
    Living,
    after,
    course_of,
    next_steps,
    order_of_signatures,
    passing,
    refusal,
)

WIE = {"mevrouw": "schakel 1", "gezin": "schakel 2", "starter": "schakel 3"}


def de_keten(**hoever):
    """De keten van mevrouw; wie niet genoemd is, heeft het voorstel aangenomen."""
    gaat = [
        ("mevrouw", "hofje", "flat-3"),
        ("gezin", "flat-3", "klein"),
        ("starter", "klein", None),
    ]
    schakels = [
        Link(WIE[wie], wie, naar, achter, hoever.get(wie, Stand.ACCEPTED))
        for wie, naar, achter in gaat
    ]
    wonen = {"flat-3": frozenset({"mevrouw"}), "klein": frozenset({"gezin"})}
    return course_of(schakels, Living(wonen))


def waarom_niet(keten, wie, stap):
    return refusal(keten, WIE[wie], stap)


def na(keten, wie, stap):
    """De keten nadat iemand deze stap heeft gezet."""
    return after(keten, passing(keten, WIE[wie], stap))


def stand(keten):
    return {schakel.household: schakel.state for schakel in keten.links.values()}


def woont(keten, wie):
    return [huis for huis, wie_daar in keten.living.tenants.items() if wie in wie_daar]


def test_de_verhuiscoach_ziet_wie_na_wie_tekent():
    assert order_of_signatures(de_keten()) == (("schakel 1",), ("schakel 2",), ("schakel 3",))


def test_het_gezin_tekent_niet_voordat_mevrouw_getekend_heeft():
    assert waarom_niet(de_keten(), "gezin", Stand.SIGNED) == (
        "Eerst moet de vorige in de keten getekend hebben."
    )
    assert waarom_niet(de_keten(mevrouw=Stand.SIGNED), "gezin", Stand.SIGNED) is None


def test_mevrouw_kan_meteen_tekenen_want_het_hofje_staat_leeg():
    assert waarom_niet(de_keten(), "mevrouw", Stand.SIGNED) is None


def test_het_gezin_verhuist_pas_als_mevrouw_uit_de_flat_is():
    keten = de_keten(mevrouw=Stand.SIGNED, gezin=Stand.SIGNED, starter=Stand.SIGNED)
    assert "woning leeg" in waarom_niet(keten, "gezin", Stand.MOVED)
    assert waarom_niet(na(keten, "mevrouw", Stand.MOVED), "gezin", Stand.MOVED) is None


def test_zegt_het_gezin_nee_dan_staat_de_voorkant_en_valt_de_starter_terug():
    keten = na(de_keten(mevrouw=Stand.SIGNED), "gezin", Stand.DECLINED)
    assert stand(keten) == {
        "mevrouw": Stand.SIGNED,
        "gezin": Stand.DECLINED,
        "starter": Stand.SUPERSEDED,
    }


def test_na_het_nee_heeft_iedereen_nog_een_woning():
    keten = na(de_keten(mevrouw=Stand.SIGNED), "gezin", Stand.DECLINED)
    assert woont(keten, "mevrouw") == ["flat-3"]
    assert woont(keten, "gezin") == ["klein"]
    verhuisd = na(keten, "mevrouw", Stand.MOVED)
    assert woont(verhuisd, "mevrouw") == ["hofje"]
    assert woont(verhuisd, "gezin") == ["klein"]


def test_een_ander_gezin_neemt_de_flat_en_de_keten_krijgt_een_nieuwe_staart():
    keten = na(de_keten(mevrouw=Stand.SIGNED), "gezin", Stand.DECLINED)
    ander = Link("schakel 2b", "ander gezin", "flat-3", "bovenwoning", Stand.ACCEPTED)
    nieuw = course_of([*keten.links.values(), ander], keten.living)
    assert refusal(nieuw, "schakel 2b", Stand.SIGNED) is None


def test_verbrandt_het_hofje_dan_houdt_mevrouw_haar_flat_en_wacht_het_gezin():
    keten = de_keten(mevrouw=Stand.SIGNED, gezin=Stand.SIGNED)
    brand = course_of(
        keten.links.values(), Living(keten.living.tenants, withdrawn=frozenset({"hofje"}))
    )
    assert "ingetrokken" in waarom_niet(brand, "mevrouw", Stand.MOVED)
    assert "woning leeg" in waarom_niet(brand, "gezin", Stand.MOVED)
    assert woont(brand, "mevrouw") == ["flat-3"]


def test_de_verhuiscoach_leest_bij_iedere_schakel_wat_er_kan():
    verteld = {
        (stap.proposal, stap.state): stap.sentence or "kan nu" for stap in next_steps(de_keten())
    }
    assert verteld["schakel 1", Stand.SIGNED] == "kan nu"
    assert verteld["schakel 3", Stand.DECLINED] == "kan nu"
    assert verteld["schakel 3", Stand.SIGNED] == "Eerst moet de vorige in de keten getekend hebben."
