"""The rows of the catalogue: what each measure is called, what it means, and how sure it is.

The texts are shown to planners as they stand: plain Dutch, and never surer than the data.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["flow", "stock"]
Better = Literal["more", "less"]
Row = tuple[str, str, str, Kind, Better | None, str, str]
ROWS: tuple[Row, ...] = (
    (
        "moves",
        "Verhuizingen",
        *("huishoudens", "flow", "more", "home neighbourhood age kind channel"),
        ("Huishoudens die een woning van ons betrokken. Geteld uit de gesimuleerde verhuizingen."),
    ),
    (
        "moves_starters",
        "Verhuizingen van starters",
        *("huishoudens", "flow", None, "home neighbourhood"),
        "Huishoudens die nog geen eigen woning hadden en dus niets achterlaten.",
    ),
    (
        "moves_outside",
        "Verhuizingen van buiten",
        *("huishoudens", "flow", None, "home neighbourhood"),
        "Huishoudens die een woning buiten deze voorraad achterlaten.",
    ),
    (
        "moves_older",
        "Verhuizingen van ouderen",
        *("huishoudens", "flow", "more", "home neighbourhood"),
        (
            "Verhuizingen van oudere huishoudens. Ouder: de oudste heeft zeker de leeftijd "
            "uit uw beleid, of AOW."
        ),
    ),
    (
        "moves_families",
        "Verhuizingen van gezinnen",
        *("huishoudens", "flow", None, "home neighbourhood"),
        "Huishoudens van drie of meer personen; of er kinderen zijn, weten wij niet.",
    ),
    (
        "moves_urgent",
        "Verhuizingen met urgentie",
        *("huishoudens", "flow", None, "home neighbourhood"),
        "Huishoudens met urgentie volgens de huisvestingsverordening.",
    ),
    (
        "housed_last",
        "Gehuisvest aan het eind van een keten",
        *("huishoudens", "flow", None, "end"),
        (
            "Huishoudens na wie er niets vrijkomt: starters, wie van buiten komt, en "
            "huurders bij wie iemand achterblijft."
        ),
    ),
    (
        "housed_last_families",
        "Gezinnen aan het eind van een keten",
        *("huishoudens", "flow", None, ""),
        "Van wie aan het eind een woning kreeg: huishoudens van drie of meer personen.",
    ),
    (
        "housed_last_urgent",
        "Urgenten aan het eind van een keten",
        *("huishoudens", "flow", None, ""),
        "Van wie aan het eind een woning kreeg: huishoudens met urgentie.",
    ),
    (
        "chains_begun",
        "Ketens die beginnen",
        *("ketens", "flow", "more", "cause home neighbourhood"),
        "Woningen die vrijkwamen zonder dat een verhuizing in een keten daarvoor zorgde.",
    ),
    (
        "freed",
        "Vrijgekomen woningen",
        *("woningen", "flow", "more", "cause home neighbourhood rent"),
        (
            "Alle woningen die vrijkwamen om te verhuren, ook die halverwege een keten; niet wat "
            "dan wordt verkocht of gesloopt."
        ),
    ),
    (
        "older_to_suitable",
        "Ouderen naar een geschikte woning",
        *("huishoudens", "flow", "more", "home neighbourhood"),
        (
            "Oudere huishoudens die uit een woning gingen die hun opgegeven behoefte niet "
            "dekte, naar een die dat wel doet. Per soort woning en buurt: waar zij naartoe "
            "gingen."
        ),
    ),
    (
        "family_homes_freed",
        "Gezinswoningen die vrijkomen",
        *("woningen", "flow", "more", "neighbourhood"),
        "Grote eengezinswoningen vrijgemaakt door wie naar een andere soort woning ging.",
    ),
    (
        "older_households",
        "Oudere huishoudens",
        *("huishoudens", "stock", None, "home neighbourhood age"),
        (
            "Oudere huishoudens die in een woning van ons wonen. Ouder: de oudste heeft "
            "zeker de leeftijd uit uw beleid, of AOW."
        ),
    ),
    (
        "older_unsuitable_low",
        "Ouderen in een ongeschikte woning (strenge lezing)",
        *("huishoudens", "stock", "less", "home neighbourhood"),
        (
            "Strenge lezing: een opgegeven behoefte die de woning niet dekt, in een woning die "
            "niet voor minder dan € 10.000 is aan te passen (gestapeld, eerste verdieping "
            "of hoger, zonder lift). Beperking en geschiktheid zijn allebei schattingen "
            "(Monitor Ouderenhuisvesting, ABF voor BZK, 2021): lees de drie lezingen "
            "naast elkaar, en nooit per adres."
        ),
    ),
    (
        "older_unsuitable",
        "Ouderen in een ongeschikte woning",
        *("huishoudens", "stock", "less", "home neighbourhood age"),
        (
            "Middelste lezing: oudere huishoudens met een opgegeven behoefte die hun woning "
            "niet dekt. Een behoefte is wat het huishouden zelf opgaf: een "
            "toegankelijkheidslabel, een kenmerk of een loophulpmiddel. Wie niets opgaf, "
            "telt hier niet; het echte aantal ligt dus eerder hoger. Beperking en "
            "geschiktheid zijn allebei schattingen (Monitor Ouderenhuisvesting, ABF voor "
            "BZK, 2021): lees de drie lezingen naast elkaar, en nooit per adres."
        ),
    ),
    (
        "older_unsuitable_high",
        "Ouderen in een ongeschikte woning (ruime lezing)",
        *("huishoudens", "stock", "less", "home neighbourhood"),
        (
            "Ruime lezing: de middelste, en daarbij elk huishouden van 75 jaar of ouder "
            "dat zonder lift op een verdieping woont, ook als het niets opgaf. Dit is niet het "
            "hoogste dat kan: wie jonger is en niets opgaf, telt ook hier niet. Beperking en "
            "geschiktheid zijn allebei schattingen (Monitor Ouderenhuisvesting, ABF voor "
            "BZK, 2021): lees de drie lezingen naast elkaar, en nooit per adres."
        ),
    ),
    (
        "tie_minutes",
        "Looptijd naar naasten erbij",
        *("minuten", "flow", "less", ""),
        (
            "Van wie door de motor verhuisde: de minuten lopen naar al hun banden samen, na"
            " min voor. Onder nul is dichterbij. Hemelsbreed met een omweg als er geen "
            "wegennet is."
        ),
    ),
    (
        "facility_gain",
        "Voorzieningen op rollatorafstand erbij",
        *("voorzieningen", "flow", "more", ""),
        (
            "Van wie door de motor verhuisde: hoeveel soorten voorzieningen er op "
            "rollatorafstand bij kwamen, min wat er af ging."
        ),
    ),
    (
        "facilities_missing",
        "Ouderen die iets missen op rollatorafstand",
        *("huishoudens", "stock", "less", "facility"),
        (
            "Oudere huishoudens zonder supermarkt, huisarts, apotheek of halte op "
            "rollatorafstand volgens uw beleid (een landelijke norm bestaat niet). Per "
            "soort, ook een ontmoetingsruimte: wie die mist. Of de stoep begaanbaar is, weten"
            " wij alleen met een wegennet."
        ),
    ),
    (
        "care_in_zone",
        "Mensen met een zorgvraag in een woonzorgzone",
        *("huishoudens", "stock", "more", "neighbourhood"),
        (
            "Huishoudens die vragend zijn, een rollator of rolstoel hebben of daar een woning "
            "voor nodig hebben, binnen rollatorafstand van een huisarts of ontmoetingsruimte. Die"
            " zone is onze afspraak: een landelijke omschrijving is er niet."
        ),
    ),
    (
        "care_outside_zone",
        "Mensen met een zorgvraag buiten een woonzorgzone",
        *("huishoudens", "stock", "less", "neighbourhood"),
        "Dezelfde huishoudens, verder dan rollatorafstand van beide.",
    ),
    (
        "mix_outside_band",
        "Complexen buiten hun bandbreedte",
        *("complexen", "stock", "less", "resident"),
        (
            "Complexen waarvan het aandeel vragende of dragende huishoudens buiten de "
            "grenzen ligt die u zelf voor dat complex hebt gezet. Een landelijke norm is er"
            " niet."
        ),
    ),
    (
        "passend_let",
        "Verhuurd aan lage inkomens",
        *("verhuringen", "flow", None, "year"),
        (
            "Verhuringen waarvoor de norm van 95 % passend toewijzen geldt. Op grond van de"
            " inkomenstoets; wie niet is getoetst, telt aan geen van beide kanten mee."
        ),
    ),
    (
        "passend_met",
        "Daarvan passend verhuurd",
        *("verhuringen", "flow", "more", "year"),
        "Daarvan met een huur tot de aftoppingsgrens van dat huishouden.",
    ),
    (
        "daeb_let",
        "Verhuurde DAEB-woningen",
        *("verhuringen", "flow", None, "year"),
        (
            "DAEB-woningen, waarvoor de norm van 92,5 % (of 85 %) geldt. Op grond van de "
            "inkomenstoets; wie niet is getoetst, telt aan geen van beide kanten mee."
        ),
    ),
    (
        "daeb_met",
        "Daarvan aan de doelgroep",
        *("verhuringen", "flow", "more", "year"),
        "Daarvan aan een inkomen tot de DAEB-grens.",
    ),
    (
        "local_let",
        "Verhuurd met voorrang door lokale binding",
        *("verhuringen", "flow", None, "year municipality"),
        (
            "De norm is hoogstens 50 % van de verhuringen, en geldt per gemeente. Zonder "
            "onderverdeling zijn dit alle gemeenten samen: kijk voor de norm per gemeente."
        ),
    ),
    (
        "lets",
        "Alle verhuringen",
        *("verhuringen", "flow", None, "year municipality"),
        (
            "Waar de norm voor lokale binding een deel van is. Zonder onderverdeling alle "
            "gemeenten samen."
        ),
    ),
    (
        "rent_sum",
        "Huursom per maand",
        *("eurocent", "stock", None, "home"),
        (
            "De netto huren van alle lopende contracten samen, per maand. Huren stijgen "
            "hier niet met de jaren: alleen wie waar woont verandert."
        ),
    ),
    (
        "scheme_cost",
        "Kosten van regelingen",
        *("eurocent", "flow", "less", "cost"),
        (
            "Bijdragen bij een verhuizing, en de huur die u door huurbehoud misloopt, maand "
            "na maand, zolang wie met behoud van huur verhuisde daar woont."
        ),
    ),
    (
        "vacancy_days",
        "Leegstand",
        *("dagen", "flow", "less", "home"),
        (
            "Van elke maand de woningen die aan het eind leeg staan, maal de dagen van die "
            "maand, en dat opgeteld. Op hele maanden gerekend: wie binnen de maand "
            "verhuurt, telt nul dagen."
        ),
    ),
    (
        "coach_minutes",
        "Tijd van verhuiscoaches",
        *("minuten", "flow", "less", ""),
        (
            "Voorstellen maal de minuten per voorstel uit uw beleid, ook als iemand nee "
            "zegt. Een landelijk cijfer is er niet."
        ),
    ),
    (
        "seekers",
        "Zoekende huishoudens",
        *("huishoudens", "stock", "less", "kind"),
        "Huishoudens met een geldige woonwens, met en zonder woning van ons.",
    ),
    (
        "open_homes",
        "Leegstaande woningen",
        *("woningen", "stock", "less", "home neighbourhood"),
        "Woningen die op het moment van tellen leeg staan.",
    ),
    (
        "dwellings",
        "Woningen",
        *("woningen", "stock", None, "home neighbourhood"),
        "Alle woningen van de corporaties die meedoen, verhuurd of niet.",
    ),
    (
        "proposals",
        "Voorstellen",
        *("voorstellen", "flow", None, ""),
        "Keren dat een huishouden een woning kreeg voorgesteld.",
    ),
    (
        "declined",
        "Geweigerde voorstellen",
        *("voorstellen", "flow", "less", ""),
        (
            "Daarvan geweigerd. Hoe vaak mensen weigeren is een aanname: een Nederlands "
            "cijfer is niet bekend."
        ),
    ),
)
"""Name, title, unit, kind, better, dimensions, and what it means and how sure it is."""
