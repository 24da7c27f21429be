"""The file with regions: every connected housing market with its own deliveries, data and choices.

What stands beside `regions` holds for every region that does not say otherwise. Relative paths are
relative to the file. The environment has no say in it: every machine must read the same page.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import Field, StrictInt, ValidationError

from data_contracts.policy import Choice
from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic_core import ErrorDetails

PATHS = ("deliveries", "data", "policy", "rules", "network")
MISTAKES = {
    "missing": "ontbreekt",
    "string_pattern_mismatch": "mag alleen kleine letters, cijfers en streepjes hebben",
    "int_type": "moet een heel getal zijn",
    "too_short": "is leeg: noem minstens één regio",
}
"""What pydantic's types of mistakes are called here."""


class BadRegions(VerhuisketenError):
    """Het bestand met regio's klopt niet."""


class Choices(Choice):
    """What may hold for one region or for all: policy, rules of the year, streets, lot, source."""

    policy: Path | None = None
    rules: Path | None = None
    network: Path | None = None
    seed: StrictInt | None = None
    source: str | None = None


class Region(Choices):
    """One connected housing market: a name, where its deliveries are and where its data goes.

    Without `database_url` the region has a private database in its data folder.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    deliveries: Path
    data: Path | None = None
    database_url: str | None = None


class _Page(Choices):
    regions: Annotated[tuple[Region, ...], Field(min_length=1)]


def regions_from(file: Path) -> tuple[Region, ...]:
    """Read the regions of a file, in its order; every path in them leads somewhere from anywhere.

    Raises BadRegions with one sentence per mistake.
    """
    try:
        read = yaml.safe_load(file.read_text("utf-8"))
        page = _Page.model_validate(read)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadRegions(f"{file} is niet te lezen als YAML: {type(error).__name__}.") from error
    except ValidationError as error:
        raise BadRegions(f"{file.name} klopt niet. {' '.join(_complaints(error, read))}") from None
    regions = tuple(_placed(region, page, file.resolve().parent) for region in page.regions)
    if twice := list(_shared(regions)):
        raise BadRegions(f"{file.name} klopt niet. {' '.join(twice)}")
    return regions


def _placed(region: Region, page: _Page, home: Path) -> Region:
    """Fill in what holds for all, and make every path one from the root."""
    told = {name: getattr(region, name) for name in Region.model_fields}
    told |= {name: getattr(page, name) for name in Choices.model_fields if told[name] is None}
    told["data"] = told["data"] or Path("data") / region.name
    told |= {name: home / told[name] for name in PATHS if told[name] is not None}
    return region.model_copy(update=told)


def _shared(regions: Sequence[Region]) -> Iterator[str]:
    """Say what two regions have together: then one would read or write what is the other's."""
    for field in ("name", "deliveries", "data", "database_url"):
        known: dict[object, int] = {}
        for number, region in enumerate(regions, start=1):
            value = getattr(region, field)
            if value is not None and (first := known.setdefault(value, number)) != number:
                yield f"Regio {number} heeft dezelfde {field} als regio {first}."


def _complaints(error: ValidationError, read: object) -> Iterator[str]:
    for detail in error.errors(include_url=False, include_input=False):
        where, field = _place(detail, read)
        yield f"{where}: {field} {_mistake(detail, field)}."


def _place(detail: ErrorDetails, read: Any) -> tuple[str, str]:  # noqa: ANN401 - any YAML
    """Say in which region a mistake is, by number and name, and in which field."""
    match detail["loc"]:
        case ("regions", int(number), *rest):
            one = read["regions"][number]
            name = one.get("name") if isinstance(one, dict) else None
            called = f" ({name})" if isinstance(name, str) else ""
            return f"Regio {number + 1}{called}", str(rest[0]) if rest else "de hele regio"
        case (field, *_):
            return "Boven de regio's", str(field)
    return "Het hele bestand", "wat er staat"


def _mistake(detail: ErrorDetails, field: str) -> str:
    if detail["type"] != "extra_forbidden":
        return MISTAKES.get(detail["type"], "is hier niet goed ingevuld; zie de handleiding")
    fields = Region.model_fields if detail["loc"][0] == "regions" and detail["loc"][1:] else None
    near = get_close_matches(field, fields or _Page.model_fields, n=1)
    return f"kennen wij niet{f'; bedoelt u {near[0]}?' if near else ''}"
