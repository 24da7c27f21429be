"""The plan in force, kept warm, so that a question at the desk costs no night."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store.database import Engine
    from store.installation import Installation


@dataclass(slots=True)
class Thinking:
    """What keeps the plan warm. Started with the desk, stopped with it."""

    engine: Engine
    installation: Installation
