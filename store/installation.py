"""One installation: where its things are and what it goes by; hands and face read the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from matching.walking import Network

LATEST = "laatste"
"""The folder that leads to the newest night."""


class Installation(BaseSettings):
    """Where things are. Every field can be set as `VERHUISKETEN_<NAME>` in the environment."""

    model_config = SettingsConfigDict(env_prefix="VERHUISKETEN_", extra="ignore", frozen=True)

    data: Path = Field(default=Path("run/data"), description="map met de database en de plannen")
    database_url: str | None = Field(
        default=None, description="PostgreSQL; leeg = eigen, ingebouwd"
    )
    public_url: str = Field(
        default="http://127.0.0.1:8080", description="waar anderen ons bereiken, voor dataref"
    )
    contact: str = Field(
        default="beheer@example.org", description="e-mail van de beheerder, in het API-document"
    )
    behind_proxy: bool = Field(
        default=False, description="er staat een proxy met TLS voor: dan mag `api` verder luisteren"
    )
    policy: Path | None = Field(default=None, description="beleid van de corporatie (YAML)")
    rules: Path | None = Field(
        default=None, description="map met eigen jaarbladen, zoals 2027.yaml"
    )
    network: Path | None = Field(default=None, description="wegennet om te lopen (CSV of Parquet)")


def network_of(installation: Installation) -> Network | None:
    """Read the street network that was named, if any."""
    if installation.network is None:
        return None
    parquet = installation.network.suffix == ".parquet"
    return Network.from_table((pd.read_parquet if parquet else pd.read_csv)(installation.network))
