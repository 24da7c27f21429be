"""Reading scenarios: a YAML stands on a base, and what it says is merged over it key by key.

The changes of the base come first, and those of the scenario itself follow. Name, title and
question are never taken over: they are of one scenario.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from data_contracts.scenario_adjusting import Adjust, applied, builds
from data_contracts.scenario_mistakes import (
    mistake,
    mistakes,
    near,
    no_yes_or_no,
    outside,
    shown,
    unknown_sources,
)
from data_contracts.scenario_model import NOTHING, Scenario
from data_contracts.scenario_text import BadScenario, Source, Where, source_from, source_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

DEFAULT = Path(__file__).with_name("default_scenario.yaml")
EXAMPLES = Path(__file__).with_name("scenarios")
_OWN = ("name", "title", "question", "base", "adjust")
"""What a scenario never has from its base."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_FILE = re.compile(r"\w[\w.-]{0,99}")


@dataclass(frozen=True, slots=True)
class Merged:
    """A scenario with all that it stands on: its own text, and everything that is said.

    `changes_before`: how many changes come from its base. `wrong`: what cannot be merged.
    """

    own: Source
    said: dict[str, Any]
    changes_before: int = 0
    wrong: tuple[tuple[Where, str], ...] = ()


@cache
def examples() -> tuple[str, ...]:
    """Name our annotated examples, sorted; each may be a base, or be read by its name."""
    return tuple(sorted(path.stem for path in EXAMPLES.glob("*.yaml")))


def example_text(name: str) -> str:
    """Give the YAML of an example, with its comments, to show or to begin from."""
    return _ours(name).read_text("utf-8")


def _ours(name: str) -> Path:
    return DEFAULT if name == NOTHING else EXAMPLES / f"{name}.yaml"


@cache
def _our_source(name: str) -> Source:
    """Read one of our own files once; nobody writes in what it says."""
    return source_of(_ours(name))


def _is_ours(name: str) -> bool:
    return name == NOTHING or name in examples()


def scenario_from(
    path: Path | str, *, folder: Path | None = None, on: date | None = None
) -> Scenario:
    """Read a scenario: a file, or one of ours by its name (`niets-doen` or an example).

    `folder`: where files that are named as base stand; default beside the file. `on`: the day a
    simulation begins; then changes must lie within what it looks ahead. Raises BadScenario with a
    sentence for each mistake.
    """
    if isinstance(path, str) and _is_ours(path):
        return _scenario(_our_source(path), None, on=on, named=path)
    file = Path(path)
    if not file.is_file():
        known = [NOTHING, *examples()]
        told = f"Het scenario {shown(file.name)} is er niet. {near(file.stem, known)}"
        raise BadScenario(told)
    name = file.stem if _NAME.fullmatch(file.stem) else None
    return _scenario(source_of(file), folder or file.parent, on=on, named=name)


def scenario_of(
    text: str, *, called: str = "Uw tekst", folder: Path | None = None, on: date | None = None
) -> Scenario:
    """Read a scenario from text that somebody typed; `called` is what the sentences call it.

    Without a folder only our own scenarios can be its base. Raises BadScenario.
    """
    return _scenario(source_from(text, called), folder, on=on)


def scenarios_from(
    *given: Path | str, folder: Path | None = None, on: date | None = None
) -> tuple[Scenario, ...]:
    """Read several scenarios, each as `scenario_from` does; the mistakes of all come together.

    Raises BadScenario, also when two of them have the same name.
    """
    found: list[Scenario] = []
    wrong: list[str] = []
    for path in given:
        try:
            found.append(scenario_from(path, folder=folder, on=on))
        except BadScenario as error:
            wrong += error.sentences
    names = [scenario.name for scenario in found]
    double = sorted({name for name in names if names.count(name) > 1})
    told = "Twee scenario's heten {}. Geef één van beide een andere naam bij name."
    wrong += [told.format(shown(name)) for name in double]
    if wrong:
        raise BadScenario(*wrong)
    return tuple(found)


def _scenario(
    own: Source, folder: Path | None, *, on: date | None, named: str | None = None
) -> Scenario:
    merged = _merged(own, folder, ())
    said = dict(merged.said)
    if named is not None:
        said.setdefault("name", named)
    name = str(said.get("name", ""))
    said.setdefault("title", name if _NAME.fullmatch(name) else "?")
    return _validated(merged, said, on)


def _merged(own: Source, folder: Path | None, above: tuple[Source, ...]) -> Merged:
    """Merge a text over its base, and that over its own; refuse bases that stand in a ring."""
    if own.path == DEFAULT.resolve():
        return Merged(own, own.said)
    base, beside = _base(own, own.said.get("base", NOTHING), folder)
    seen = (*above, own)
    if base.path in [one.path for one in seen]:
        ring = " → ".join(one.name for one in (*seen, base))
        told = f"De bases staan in een kring: {ring}. Haal bij één daarvan de regel 'base' weg."
        raise BadScenario(own.sentence(("base",), told))
    under = _merged(base, beside, seen)
    _validated(under, {**under.said, "name": "basis", "title": "Basis"}, None)
    adjust, wrong = _adjust(own, under.said)
    before = applied(under.said.get("changes") or [], adjust)
    said = _over({**under.said, "changes": before}, own.said)
    return Merged(own, said, len(before), wrong)


def _adjust(own: Source, under: dict[str, Any]) -> tuple[Adjust, tuple[tuple[Where, str], ...]]:
    """Read what a text adjusts of its base, and what is wrong with that."""
    asked = own.said.get("adjust")
    if asked is None:
        return Adjust(), ()
    try:
        adjust = Adjust.model_validate(asked)
    except ValidationError as error:
        each = error.errors(include_url=False)
        return Adjust(), tuple(mistake({**one, "loc": ("adjust", *one["loc"])}) for one in each)
    if not builds(under.get("changes")):
        told = "Bij adjust: de basis bouwt geen woningen. Zet het bij uw eigen new_build."
        return Adjust(), ((("adjust",), told),)
    return adjust, ()


def _base(own: Source, asked: object, folder: Path | None) -> tuple[Source, Path | None]:
    """Read the base that a text asks, and say where files that it names in turn stand."""
    where: Where = ("base",)
    if not isinstance(asked, str) or not _FILE.fullmatch(asked):
        told = "Bij base hoort de naam van een scenario of van een bestand naast dit bestand."
        raise BadScenario(own.sentence(where, told))
    if _is_ours(asked):
        return _our_source(asked), None
    beside = _files(folder)
    file = next((beside[name] for name in (asked, f"{asked}.yaml") if name in beside), None)
    if file is not None:
        return source_of(file), folder
    known = [NOTHING, *examples(), *(name for name in beside if name != own.name)]
    raise BadScenario(
        own.sentence(where, f"De basis {shown(asked)} kennen wij niet. {near(asked, known)}")
    )


def _files(folder: Path | None) -> dict[str, Path]:
    """Give the YAML files of a folder by name: a base is looked up, no path is made of it."""
    if folder is None:
        return {}
    return {path.name: path for path in sorted(folder.glob("*.y*ml")) if path.is_file()}


def _over(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Merge key by key; of changes those of the base come first."""
    kept = {key: value for key, value in under.items() if key not in _OWN}
    own = {key: value for key, value in over.items() if key not in ("base", "adjust")}
    merged = _deep(kept, own)
    before, after = under.get("changes"), over.get("changes")
    if after is None:
        merged["changes"] = before or []
    elif isinstance(after, list):
        merged["changes"] = [*(before or []), *after]
    return merged


def _deep(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    nested = {
        key: _deep(under[key], value)
        for key, value in over.items()
        if isinstance(value, dict) and isinstance(under.get(key), dict)
    }
    return under | over | nested


def _validated(merged: Merged, said: dict[str, Any], on: date | None) -> Scenario:
    found = [*merged.wrong, *no_yes_or_no(said)]
    scenario = None
    try:
        scenario = Scenario.model_validate(said)
    except ValidationError as error:
        found += mistakes(error.errors(include_url=False))
    if scenario is not None:
        found += _said_of_the_whole(scenario)
        found += unknown_sources(scenario)
        found += [] if on is None else list(outside(scenario, on))
    if found or scenario is None:
        raise BadScenario(*_in_order(merged, found))
    return scenario


def _said_of_the_whole(scenario: Scenario) -> list[tuple[Where, str]]:
    if scenario.name != NOTHING or not scenario.changes:
        return []
    told = f"De naam '{NOTHING}' is van het scenario zonder veranderingen. Kies een andere naam."
    return [(("name",), told)]


def _in_order(merged: Merged, found: Iterable[tuple[Where, str]]) -> list[str]:
    """Write each mistake once, in the order of the file; a change of the base says so."""
    told: dict[Where, tuple[int, str]] = {}
    for where, sentence in found:
        own, place = _in_own_file(where, merged.changes_before)
        said = sentence.replace(_numbered(where), _numbered(place)) if own else sentence
        line = merged.own.lines.get(place, 0)
        whole = merged.own.sentence(place, said) if own else f"{merged.own.name}: (basis) {said}"
        told.setdefault(where, (line, whole))
    return [sentence for _, sentence in sorted(told.values(), key=lambda one: one[0])]


def _in_own_file(where: Where, before: int) -> tuple[bool, Where]:
    """Say whether a place stands in the file itself, and where: there changes count from 0."""
    match where:
        case ("changes", int(number), *rest) if number < before:
            return False, where
        case ("changes", int(number), *rest):
            return True, ("changes", number - before, *rest)
    return True, where


def _numbered(where: Where) -> str:
    return f"changes[{where[1]}]" if len(where) > 1 and where[0] == "changes" else ""
