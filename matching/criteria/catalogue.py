"""The catalogue: every rule and preference by name, with what it says and where it comes from.

Sentences are for a resident (B1). A {word} is a column of `figures`; amounts are in eurocents.
The rules stand in the order in which they are judged: cheap and selective first.
"""

from __future__ import annotations

from data_contracts.words import Verdict
from matching.criteria import allocation, preferences, rules
from matching.criteria.preferences import Preference
from matching.criteria.rules import Rule

NO, ASK, YES = Verdict.NO, Verdict.ASK, Verdict.YES
POLICY = "Beleid van de corporatie"
WISH = "Woonwens van het huishouden"
VERA = "VERA-referentiedata 2026-06-26"
WONINGWET = "Woningwet art. 46 lid 2, BTIV art. 54-56, bedragen van het jaar"

RULES: tuple[Rule, ...] = (
    Rule(
        "toestemming",
        rules.toestemming,
        {
            NO: "Er is geen geldige toestemming om het huishouden te benaderen.",
            YES: "Het huishouden vindt het goed dat wij het benaderen.",
        },
        "AVG art. 6 lid 1 onder a; termijn: beleid van de corporatie",
        about="seeker",
    ),
    Rule(
        "wens_geldig",
        rules.wens_geldig,
        {
            NO: "Er is geen geldige woonwens, of het huishouden wil nu niet verhuizen.",
            YES: "De woonwens is geldig en nog vers.",
        },
        f"{WISH}; termijn: beleid van de corporatie",
        about="seeker",
    ),
    Rule(
        "lopend_voorstel",
        rules.lopend_voorstel,
        {
            NO: "Het huishouden heeft al een andere woning geaccepteerd.",
            YES: "Het huishouden heeft nog geen andere woning geaccepteerd.",
        },
        POLICY,
        about="seeker",
    ),
    Rule(
        "woning_komt_vrij",
        rules.woning_komt_vrij,
        {
            NO: "Deze woning komt de komende tijd niet vrij.",
            YES: "Deze woning is vrij of kan vrijkomen.",
        },
        POLICY,
        about="home",
    ),
    Rule(
        "werkzaamheden",
        rules.werkzaamheden,
        {
            NO: "In deze woning zijn werkzaamheden gepland, of de woning wordt gesloopt.",
            YES: "In deze woning zijn geen werkzaamheden gepland.",
        },
        "Planning van de corporatie",
        about="home",
    ),
    Rule(
        "kamers",
        rules.by_sort(rules.kamers),
        {
            NO: "Het aantal kamers ({aantal_kamers}) past niet bij het huishouden of de woonwens.",
            YES: "Het aantal kamers ({aantal_kamers}) past bij het huishouden en de woonwens.",
        },
        f"{POLICY} (bezetting); {WISH}",
        sorts=rules.kamers,
    ),
    Rule(
        "toegankelijkheid",
        rules.by_sort(rules.toegankelijkheid),
        {
            NO: "De woning is niet toegankelijk genoeg voor het huishouden.",
            YES: "De woning is zo toegankelijk als het huishouden nodig heeft.",
        },
        f"{VERA}, TOEGANKELIJKHEIDSLABEL",
        sorts=rules.toegankelijkheid,
    ),
    Rule(
        "etage_zonder_lift",
        rules.etage_zonder_lift,
        {
            NO: "De woning ligt te hoog (verdieping {verdieping}) voor het huishouden.",
            YES: "De woning ligt niet te hoog (verdieping {verdieping}).",
        },
        f"{POLICY}; {WISH}",
    ),
    Rule(
        "huishoudlabel",
        rules.huishoudlabel,
        {
            NO: "De woning is bedoeld voor een kleiner of groter huishouden.",
            YES: "De grootte van het huishouden past bij deze woning.",
        },
        f"{VERA}, EENHEIDCRITERIUMSOORT PER",
    ),
    Rule(
        "leeftijdslabel",
        rules.leeftijdslabel,
        {
            NO: "De woning is bedoeld voor mensen die ouder zijn.",
            ASK: "Vraag de coach: wij weten niet zeker of de leeftijd klopt met het label.",
            YES: "De leeftijd past bij deze woning.",
        },
        f"{VERA}, EENHEIDCRITERIUMSOORT LEE",
    ),
    Rule(
        "eigen_woning",
        rules.eigen_woning,
        {
            NO: "Het huishouden woont al in deze woning.",
            YES: "Het is een andere woning dan de huidige.",
        },
        "Verhuisketen",
    ),
    Rule(
        "eigen_corporatie",
        rules.eigen_corporatie,
        {
            NO: "De woning is van een andere corporatie.",
            YES: "De woning hoort bij het aanbod voor dit huishouden.",
        },
        POLICY,
    ),
    Rule(
        "wens_soort",
        rules.wens_soort,
        {
            NO: "Het huishouden zoekt een ander soort woning.",
            YES: "Het is een soort woning die het huishouden zoekt.",
        },
        WISH,
    ),
    Rule(
        "oppervlakte",
        rules.oppervlakte,
        {
            NO: "De woning is met {vierkante_meters} m² kleiner dan het huishouden vraagt.",
            YES: "De woning is met {vierkante_meters} m² groot genoeg.",
        },
        WISH,
    ),
    Rule(
        "kenmerken",
        rules.kenmerken,
        {
            NO: "De woning mist iets wat het huishouden nodig heeft.",
            YES: "De woning heeft wat het huishouden nodig heeft.",
        },
        "Opgave van het huishouden",
    ),
    Rule(
        "daeb_inkomen",
        allocation.daeb_inkomen,
        {
            NO: "Het inkomen is hoger dan de grens van {jaar} voor een sociale huurwoning. "
            "Alleen binnen de vrije ruimte van de corporatie kan het toch.",
            ASK: "Vraag de coach: het inkomen is niet getoetst aan de grenzen van {jaar}.",
            YES: "Het inkomen past bij deze woning.",
        },
        "Woningwet art. 48 lid 1, inkomensgrens DAEB van het jaar",
        costs=False,
    ),
    Rule(
        "passend_toewijzen",
        allocation.passend_toewijzen,
        {
            NO: "De huur van {streefhuur} is hoger dan {huur_grens}. Dat is in {jaar} de hoogste "
            "huur die bij dit inkomen past.",
            ASK: "Vraag de coach: of een huur van {streefhuur} past, weten wij niet zeker. "
            "De grens in {jaar} is {huur_grens}.",
            YES: "De huur past bij het inkomen.",
        },
        WONINGWET,
        costs=False,
    ),
    Rule(
        "huur_binnen_wens",
        rules.huur_binnen_wens,
        {
            NO: "De huur van {huur} is hoger dan het huishouden wil betalen ({huur_wens}).",
            YES: "De huur van {huur} is niet hoger dan het huishouden wil betalen.",
        },
        WISH,
    ),
    Rule(
        "afgewezen",
        rules.afgewezen,
        {
            NO: "Het huishouden heeft deze woning al eens afgewezen.",
            YES: "Het huishouden heeft deze woning niet afgewezen.",
        },
        "Eerdere reactie van het huishouden",
    ),
    Rule(
        "wens_gebied",
        rules.wens_gebied,
        {
            NO: "De woning ligt niet in een buurt die het huishouden noemt.",
            YES: "De woning ligt in een buurt waar het huishouden wil wonen.",
        },
        WISH,
        about="area",
    ),
    Rule(
        "zoekgebied",
        rules.zoekgebied,
        {
            NO: "De woning ligt te ver van de eigen woning en van belangrijke mensen en plekken.",
            YES: "De woning ligt in het gebied waarin wij zoeken.",
        },
        POLICY,
        about="area",
        along="Wij zoeken ook bij de nieuwe woning van iemand bij wie het huishouden dichtbij moet "
        "wonen.",
    ),
    Rule(
        "moet_band",
        rules.moet_band,
        {
            NO: "De woning ligt te ver lopen van iemand of iets waar het huishouden "
            "dichtbij moet wonen.",
            ASK: "Vraag de coach: van een belangrijke persoon of plek weten wij niet waar die is.",
            YES: "De woning ligt dichtbij genoeg bij wat dichtbij moet zijn.",
        },
        WISH,
        along="De woning ligt dichtbij genoeg, want iemand bij wie het huishouden dichtbij moet "
        "wonen, verhuist in dit plan mee. Gaat die verhuizing niet door, dan mag deze ook niet.",
    ),
)
"""Every hard rule. `about` area: the blocking of candidates has seen to it already."""

PREFERENCES: tuple[Preference, ...] = (
    Preference(
        "banden",
        preferences.banden,
        "Lopen naar belangrijke mensen en plekken: straks samen {minuten_straks} minuten, "
        "nu {minuten_nu}.",
        f"{WISH}; gewicht: beleid van de corporatie",
        along=" Dit is geteld met waar ieder nu woont; wie meeverhuist, komt dichterbij.",
    ),
    Preference(
        "voorzieningen",
        preferences.voorzieningen,
        "Van huisarts, apotheek, supermarkt, halte en ontmoetingsruimte zijn er straks "
        "{voorzieningen_straks} dichtbij, nu {voorzieningen_nu}.",
        f"{POLICY} (rollatorafstand)",
    ),
    Preference(
        "langer_thuis",
        preferences.langer_thuis,
        "Een oudere verhuist van een ongeschikte naar een geschikte woning.",
        "Monitor Ouderenhuisvesting (ABF voor BZK, 2021)",
    ),
    Preference(
        "gezinswoning",
        preferences.gezinswoning,
        "Er komt een gezinswoning vrij.",
        POLICY,
    ),
    Preference(
        "huur_verschil",
        preferences.huur,
        "De huur is nu {huur_nu} en wordt {huur}.",
        WISH,
    ),
    Preference(
        "eigen_buurt",
        preferences.eigen_buurt,
        "Het huishouden blijft in de eigen buurt.",
        WISH,
    ),
    Preference(
        "wachttijd",
        preferences.wachttijd,
        "Het huishouden staat {jaren_ingeschreven} jaar ingeschreven.",
        POLICY,
    ),
    Preference(
        "voorrang",
        preferences.voorrang,
        "Het huishouden heeft voorrang.",
        f"{VERA}, VOORRANGSOORT; huisvestingsverordening of beleid",
    ),
    Preference(
        "achterblijvers",
        preferences.achterblijvers,
        "Wie achterblijft, loopt samen {minuten_achterblijvers} minuten verder.",
        POLICY,
    ),
    Preference(
        "buitenruimte",
        preferences.buitenruimte,
        "De woning heeft een tuin of balkon.",
        WISH,
    ),
    Preference(
        "sorteerlabel",
        preferences.sorteerlabel,
        "Het huishouden gaat voor, omdat het past bij het label van de woning.",
        f"{VERA}, EENHEIDCRITERIUMTOEPASSING SOR",
    ),
    Preference(
        "regeling",
        preferences.regeling,
        "Er geldt een regeling voor wie doorstroomt: {regelingen}.",
        f"{POLICY} (regelingen)",
    ),
    Preference(
        "navraag",
        preferences.navraag,
        "De coach moet eerst iets navragen.",
        POLICY,
    ),
)
"""Every preference; the gain of a move is the sum of their points."""
