"""An area as it is now: homes, people, facilities, and what would change if one closed.

`areas(state)` lists the neighbourhoods, `explore` looks at one, `shock` closes a facility. Of
people only tens are told, never fewer than ten.
"""

from matching.area.closing import NoSuchFacility, Outside, Shock, shock
from matching.area.exploring import Area, HomesOf, explore
from matching.area.facilities import FacilityNear, KindNear
from matching.area.inside import NoSuchArea, areas, own_part
from matching.area.small import Count
from matching.area.squares import Square
from matching.area.wanted import Wanted
from matching.area.zones import Zone

__all__ = [
    "Area",
    "Count",
    "FacilityNear",
    "HomesOf",
    "KindNear",
    "NoSuchArea",
    "NoSuchFacility",
    "Outside",
    "Shock",
    "Square",
    "Wanted",
    "Zone",
    "areas",
    "explore",
    "own_part",
    "shock",
]
