"""What became of every record of a file, and whether the file as a whole may go on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accounting:
    """What became of every record of a file; refuses to exist when it does not balance."""

    records: int
    accepted: int
    rejected: int
    duplicates: int
    blank: int

    def __post_init__(self) -> None:
        parts = (self.accepted, self.rejected, self.duplicates, self.blank)
        if self.records != sum(parts) or min(parts) < 0:
            raise ValueError(f"records {self.records} != accepted, rejected, double, blank {parts}")


def gate(
    accounting: Accounting,
    *,
    previous_rows: int | None,
    max_rejected_percent: int = 5,
    max_shrink_percent: int = 20,
) -> str | None:
    """Say in Dutch why a file must wait for a person, or None when it may go on.

    `previous_rows` are the rows accepted from the last file that went on; None the first time.
    """
    filled = accounting.records - accounting.blank
    if accounting.rejected * 100 > max_rejected_percent * filled:
        return (
            f"Van de {filled} regels zijn er {accounting.rejected} afgekeurd, meer dan "
            f"{max_rejected_percent} %. Bekijk de afgekeurde regels, of geef het bestand vrij."
        )
    if previous_rows and accounting.accepted * 100 < (100 - max_shrink_percent) * previous_rows:
        return (
            f"Er zijn {accounting.accepted} regels, de vorige keer {previous_rows}: meer dan "
            f"{max_shrink_percent} % minder. Controleer de aanlevering, of geef het bestand vrij."
        )
    return None
