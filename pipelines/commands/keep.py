"""Commands that keep the data safe: backup, check-backup, restore, rebuild."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from data_contracts.words import VerhuisketenError
from pipelines import screen
from pipelines.asking import database
from pipelines.commands.given import Data, Json, settings_with
from store import backup as copies
from store import rebuilt
from store.backup.archive import MANIFESTS
from store.installation import LATEST

if TYPE_CHECKING:
    from pipelines.settings import Settings

NIGHTS = "nachten"
MIB = 1024 * 1024

KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        help="Bestand met de sleutel. Maak er een met: openssl rand -hex 32 > sleutel",
        exists=True,
        dir_okay=False,
        show_default=False,
    ),
]

Unencrypted = Annotated[
    bool, typer.Option("--unencrypted", help="Zonder sleutel: iedereen kan de kopie lezen.")
]
Repair = Annotated[
    bool, typer.Option("--repair", help="Bewaar wat het logboek zegt, als het verschilt.")
]


class Unsealed(VerhuisketenError):
    """In een kopie staan namen en adressen. Noem een sleutel met --key-file.

    Wilt u echt een kopie die iedereen kan lezen? Zeg dan --unencrypted.
    """

    def __init__(self) -> None:
        super().__init__(
            "In een kopie staan namen en adressen: versleutel haar. Noem een sleutel met "
            "--key-file (maken: openssl rand -hex 32 > sleutel). Wilt u echt een kopie die "
            "iedereen kan lezen, zeg dan --unencrypted."
        )


def backup(
    file: Annotated[Path, typer.Argument(help="Het bestand dat de kopie wordt.")],
    key_file: KeyFile = None,
    unencrypted: Unencrypted = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Maak een kopie van alles: de database en het plan dat geldt, in één bestand.

    Het werk gaat intussen gewoon door. De kopie is van één moment, wordt meteen nagelezen, en
    krijgt haar naam pas als zij heel is. Bewaar de sleutel ergens anders dan de kopie.
    """
    if (key_file is None) is not unencrypted:
        raise Unsealed
    settings = settings_with(data=data)
    with screen.progress(quiet=as_json) as progress, database(settings) as engine:
        manifest = copies.make(engine, _kept(settings, file, key_file), progress=progress)
    _say(f"De kopie staat in {file}", file, manifest, as_json=as_json)


def check_backup(
    file: Annotated[Path, typer.Argument(help="De kopie.", exists=True, dir_okay=False)],
    key_file: KeyFile = None,
    as_json: Json = False,
) -> None:
    """Lees een kopie van begin tot eind na, en zet niets terug. Beschadigd is exitcode 1."""
    with screen.progress(quiet=as_json) as progress:
        manifest = copies.check(file, _secret(key_file), progress=progress)
    _say(f"De kopie {file} is heel", file, manifest, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="De kopie.", exists=True, dir_okay=False)],
    key_file: KeyFile = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Zet een kopie terug in een lege installatie, en vergelijk elke tabel met de kopie.

    Zet eerst de andere programma's van Verhuisketen stil. Lukt er iets niet, dan blijft de
    installatie leeg.
    """
    settings = settings_with(data=data)
    with (
        screen.progress(quiet=as_json) as progress,
        database(settings, as_found=True) as engine,
    ):
        manifest = copies.restore(engine, _kept(settings, file, key_file), progress=progress)
    _lead_to(settings.data, manifest.night)
    _say(
        f"De kopie van {manifest.made.astimezone():%d-%m-%Y %H:%M} staat terug",
        file,
        manifest,
        as_json=as_json,
    )


def rebuild(
    repair: Repair = False,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Vouw het hele logboek opnieuw en vergelijk dat met de bewaarde toestand, tabel voor tabel.

    Het logboek is de waarheid. Verschilt er iets, dan is dat exitcode 1; met --repair wordt het
    daarna hersteld.
    """
    with screen.progress(quiet=as_json) as progress, database(settings_with(data=data)) as engine:
        proof = rebuilt.prove(engine, progress=progress)
        if proof.differ and repair:
            rebuilt.repair(engine, progress=progress)
            proof = rebuilt.prove(engine, progress=progress)
    _show(proof, as_json=as_json)
    if proof.differ:
        raise rebuilt.NotTheLog(
            f"De bewaarde toestand is in deze tabellen niet wat het logboek zegt: "
            f"{', '.join(proof.differ)}. Herstel haar met: verhuisketen rebuild --repair."
        )


def _kept(settings: Settings, file: Path, key_file: Path | None) -> copies.Kept:
    return copies.Kept(file, settings.data / NIGHTS, _secret(key_file))


def _secret(key_file: Path | None) -> bytes | None:
    return None if key_file is None else copies.secret_in(key_file)


def _lead_to(data: Path, night: str) -> None:
    """Let `laatste` lead to the night of the plan that came back, as that night itself did."""
    latest = data / LATEST
    if night and not latest.is_symlink():
        latest.symlink_to(Path(NIGHTS) / night, target_is_directory=True)


def _say(sentence: str, file: Path, manifest: copies.Manifest, *, as_json: bool) -> None:
    if as_json:
        screen.machine(MANIFESTS.dump_python(manifest, mode="json"))
        return
    rows = sum(table.rows for table in manifest.tables.values())
    screen.console.print(
        Text(
            f"{sentence}: {screen.whole(manifest.head)} feiten, {screen.whole(rows)} rijen in "
            f"{len(manifest.tables)} tabellen, {len(manifest.files)} bestanden van het plan, "
            f"{file.stat().st_size / MIB:.1f} MiB."
        )
    )
    if manifest.plans and not manifest.files:
        screen.console.print(
            Text("Let op: van het plan dat geldt, zijn geen bestanden gevonden in de map met data.")
        )


def _show(proof: rebuilt.Proof, *, as_json: bool) -> None:
    if as_json:
        screen.machine({**asdict(proof), "differ": proof.differ})
    elif not proof.differ:
        rows = sum(table.rows for table in proof.rebuilt.values())
        screen.console.print(
            f"De bewaarde toestand is wat het logboek zegt: {screen.whole(rows)} rijen, tot en met "
            f"feit {screen.whole(proof.position)}."
        )
