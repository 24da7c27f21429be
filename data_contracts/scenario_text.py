"""The YAML of a scenario as plain values, read as strictly as a planner would want.

A key that stands twice, a reference (& and *) and a second document are refused: each would make a
scenario say something else than what one sees. Every place keeps its line, for the sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import yaml

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Where = tuple[str | int, ...]
"""A place in a scenario: ("changes", 2, "home", "rent")."""
LONGEST = 100_000
"""Characters; the longest example has 3,000."""
DEEPEST = 20
"""Levels inside one another; a scenario has six."""


class BadScenario(VerhuisketenError):
    """Het scenario klopt niet."""

    def __init__(self, *sentences: str) -> None:
        """Take a sentence for each mistake."""
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, slots=True)
class Source:
    """One YAML text: what it is called, what it says, on which line each part stands, its file."""

    name: str
    said: dict[str, Any]
    lines: dict[Where, int]
    path: Path | None = None

    def sentence(self, where: Where, told: str) -> str:
        """Say something of a place, with the file and the line before it."""
        line = next((self.lines[at] for at in _outward(where) if at in self.lines), None)
        return f"{self.name}{f', regel {line}' if line else ''}: {told}"


def _outward(where: Where) -> Iterator[Where]:
    """Give a place, then what it stands in, and so on: what is missing has no line itself."""
    for length in range(len(where), 0, -1):
        yield where[:length]


class _Plain(yaml.SafeLoader):
    """Reads no dates: a month that cannot be must reach our own sentence as it was written."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, regex) for tag, regex in found if not tag.endswith(":timestamp")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def source_of(path: Path) -> Source:
    """Read a file; raises BadScenario with one sentence per mistake."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        told = "dit bestand is niet te lezen. Kijk of de naam klopt en of u het mag lezen."
        raise BadScenario(f"{path.name}: {told}") from error
    except UnicodeDecodeError as error:
        told = "dit is geen gewone tekst. Bewaar het bestand als tekst in UTF-8."
        raise BadScenario(f"{path.name}: {told}") from error
    return replace(source_from(text, path.name), path=path.resolve())


def source_from(text: str, name: str) -> Source:
    """Read a text that is called so; raises BadScenario with one sentence per mistake."""
    if len(text) > LONGEST:
        raise BadScenario(f"{name}: de tekst is te lang. Houd het onder {LONGEST} tekens.")
    try:
        _refuse_references(text, name)
        return _read(text, name)
    except yaml.YAMLError as error:
        raise BadScenario(_unreadable(error, text, name)) from error
    except (ValueError, RecursionError) as error:
        told = "hierin staat een waarde die niet te lezen is. Schrijf het eenvoudiger."
        raise BadScenario(f"{name}: {told}") from error


def _refuse_references(text: str, name: str) -> None:
    depth = documents = 0
    for event in yaml.parse(text, Loader=_Plain):
        documents += isinstance(event, yaml.DocumentStartEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            told = "verwijzingen met & en * gaan hier niet. Schrijf de waarde voluit."
        elif documents > 1:
            told = "hier begint een tweede document (---). Geef elk scenario een eigen bestand."
        elif depth > DEEPEST:
            told = "hier staat te veel in elkaar. Haal haken of inspringingen weg."
        else:
            continue
        raise BadScenario(f"{name}, regel {line}: {told}")


def _unreadable(error: yaml.YAMLError, text: str, name: str) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f", regel {mark.line + 1}" if mark else ""
    lines = text.splitlines()
    tabbed = mark is not None and mark.line < len(lines) and "\t" in lines[mark.line]
    help_ = (
        "Gebruik spaties in plaats van tabs."
        if tabbed
        else "Kijk of de regels goed inspringen en of achter elke naam een dubbele punt met een"
        " spatie staat."
    )
    return f"{name}{line}: dit is geen leesbare YAML. {help_}"


def _read(text: str, name: str) -> Source:
    loader = _Plain(text)
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            raise BadScenario(f"{name}: hier staat geen scenario. Begin met 'name:' en een naam.")
        places = list(_places(node, ()))
        _refuse_doubles(places, name)
        said = loader.construct_document(node)
    finally:
        loader.dispose()
    return Source(name, said, {where: line for where, line, _ in places})


def _places(node: yaml.Node, where: Where) -> Iterator[tuple[Where, int, str]]:
    """Give every place with its line, and the name that stands there as it was written."""
    if isinstance(node, yaml.SequenceNode):
        for number, inside in enumerate(node.value):
            yield (*where, number), inside.start_mark.line + 1, ""
            yield from _places(inside, (*where, number))
    elif isinstance(node, yaml.MappingNode):
        for key, inside in node.value:
            named = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            yield (*where, named), key.start_mark.line + 1, named
            yield from _places(inside, (*where, named))


def _refuse_doubles(places: Iterable[tuple[Where, int, str]], name: str) -> None:
    seen: dict[Where, int] = {}
    told = []
    for where, line, named in places:
        if where in seen and named:
            first = seen[where]
            told.append(
                f"{name}, regel {line}: '{spoken(where)}' staat er al, op regel {first}."
                " Haal één van de twee weg."
            )
        seen.setdefault(where, line)
    if told:
        raise BadScenario(*told)


def spoken(where: Where) -> str:
    """Write a place as people read it: changes[2].home.rent."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in where]
    return "".join(parts).removeprefix(".")
