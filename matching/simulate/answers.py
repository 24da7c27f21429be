"""Who says yes: a chance of the policy, the same for everybody, drawn per household and home.

Never a score of a person: an estimate of what one household would answer is profiling, and is kept
out of the engine (`domain.md` §6.2).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from matching.simulate.draws import keys

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from matching.simulate.draws import Draws

FULL = 100


@dataclass(slots=True)
class Answers:
    """What households answer; who said no to a home is not asked for it again."""

    draws: Draws
    percent: int
    declined: set[int] = field(default_factory=set)

    def marked(self, options: pd.DataFrame) -> pd.DataFrame:
        """Give the options that nobody declined yet, with `says_yes` and `pair`."""
        people, homes = keys(options["household"]), keys(options["dwelling"])
        pair = self.draws.numbers("antwoord", people, other=homes)
        yes: NDArray[np.bool_] = pair % np.uint64(10_000) < np.uint64(FULL * self.percent)
        told = options.assign(says_yes=yes, pair=pair)
        if not self.declined:
            return told
        known = np.fromiter(self.declined, dtype=np.uint64, count=len(self.declined))
        return told[~np.isin(pair, known)].reset_index(drop=True)
