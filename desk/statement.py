"""The accessibility statement: what is tested, how, and what is not good yet. Keep it true."""

from datetime import date

REVISED = date(2026, 11, 22)
OWN = "eigen toets, automatisch"
MEETS = "voldoet in eigen toets"
UNKNOWN = "nog niet onafhankelijk onderzocht"

CHECKS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Opbouw: koppen, lijsten, tabellen, velden met een naam",
        "1.3.1, 1.3.2, 2.4.2, 2.4.6, 3.1.1, 3.3.2, 4.1.2",
        f"{OWN}: axe-core op elke pagina",
        MEETS,
    ),
    (
        "Kleur en contrast, licht en donker",
        "1.4.1, 1.4.3, 1.4.11",
        f"{OWN}: axe-core, in beide kleurstellingen",
        MEETS,
    ),
    (
        "Alles met het toetsenbord, in een logische volgorde",
        "2.1.1, 2.1.2, 2.1.4, 2.4.1, 2.4.3, 2.4.7, 2.4.11",
        f"{OWN}: elke pagina met alleen Tab doorlopen",
        MEETS,
    ),
    (
        "Knoppen en links zijn groot genoeg",
        "2.5.8",
        f"{OWN}: alles wat u aanwijst is 24 bij 24 pixels of staat ver genoeg uit elkaar",
        MEETS,
    ),
    (
        "Vergroten en smalle schermen",
        "1.4.4, 1.4.10, 1.4.12",
        f"{OWN}: elke pagina op 320 pixels breed",
        MEETS,
    ),
    (
        "Nooit alleen een kaart, nooit slepen",
        "1.1.1, 2.5.7",
        "bij elke kaart staat een tabel die hetzelfde zegt",
        MEETS,
    ),
    (
        "Fouten in een formulier",
        "3.3.1, 3.3.3, 3.3.4, 3.3.7",
        "de fout staat bij het veld en boven het formulier; stappen kunt u terugnemen",
        MEETS,
    ),
    (
        "Aanmelden zonder puzzel",
        "3.3.8",
        "u mag plakken en een wachtwoordbeheerder gebruiken",
        MEETS,
    ),
    ("Voorleesprogramma’s", "1.3.1, 4.1.3", "nog niet met gebruikers getoetst", UNKNOWN),
)
"""What, which success criteria of WCAG 2.2, how, and the outcome."""
GAPS: tuple[str, ...] = (
    "Wij hebben nog niet met mensen getoetst die een voorleesprogramma gebruiken.",
    "De pdf’s zijn van labels voorzien, maar nog niet met een voorleesprogramma nagelopen.",
    "De werkmappen (XLSX) zijn niet apart op toegankelijkheid getoetst.",
)
