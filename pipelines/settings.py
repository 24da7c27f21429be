"""Where things are and how strict the door is: read from `VERHUISKETEN_*` and the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from data_contracts.words import VerhuisketenError
from store.installation import Installation


class BadSettings(VerhuisketenError):
    """Een instelling klopt niet."""

    def __init__(self, names: str) -> None:
        super().__init__(
            f"Deze instelling klopt niet: {names}. Kijk de omgeving na (VERHUISKETEN_…) en "
            "docs/guides/corporatie.md."
        )


class Settings(Installation):
    """One installation and how it works; `VERHUISKETEN_<NAME>` in the environment sets a field."""

    deliveries: Path = Field(default=Path("run/data/leveringen"), description="map met leveringen")
    settle_seconds: int = Field(
        default=10, ge=0, description="zo lang moet een bestand in het postvak onveranderd zijn"
    )
    subscribers: Path | None = Field(default=None, description="wie meeluistert (YAML)")
    api_hosts: str = Field(
        default="",
        description="namen waarop `api` antwoordt, naast deze machine en die van public_url; "
        "met spaties ertussen, * = elke",
    )
    source: str = "urn:nld:oin:00000099000000001000:systeem:leveringen"
    seed: int = Field(default=20260101, description="openbaar lotnummer voor gelijke standen")
    max_rejected_percent: int = 5
    max_shrink_percent: int = 20
    read_seconds: int = Field(
        default=60, gt=0, description="zoveel rekentijd mag het lezen van een levering kosten"
    )
    read_megabytes: int = Field(
        default=1024, gt=0, description="zoveel geheugen mag het lezen van een levering kosten, MB"
    )
    lease_seconds: int = 900
    cron: str = Field(default="30 3 * * *", description="de nacht, Europe/Amsterdam")
    log: Literal["plain", "json"] = Field(default="plain", description="logregels op stderr")
    metrics_port: int | None = Field(
        default=None, description="poort op 127.0.0.1 voor metingen; leeg = geen"
    )
    beat: Path | None = Field(
        default=None, description="bestand dat een dienst aanraakt zolang zij werkt"
    )
    scheduler: str | None = Field(
        default=None,
        description="Dask: adres van de scheduler (tcp://…) waarop `nights` de regio's draait",
    )
