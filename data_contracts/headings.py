"""Which column of a delivery is which field: by its Dutch name, or by the English one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError

if TYPE_CHECKING:
    from data_contracts.record import Record
    from data_contracts.records import Delivery


class MissingColumn(VerhuisketenError):
    """Er ontbreekt een verplichte kolom. Voeg de kolom toe en lever het bestand opnieuw aan."""


class DoubleColumn(VerhuisketenError):
    """Een kolom staat er tweemaal. Haal er een weg en lever het bestand opnieuw aan."""


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns we know (name in the file, Dutch name), and the names of those we do not."""

    known: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]

    def warnings(self) -> tuple[str, ...]:
        """Name the unknown columns in one sentence, if there are any."""
        if not self.unknown:
            return ()
        return (f"Onbekende kolommen zijn overgeslagen: {', '.join(self.unknown)}.",)


def recognise(columns: tuple[str, ...], delivery: Delivery) -> Headings:
    """Match column names to fields; case, blanks, hyphens and underscores make no difference.

    Raises DoubleColumn when a name or a field is there twice, MissingColumn when one lacks.
    """
    named = [column for column in columns if column.strip()]
    names = _names(delivery.record)
    known = tuple((c, names[_plain(c)]) for c in named if _plain(c) in names)
    # First what lacks: a file without a heading must not see its first row repeated in an error.
    _refuse_missing({alias for _, alias in known}, delivery)
    _refuse_doubles([*(names.get(_plain(c), c.strip()) for c in named)], delivery)
    return Headings(known, tuple(_shown(c) for c in named if _plain(c) not in names))


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


def _shown(name: str) -> str:
    # A file without a heading has a person's data on its first line: say little of it.
    name = "".join(c if c.isprintable() else " " for c in name.strip())
    return name if len(name) <= 40 else f"{name[:37]}..."  # noqa: PLR2004 - what fits in a sentence


def _names(record: type[Record]) -> dict[str, str]:
    aliases = {name: field.alias or name for name, field in record.model_fields.items()}
    english = {_plain(name): alias for name, alias in aliases.items()}
    return english | {_plain(alias): alias for alias in aliases.values()}


def _refuse_doubles(found: list[str], delivery: Delivery) -> None:
    doubles = sorted(_shown(name) for name, times in Counter(found).items() if times > 1)
    if doubles:
        raise DoubleColumn(
            f"In de aanlevering {delivery.name} staat een kolom tweemaal: {', '.join(doubles)}. "
            "Haal er een weg en lever het bestand opnieuw aan.",
        )


def _refuse_missing(present: set[str], delivery: Delivery) -> None:
    record = delivery.record
    fields = {name: field.alias or name for name, field in record.model_fields.items()}
    required = [fields[n] for n, field in record.model_fields.items() if field.is_required()]
    missing = [alias for alias in required if alias not in present]
    groups = [[fields[name] for name in group] for group in record.one_of]
    if groups and not any(present.issuperset(group) for group in groups):
        missing.append(" of ".join(" en ".join(group) for group in groups))
    if missing:
        raise MissingColumn(
            f"In de aanlevering {delivery.name} ontbreken verplichte kolommen: "
            f"{', '.join(missing)}. Voeg ze toe en lever het bestand opnieuw aan.",
        )
