"""The edge of the command line: whatever goes wrong is one Dutch sentence and an exit code."""

from __future__ import annotations

import errno
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from data_contracts.policy import BadPolicy
from data_contracts.regions import BadRegions
from data_contracts.rules import NoRulesFor
from data_contracts.scenario import BadScenario
from data_contracts.subscribers import BadSubscribers
from data_contracts.words import VerhuisketenError
from pipelines import screen
from pipelines.asking import NoPlan
from pipelines.ingest import NoDeliveries
from pipelines.settings import BadSettings
from pipelines.sources import UnreadableFile
from store.database import NotDurable, NotPostgres, Outage
from store.programs import NoPostgres
from store.runs import Busy, Outdated
from store.simulation_work import BeingSimulated

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (UnreadableFile, 65),  # EX_DATAERR: what was delivered cannot be read
    (NoDeliveries, 65),
    (NoPlan, 65),
    (NoPostgres, 69),  # EX_UNAVAILABLE
    (Outage, 69),
    (BeingSimulated, 75),
    (Busy, 75),  # EX_TEMPFAIL: try again later
    (Outdated, 75),
    (BadPolicy, 78),  # EX_CONFIG
    (BadRegions, 78),
    (BadScenario, 78),
    (BadSettings, 78),
    (BadSubscribers, 78),
    (NoRulesFor, 78),
    (NotDurable, 78),
    (NotPostgres, 78),
    (VerhuisketenError, 1),
)
USAGE, SOFTWARE, IO, INTERRUPTED = 2, 70, 74, 130

TROUBLE = {
    errno.EACCES: "daar mogen wij niet bij. Geef lees- en schrijfrechten, of noem een andere map.",
    errno.EPERM: "daar mogen wij niet bij. Geef lees- en schrijfrechten, of noem een andere map.",
    errno.EROFS: "daar kan niet geschreven worden. Noem een andere map.",
    errno.ENOENT: "dat bestaat niet en is niet te maken. Noem een andere plaats.",
    errno.ENOTDIR: "dat is geen map. Noem een map.",
    errno.EEXIST: "dat bestaat al en is geen map. Noem een andere map.",
    errno.EISDIR: "dat is een map. Noem een bestand.",
    errno.ENOSPC: "de schijf is vol. Maak ruimte en probeer het opnieuw.",
}
"""What an error of the file system means to whoever gave the place."""

MISTYPED = {
    "MissingParameter": "Er ontbreekt een verplicht onderdeel",
    "NoSuchOption": "Deze optie bestaat niet",
    "BadOptionUsage": "Deze optie is niet goed ingevuld",
    "BadParameter": "Deze waarde kan hier niet",
    "UsageError": "Deze opdracht kennen wij niet",
}
"""What typer's own errors are called in Dutch, by the name of their class."""


@contextmanager
def one_sentence() -> Iterator[None]:
    """Turn every error into one sentence on standard error and an exit code: no traceback."""
    try:
        yield
    except VerhuisketenError as error:
        _end(str(error), next(code for kind, code in EXIT_CODES if isinstance(error, kind)))
    except (KeyboardInterrupt, typer.Abort):
        _end("Afgebroken. Welk plan er geldt, zegt: verhuisketen status.", INTERRUPTED)
    except typer.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # the help was shown: nothing to add
            sys.exit(USAGE)
        _end(_mistyped(error), USAGE)
    except Exception as error:  # noqa: BLE001 - the edge: a bug must not print somebody's data
        trouble = TROUBLE.get(error.errno or 0) if isinstance(error, OSError) else None
        if trouble and isinstance(error, OSError) and error.filename:
            _end(f"Met {error.filename} lukt het niet: {trouble}", IO)
        place = traceback.extract_tb(error.__traceback__)[-1]
        _end(
            f"Er ging iets mis dat wij niet voorzagen: {type(error).__name__} in "
            f"{Path(place.filename).name}, regel {place.lineno}. Meld dit. "
            "Welk plan er geldt, zegt: verhuisketen status.",
            SOFTWARE,
        )


def _end(sentence: str, code: int) -> None:
    screen.error(sentence)
    sys.exit(code)


def _mistyped(error: typer.TyperException) -> str:
    """Say what was typed wrong, and where the right way stands."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "verhuisketen"
    parameter = getattr(error, "param", None)
    about = getattr(error, "option_name", None) or (parameter and parameter.opts[0])
    what = MISTYPED.get(type(error).__name__, MISTYPED["UsageError"])
    if type(error).__name__ == "BadParameter" and "does not exist" in str(error):
        what = "Dit bestand of deze map bestaat niet"
    where = f" ({about})" if about else ""
    return f"{what}{where}. Voorbeelden staan in: {command} --help"
