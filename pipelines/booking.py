"""A night is booked: when it began, that it holds the lease of its region, and how it ended."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from data_contracts.words import VerhuisketenError
from store import runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.night import Night

OFFERED = "aangeboden.json"
"""What a night leaves in its folder once its plan is in force."""


def still_ours(night: Night) -> None:
    """Hold the lease longer before a step; raise Outdated when another night took over."""
    with night.engine.begin() as connection:
        region, seconds = night.policy.region, night.settings.lease_seconds
        if not runs.renew(connection, region, holder=night.run, seconds=seconds):
            raise runs.Outdated


@contextmanager
def booked(night: Night) -> Iterator[None]:
    """Book the run and hold the region's lease meanwhile; book why, when it fails."""
    region = _region(night)
    with night.engine.begin() as connection:
        runs.start(connection, night.run, region=region, on=night.on)
        runs.take(connection, region, holder=night.run, seconds=night.settings.lease_seconds)
    try:
        _ = night.rules  # a year without a page is found before any work
        yield
    except BaseException as error:
        sentence = _why(night, error)
        with night.engine.begin() as connection:
            runs.finish(connection, night.run, status="failed", sentence=sentence)
            runs.release(connection, region, holder=night.run)
        raise
    with night.engine.begin() as connection:
        runs.finish(connection, night.run, status="done", sentence="Het plan is aangeboden.")
        runs.release(connection, region, holder=night.run)


def _region(night: Night) -> str:
    """Say for which region the night is; book that it failed when the policy cannot tell."""
    try:
        return night.policy.region
    except VerhuisketenError as error:
        with night.engine.begin() as connection:
            runs.start(connection, night.run, region="", on=night.on)
            runs.finish(connection, night.run, status="failed", sentence=str(error))
        raise


def _why(night: Night, error: BaseException) -> str:
    """Say in one sentence why a night failed, and whether its plan holds nevertheless."""
    sentence = str(error) if isinstance(error, VerhuisketenError) else type(error).__name__
    if not (night.folder / OFFERED).exists():
        return sentence
    if isinstance(error, runs.Outdated):
        return "Het plan is aangeboden, maar een latere nacht nam het over: dat plan geldt."
    return f"Het plan is aangeboden en geldt, maar daarna ging het mis: {sentence}"
