"""Around a plan: repair it, price a change, and say what else there is; without another night.

    plan = standing(stored, options, openings)      # seconds, once
    repair(plan, Change(forbidden=(("H1", "W1"),)))  # a fraction of a second, as all below
    price(plan, Change(pinned=(("H1", "W2"),)))
    plan_b(plan, move)
    alternatives(plan, "H1")
    margin(plan, "H1", "W2")                         # for `matching.explain.why_not`

A Standing answers one question at a time: threads that ask at once need one each. But for `margin`
with the slack that `slack_of` gave before.
"""

from matching.around.alternatives import Alternative, alternatives
from matching.around.change import Change
from matching.around.margin import margin
from matching.around.neighbourhood import slack_of
from matching.around.price import PlanB, Price, plan_b, price
from matching.around.repair import Repaired, repair
from matching.around.standing import OtherOptions, Standing, standing

__all__ = [
    "Alternative",
    "Change",
    "OtherOptions",
    "PlanB",
    "Price",
    "Repaired",
    "Standing",
    "alternatives",
    "margin",
    "plan_b",
    "price",
    "repair",
    "slack_of",
    "standing",
]
