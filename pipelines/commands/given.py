"""What several commands are given: the folder of data, the day, JSON or not, and the settings."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from pipelines.settings import BadSettings, Settings
from store.today import today

Data = Annotated[
    Path | None,
    typer.Option("--data", help="Map met de database en de plannen.", show_default=False),
]
Json = Annotated[bool, typer.Option("--json", help="Antwoord als JSON, voor een machine.")]
On = Annotated[
    datetime | None,
    typer.Option("--on", formats=["%Y-%m-%d"], help="De dag van de nacht.", show_default="vandaag"),
]


def settings_with(**given: Any) -> Settings:  # noqa: ANN401 - any setting
    """Read the settings; what the command line names goes before the environment."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise BadSettings(", ".join(str(one["loc"][0]) for one in error.errors())) from error


def day_of(on: datetime | None) -> date:
    """Give the named day, or today."""
    return on.date() if on else today()
