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
    desk_hosts: str = Field(
        default="",
        description="hostnamen waarop `desk` ook antwoordt, met spaties ertussen; * = elke naam",
    )
    map_tiles: bool = Field(
        default=False, description="kaartachtergrond van PDOK; dan vraagt de browser daar plaatjes"
    )
    inbox: Path = Field(
        default_factory=lambda given: given["data"] / "postvak-in",
        description="map waar leveringen in vallen (watch); leeg = postvak-in, onder data",
    )
    quarantine_key_file: Path | None = Field(
        default=None,
        description="bestand met de sleutel van de uitvalbak; leeg = eigen sleutel, onder data",
    )
    keeper: str | None = Field(
        default=None,
        description="corporatie die deze installatie beheert: haar beheerders zien ook regels "
        "waarvan niemand weet van wie zij zijn",
    )
    oidc_issuer: str | None = Field(
        default=None, description="aanmelden met werkaccounts: adres van de uitgever (OIDC)"
    )
    oidc_client: str = Field(default="", description="onze naam bij die uitgever (client_id)")
    oidc_secret: Path | None = Field(
        default=None, description="bestand met ons geheim bij die uitgever"
    )
    oidc_acr: str | None = Field(
        default=None, description="zo sterk moet het aanmelden daar zijn geweest (acr), bij MFA"
    )
    night_hours: int = Field(default=27, gt=0, description="zo oud mag de laatste nacht zijn, uur")
    feed_hours: int = Field(default=26, gt=0, description="zo oud mag een dagelijkse levering zijn")
    daily_feeds: str = Field(
        default="woningen huishoudens huurovereenkomsten woonwensen",
        description="leveringen die elke dag komen, met spaties ertussen; leeg = geen",
    )
    reader_seconds: int = Field(
        default=900, gt=0, description="zo lang mag een lezer van het logboek stilstaan"
    )
    adoption_per_coach: bool = Field(
        default=False,
        description="toon het gebruik ook per verhuiscoach; een keuze die u met hen maakt",
    )
    network: Path | None = Field(default=None, description="wegennet om te lopen (CSV of Parquet)")


def network_of(installation: Installation) -> Network | None:
    """Read the street network that was named, if any."""
    if installation.network is None:
        return None
    parquet = installation.network.suffix == ".parquet"
    return Network.from_table((pd.read_parquet if parquet else pd.read_csv)(installation.network))
