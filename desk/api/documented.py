"""What a call may answer besides what was asked, for the API document."""

from __future__ import annotations

from typing import Any

from desk.problems import SAID


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Name the problems one may hear of a call; the document describes each in one place."""
    return {status: {"description": SAID[status][1]} for status in statuses}
