"""A proposal to write about: somebody up two flights of stairs, and a home with a lift."""

from dataclasses import replace
from datetime import date

from desk.paper.told import Caller, Home, Rent, Told, Walk

NOW = Home("bovenwoning", 4, 88, floor=2, address="Kerkstraat 12-B, 1234 AB Dorp")
THEN = Home("galerijflat", 3, 64, 1, lift=True, step_free=True, address="Laan 40, 1234 AC Dorp")
CHILD, DOCTOR = Walk("uw kind", 25, 8), Walk("de huisarts", 14, 6, person=False)
TOLD = Told(
    proposal="voorstel-0a1b",
    name="Mevrouw De Vries",
    on=date(2026, 11, 22),
    until=date(2026, 12, 20),
    home=NOW,
    to=THEN,
    rent=Rent(56_012, 64_012),
    caller=Caller("Anneke Bos", "036 123 45 67"),
    walks=(CHILD, DOCTOR),
)


def told(**other):
    """The same proposal with something different."""
    return replace(TOLD, **other)


LONG = told(
    name="Mevrouw " + "Van der Wouden " * 8,
    home=replace(NOW, address="Burgemeester van der Wouden-Terpstrastraat 1201-BIS, 1234 AB Dorp"),
    to=replace(THEN, address="Burgemeester van der Wouden-Terpstraplein 1201-BIS, 1234 AB Dorp"),
    rent=Rent(56_012, 64_012, kept=True, grants=(("Van groot naar beter", 75_000), ("B", 50_000))),
    caller=Caller("Anneke van der Wouden-Terpstra", "036 123 45 67"),
    waits_for=4,
    walks=(
        CHILD,
        Walk("uw mantelzorger", 45, 4),
        Walk("degene voor wie u zorgt", 30, 9),
        Walk("uw vriend of vriendin", 10, 14),
        Walk("uw kerk, moskee of andere gebedsplaats", 9, 22),
        DOCTOR,
        Walk("de ontmoetingsruimte", 12, None, person=False),
    ),
)
"""As much as a letter ever has to say."""
