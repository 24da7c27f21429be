"""The rules of the year: every confirmed figure with its unit, source and address, one page a year.

`rules_on(day)` hands over the page of that year and fails loudly when there is none, rather than
use last year's. A page of one's own (2027.yaml in a folder named in the settings) goes first, so
that a new year needs no release.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError, model_validator

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import date


OURS = Path(__file__).parent


class NoRulesFor(VerhuisketenError):
    """Voor dit jaar zijn er nog geen regels."""

    def __init__(self, year: int) -> None:
        super().__init__(
            f"Voor {year} zijn er nog geen regels. Kopieer de regels van het jaar ervoor naar "
            f"{year}.yaml, vul de bedragen in met hun bron, en noem de map in de instellingen."
        )
        self.year = year


class BadRules(VerhuisketenError):
    """Het bestand met de regels van het jaar klopt niet."""


class Figure(BaseModel):
    """One figure of the law: a whole number in its unit, and where it was read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Annotated[StrictInt, Field(ge=0)]
    unit: Literal["eurocent", "eurocent/maand", "eurocent/jaar", "promille", "jaar"]
    source: Annotated[str, Field(min_length=3)]
    url: Annotated[str, Field(pattern=r"^https://\S+$")]


class _Page(BaseModel):
    """A page as it is written: sections of figures beside `jaar` and `onvertaalbaar`."""

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, dict[str, Figure]]

    jaar: StrictInt
    onvertaalbaar: dict[str, Annotated[str, Field(min_length=3)]] = {}

    @model_validator(mode="after")
    def _has_figures(self) -> Self:
        if not self.__pydantic_extra__:
            raise ValueError("er staan geen bedragen in")
        return self


@dataclass(frozen=True, slots=True)
class Rules:
    """The page of one year: figures by section and name, and what no figure can say."""

    year: int
    hash: str
    figures: Mapping[str, Mapping[str, Figure]]
    onvertaalbaar: Mapping[str, str]

    def figure(self, section: str, name: str) -> Figure | None:
        """Give a figure, or None when it is not confirmed: then the coach is asked."""
        return self.figures.get(section, {}).get(name)

    def value(self, section: str, name: str) -> int | None:
        """Give the value of a figure in its unit, or None when it is not confirmed."""
        figure = self.figure(section, name)
        return None if figure is None else figure.value


class _Loader(yaml.SafeLoader):
    """Reads plain YAML and refuses a key that stands there twice: of two amounts, which one?"""

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 - PyYAML's own
    ) -> dict[Hashable, Any]:
        """Make a dict of a mapping; raise when a key is repeated."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := sorted({str(key) for key in keys if keys.count(key) > 1}):
            raise BadRules(f"{', '.join(twice)} staat er tweemaal in.")
        return super().construct_mapping(node, deep=deep)


def rules_on(day: date, *, folder: Path | None = None) -> Rules:
    """Give the rules that hold on a day: a page in `folder` goes before ours.

    Raises NoRulesFor when nobody wrote that year's page, BadRules when a page is not right.
    """
    for place in filter(None, (folder, OURS)):
        page = place / f"{day.year}.yaml"
        if page.is_file():
            return _read(page, day.year)
    raise NoRulesFor(day.year)


def _read(page: Path, year: int) -> Rules:
    try:
        read = _Page.model_validate(_plain(page.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadRules(f"{page.name} is niet te lezen als YAML: {type(error).__name__}.") from error
    except BadRules as error:
        raise BadRules(f"{page.name} klopt niet: {error}") from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise BadRules(f"{page.name} klopt niet. Kijk naar {wrong}.") from error
    if read.jaar != year:
        raise BadRules(f"{page.name} klopt niet: bij jaar staat {read.jaar}.")
    return _rules(read)


def _plain(text: str) -> Any:  # noqa: ANN401 - whatever the page holds; the model judges it
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def _rules(page: _Page) -> Rules:
    content = json.dumps(page.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return Rules(
        year=page.jaar,
        hash=hashlib.sha256(content.encode()).hexdigest()[:16],
        figures={name: dict(figures) for name, figures in page.__pydantic_extra__.items()},
        onvertaalbaar=dict(page.onvertaalbaar),
    )
