"""Where things are and how strict the door is: read from `VERHUISKETEN_*` and the command line."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from data_contracts.words import VerhuisketenError


class BadSettings(VerhuisketenError):
    """Een instelling klopt niet."""

    def __init__(self, names: str) -> None:
        super().__init__(
            f"Deze instelling klopt niet: {names}. Kijk de omgeving na (VERHUISKETEN_…) en "
            "docs/guides/corporatie.md."
        )


class Settings(BaseSettings):
    """One installation. Every field can be set as `VERHUISKETEN_<NAME>` in the environment."""

    model_config = SettingsConfigDict(env_prefix="VERHUISKETEN_", extra="ignore", frozen=True)

    data: Path = Field(default=Path("run/data"), description="map met de database en de plannen")
    database_url: str | None = Field(
        default=None, description="PostgreSQL; leeg = eigen, ingebouwd"
    )
    deliveries: Path = Field(default=Path("run/data/leveringen"), description="map met leveringen")
    policy: Path | None = Field(default=None, description="beleid van de corporatie (YAML)")
    rules: Path | None = Field(
        default=None, description="map met eigen jaarbladen, zoals 2027.yaml"
    )
    network: Path | None = Field(default=None, description="wegennet om te lopen (CSV of Parquet)")
    source: str = "urn:nld:oin:00000099000000001000:systeem:leveringen"
    seed: int = Field(default=20260101, description="openbaar lotnummer voor gelijke standen")
    max_rejected_percent: int = 5
    max_shrink_percent: int = 20
    lease_seconds: int = 900
    cron: str = Field(default="30 3 * * *", description="de nacht, Europe/Amsterdam")
