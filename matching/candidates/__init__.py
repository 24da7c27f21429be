"""Candidates: who could move where. Block by area, judge in stages, keep the best of each.

No table of all households by all homes is ever made: runs of seekers are blocked, judged and
scored one after another, and of each household only its best options stay.
"""

from matching.candidates.along import ALONG, between_seekers, moving_along
from matching.candidates.demand import seekers
from matching.candidates.search import Candidates, UnknownHere, candidates, one_pair, these_pairs
from matching.candidates.supply import every_home, homes, lived_in, openings

__all__ = [
    "ALONG",
    "Candidates",
    "UnknownHere",
    "between_seekers",
    "candidates",
    "every_home",
    "homes",
    "lived_in",
    "moving_along",
    "one_pair",
    "openings",
    "seekers",
    "these_pairs",
]
