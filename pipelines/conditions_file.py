"""The side conditions a plan was made under, kept beside it, so that the judge reads the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from matching.conditions import NONE, Conditions
from pipelines.handover.plan_json import canonical

if TYPE_CHECKING:
    from pathlib import Path

NAME = "voorwaarden.json"
CONDITIONS: TypeAdapter[Conditions] = TypeAdapter(Conditions)


def conditions_file(conditions: Conditions, folder: Path) -> Path:
    """Write the conditions as canonical JSON."""
    path = folder / NAME
    path.write_bytes(canonical(CONDITIONS.dump_python(conditions, mode="json")))
    return path


def read_conditions(folder: Path) -> Conditions:
    """Read the conditions of a run; a run that kept none was made under none."""
    path = folder / NAME
    return CONDITIONS.validate_json(path.read_bytes()) if path.exists() else NONE
