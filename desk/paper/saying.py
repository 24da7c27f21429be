"""What a household reads, sentence by sentence: short ones, in words that everybody knows (B1).

Every sentence is made here and nowhere else, so that the letter and the woonplan say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.figures import day, euro

if TYPE_CHECKING:
    from desk.paper.told import Home, Rent, Told, Walk

KEEPS = "U houdt uw huis tot u in de nieuwe woning kunt."
"""So the chain is carried out: nobody leaves a home before the next one is there."""
NUMBERS = ("nul", "één", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht")
TITLES = frozenset({"Mevrouw", "Meneer", "De", "Familie", "Fam."})
FLOORS = ("begane grond", "eerste", "tweede", "derde", "vierde", "vijfde", "zesde", "zevende")
MOST_WALKS = 5
"""So many walks fit a page; the others the coach has."""
TOLD_NEARER, TOLD_FARTHER = 3, 2
WORTH_TELLING = 2
"""Minutes: who comes one minute nearer does not move for it."""
A_LITTLE = 1_00
"""Eurocents a month: less than this is no difference to speak of."""


def home(told: Told) -> tuple[str, ...]:
    """Say which home it is."""
    to = told.to
    rooms = None if to.rooms is None else counted(to.rooms, "kamer", "kamers")
    area = None if to.area is None else f"{to.area} m²"
    has = " en ".join(part for part in (rooms, area) if part)
    said = [f"De woning is een {to.kind}{f' met {has}' if has else ''}."]
    if to.address:
        # Where only the town is known, that is no address to go to.
        whole = any(char.isdigit() for char in to.address)
        said.append(f"{'Het adres is' if whole else 'De woning staat in'} {to.address}.")
    if to.floor is not None:
        said.append(f"De voordeur is {_where(to)}.")
    return tuple(said)


def why(told: Told) -> tuple[str, ...]:
    """Say why this home: the stairs first, then who is nearer, then the rent.

    And what is less good, for who hears that later feels cheated.
    """
    said = (*_stairs(told.home, told.to), *_nearer(told), *_cheaper(told.rent))
    return (said or ("Deze woning past bij wat u ons vertelde.",)) + tuple(_farther(told))


def costs(rent: Rent) -> tuple[str, ...]:
    """Say what it costs, and what makes it less; of what nobody knows yet, who finds out."""
    said = list(_rents(rent))
    if rent.kept:
        said.append("U neemt uw oude huur mee, want voor u geldt een regeling.")
    said += [
        f"Misschien krijgt u {euro(cents)} voor de kosten van het verhuizen."
        for _, cents in rent.grants
    ]
    if rent.grants:
        said.append("Uw verhuiscoach vraagt dat voor u na.")
    said.append("Krijgt u huurtoeslag? Dan kan dat bedrag veranderen.")
    said.append("Uw verhuiscoach rekent het met u uit.")
    return tuple(said)


def steps(told: Told) -> tuple[str, ...]:
    """Say what happens next: who does what, and by when."""
    call = f"{told.caller.name} belt u om een afspraak te maken."
    answer = f"U zegt ja of nee{_by(told)}. Neem gerust de tijd."
    return (
        call,
        "U bekijkt de woning samen met uw verhuiscoach. Neem gerust iemand mee.",
        answer,
        "Zegt u ja? Dan tekent u het nieuwe contract. Tot dan mag u zich bedenken.",
        f"{_turn(told)}{'' if told.home is None else KEEPS}",
    )


def refusing(told: Told) -> tuple[str, ...]:
    """Say how to say no, and that nothing is lost by it.

    True to how it works: a refusal ends the proposal, and changes nothing of the household.
    """
    caller = told.caller.name
    return (
        f"Dat is goed. Zeg het tegen {caller}.",
        f"U houdt {_kept(told)}. U verliest dus niets.",
        "Uw coach vraagt wel waarom. Zo zoeken wij de volgende keer beter voor u.",
        "Wilt u helemaal niet meer verhuizen? Ook dat mag u zeggen.",
    )


def reach(told: Told) -> str:
    """Say how to reach the coach."""
    if told.caller.phone:
        return f"Hebt u een vraag? Bel {told.caller.name}: {told.caller.phone}."
    # Room to write the number down: a letter without one helps nobody.
    return f"Hebt u een vraag? Bel {told.caller.name}: {'.' * 24}"


def walks(told: Told) -> tuple[Walk, ...]:
    """Choose the walks that fit a page: people before places, the greatest difference first."""
    known = [walk for walk in told.walks if walk.now is not None or walk.then is not None]
    ordered = sorted(known, key=lambda w: (not w.person, -abs(w.nearer), w.to))
    return tuple(ordered[:MOST_WALKS])


def footnote(told: Told) -> str:
    """Say how the minutes were found."""
    how = "geschat" if told.estimate else "over de straat gemeten"
    return f"De minuten zijn {how}, in uw eigen tempo."


def counted(number: int, one: str, more: str) -> str:
    """Say a number with its noun, small ones in words: twee kamers, 12 kamers."""
    said = NUMBERS[number] if 0 <= number < len(NUMBERS) else str(number)
    return f"{said} {one if number == 1 else more}"


def minutes(number: int | None) -> str:
    """Say minutes on foot, or that it is too far to walk."""
    if number is None:
        return "te ver om te lopen"
    if number == 0:
        return "minder dan 1 minuut"
    return "1 minuut" if number == 1 else f"{number} minuten"


def greeting(name: str) -> str:
    """Greet a household by the name it wants to hear."""
    first, _, rest = name.partition(" ")
    said = f"{first.lower()} {rest}" if first in TITLES and rest else name
    return f"Beste {said or 'bewoner'},"


def mine(to: str) -> str:
    """Say of whom or what it is in the words of the household itself: mijn kind."""
    return f"mijn {to[3:]}" if to.startswith("uw ") else to


def _where(to: Home) -> str:
    if to.floor is None or to.floor <= 0:
        return "op de begane grond"
    lift = "Er is een lift" if to.lift else "Er is geen lift"
    return f"op de {floor(to.floor)} verdieping. {lift}"


def floor(number: int) -> str:
    """Name a floor: the first is the one above the ground floor."""
    return FLOORS[number] if number < len(FLOORS) else f"{number}e"


def _stairs(now: Home | None, to: Home) -> list[str]:
    said = []
    if now is not None and now.stairs and not to.stairs:
        said.append("U hoeft geen trap meer op naar uw voordeur.")
    if to.step_free and not (now is not None and now.step_free):
        said.append("U komt zonder drempels of traptreden binnen.")
    return said


def _nearer(told: Told) -> list[str]:
    better = sorted(
        (w for w in told.walks if w.nearer >= WORTH_TELLING),
        key=lambda w: (not w.person, -w.nearer),
    )
    said = []
    for walk in better[:TOLD_NEARER]:
        now = "" if told.home is None else f" Nu is dat {minutes(walk.now)}."
        said.append(f"U loopt in {minutes(walk.then)} naar {walk.to}.{now}")
    return said


def _farther(told: Told) -> list[str]:
    if told.home is None:
        return []
    worse = sorted(
        (w for w in told.walks if w.nearer <= -WORTH_TELLING),
        key=lambda w: (not w.person, w.nearer),
    )
    said = [
        f"Naar {walk.to} is het verder: {minutes(walk.then)}. Nu is dat {minutes(walk.now)}."
        for walk in worse[:TOLD_FARTHER]
    ]
    if told.to.stairs and not told.home.stairs:
        said.append("Let op: u moet een trap op naar de voordeur.")
    return said


def _cheaper(rent: Rent) -> list[str]:
    if rent.now is None or rent.now - rent.then < A_LITTLE:
        return []
    return [f"U betaalt {euro(rent.now - rent.then)} minder huur per maand."]


def _rents(rent: Rent) -> tuple[str, ...]:
    then = f"De huur wordt {euro(rent.then)} per maand, zonder servicekosten."
    if rent.now is None:
        return (then,)
    now = f"U betaalt nu {euro(rent.now)} huur per maand."
    if abs(rent.now - rent.then) < A_LITTLE:
        return (now, then, "Dat blijft dus bijna gelijk.")
    word = "minder" if rent.then < rent.now else "meer"
    return (now, then, f"Dat is {euro(abs(rent.now - rent.then))} {word} per maand.")


def _by(told: Told) -> str:
    return "" if told.until is None else f", uiterlijk op {day(told.until)}"


def _kept(told: Told) -> str:
    things = {
        "uw huis": told.home is not None,
        "uw inschrijftijd": True,
        "uw voorrang": told.priority,
    }
    *others, last = (thing for thing, kept in things.items() if kept)
    return f"{', '.join(others)} en {last}" if others else last


def _turn(told: Told) -> str:
    if told.together:
        others = counted(told.together, "ander huishouden", "andere huishoudens")
        return f"U verhuist tegelijk met {others}. "
    if told.waits_for:
        others = counted(told.waits_for, "ander huishouden", "andere huishoudens")
        verb = "verhuist" if told.waits_for == 1 else "verhuizen"
        return f"Voor u {verb} eerst {others}. Dat kan even duren. "
    return "Uw verhuiscoach plant met u de dag van het verhuizen. "
