"""What is different from the facts that a plan was made on; also what somebody supposes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from matching.conditions import Conditions, Pair


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Facts, or suppositions, as they touch the market.

    `forbidden` moves (declined, or struck out) cannot be; `pinned` moves (acted on, or put there)
    must be. Nobody may enter a home that is `withdrawn` any more; a home that is `vacated` opens.
    All earlier options of a household that is `renewed` go. `options` are new rows, with the
    columns of the options the plan was chosen from; a row takes the place of an earlier one of the
    same household and dwelling. Who gave notice is renewed without rows, the home vacated. With
    `conditions` these are the side conditions from now on, instead of those that held.
    """

    forbidden: tuple[Pair, ...] = ()
    pinned: tuple[Pair, ...] = ()
    withdrawn: tuple[str, ...] = ()
    vacated: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    options: pd.DataFrame | None = None
    conditions: Conditions | None = None

    def and_then(self, later: Change) -> Change:
        """Both changes as one."""
        tables = [table for table in (self.options, later.options) if table is not None]
        return Change(
            self.forbidden + later.forbidden,
            self.pinned + later.pinned,
            self.withdrawn + later.withdrawn,
            self.vacated + later.vacated,
            self.renewed + later.renewed,
            pd.concat(tables, ignore_index=True) if tables else None,
            later.conditions or self.conditions,
        )


NO_CHANGE = Change()
