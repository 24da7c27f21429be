"""Which moves: the households that move together, chosen for the greatest gain, with a bound."""

from matching.optimise.choose import Choice, choose
from matching.optimise.limits import ImpossibleLimits, Limits
from matching.optimise.market import UnusableOptions
from matching.optimise.rough import Rough, rough

__all__ = ["Choice", "ImpossibleLimits", "Limits", "Rough", "UnusableOptions", "choose", "rough"]
