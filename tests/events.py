"""Events as another system sends them: one that is right for every kind of fact."""

from datetime import UTC, datetime

from data_contracts.cloudevents import SENDABLE, type_of
from data_contracts.events import KINDS, TABLES

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OURS = "urn:nld:kvknr:11111111"
THEIRS = "urn:nld:kvknr:22222222"
DWELLING = {
    "dwelling": "W-1",
    "corporation": "11111111",
    "municipality": "GM0034",
    "kind": "GAL",
    "rooms": 3,
    "area": 70,
    "floor": 2,
    "lift": True,
    "access": "ROA",
    "rent": 61245,
    "target_rent": 70000,
    "daeb": True,
    "status": "VEH",
    "x": 143250,
    "y": 487650,
}
DATA = {
    "complexes": {"complex": "C-1", "corporation": "11111111", "units": 40},
    "dwellings": DWELLING,
    "newbuild": {**DWELLING, "dwelling": "N-1", "completed": "2027-03-01", "status": "ONT"},
    "households": {
        "household": "H-1",
        "corporation": "11111111",
        "persons": 2,
        "aow": True,
        "registered": "2018-03-01",
        "consent": True,
        "consent_date": "2026-01-05",
        "willingness": "ZEKER",
    },
    "tenancies": {
        "tenancy": "T-1",
        "dwelling": "W-1",
        "household": "H-1",
        "start": "2001-05-01",
        "rent": 61245,
    },
    "wishes": {"household": "H-1", "stated": "2026-10-01", "min_rooms": 2, "max_rooms": 4},
    "ties": {
        "tie": "B-1",
        "household": "H-1",
        "kind": "KIND",
        "minutes": 15,
        "x": 143271,
        "y": 487683,
    },
    "facilities": {"facility": "F-1", "kind": "HUISARTS", "lat": 52.37, "lon": 5.22},
    "notices": {"notice": "O-1", "dwelling": "W-1", "given": "2026-11-20", "ends": "2026-12-31"},
    "works": {"works": "K-1", "complex": "C-1", "kind": "SLOOP", "start": "2027-01-01"},
}
"""For every State table, a row that is right."""
APPEARS = tuple(kind for kind in SENDABLE if KINDS[kind].appears)


def event(kind="NoticeGiven", *, id="e-1", source=f"{OURS}:systeem:primair", data=None, **changes):  # noqa: A002 - the attribute's name
    """An event that is right, with other data or attributes where given."""
    table = KINDS[kind].table
    row = {**DATA[table], **(data or {})}
    made = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": type_of(kind),
        "subject": row[TABLES[table][1]],
        "time": "2026-11-22T09:30:00Z",
        "datacontenttype": "application/json",
    }
    if KINDS[kind].appears:
        made["data"] = row
    made |= changes
    return {name: value for name, value in made.items() if value is not ...}
