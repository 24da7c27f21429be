"""What a database and a folder say, without numbers and moments that differ from run to run.

A night that was cut off and is run again is another run: it has another number, and its facts have
other positions. What people see of it must be the same: the plan, the proposals, the facts.
Every table is compared or is named here with the reason why not.
"""

import hashlib
import json
from collections import Counter
from pathlib import Path

import pandas as pd
from sqlalchemy import select, text

from matching.match import options_hash
from matching.model import PLAN
from store import audit, state
from store.tables import metadata
from tests.faults.scenario import HEARD

NOT_COMPARED = {
    "run": "a night that is run again is a run more; `_loose_ends` judges how they ended",
    "lease": "its fence counts the holders; `_loose_ends` judges that nobody has it",
    "state_row": "how far the State was saved; the folded State is compared instead",
    "state_stand": "as above",
    "machine_use": "a rate that runs by the clock",
    "api_use": "as above",
    "seal": "hashes of moments; `_loose_ends` judges that they fit the lines that they seal",
}
MOMENTS = {
    "log": ("position", "id", "at", "digest"),
    "conflict": ("at", "digest", "noticed"),
    "machine_key": ("created", "revoked"),
    "subscriber": ("position", "active"),
    "notice": ("position", "since", "next_try", "tries"),
    "reader": ("position", "at"),
    "access": ("id", "at", "who"),
    "delivery": ("id", "run", "received", "sentence", "position", "facts", "reader", "allowed"),
    "reject": ("delivery", "number"),
    "delivery_share": ("delivery",),
    "quarantine": ("id", "turn", "sealed", "at", "sent"),
    "proposal": ("id", "plan", "repeated_by", "at", "position", "because"),
}
"""Columns that number things or say when."""
REPEATED = frozenset({"access", "delivery", "delivery_share", "reject"})
"""A file that is read again is booked again, and every look is written down: as a set, no count."""
OF_THIS_RUN = ("position", "conditions", "earlier")
"""What the receipt of a plan says of where the log stood, and of the proposals it found there."""
CLAIMED = text("SELECT file, status FROM delivery WHERE run LIKE '%T%Z-%'")
"""What was taken in from the watched folder: each file once, however often it was cut off."""
IN_FORCE = text("SELECT json FROM plan JOIN current_plan ON current_plan.plan = plan.id")
OF_NIGHT = text("SELECT json FROM plan WHERE repairs IS NULL ORDER BY fence DESC LIMIT 1")
"""The plan that a night made: its folder holds that one, whatever repaired it since."""
LAST_NIGHT = text("SELECT status FROM run WHERE kind = 'night' ORDER BY started DESC, id LIMIT 1")
NEVER_ENDED = text(
    "SELECT count(*) FROM run r WHERE status = 'running' AND (kind = 'night' OR EXISTS"
    " (SELECT FROM run later WHERE later.kind = 'night' AND later.started > r.started))"
)
"""A repair that was killed is booked as broken off by whoever takes the lease next."""


def contents(engine, folder):
    """Give everything that must be equal, by the name of what says it, and what was left undone."""
    with engine.connect() as connection:
        names = _names_of_proposals(connection)
        told = {
            table.name: _rows(connection, table, names)
            for table in metadata.sorted_tables
            if table.name not in NOT_COMPARED and table.name not in ("plan", "current_plan")
        }
        plan = _plan(connection, IN_FORCE)
        told["claims"] = Counter(tuple(row) for row in connection.execute(CLAIMED))
        of_night = _plan(connection, OF_NIGHT)
        folded, _ = state.load(connection)
        undone = _loose_ends(connection, folded)
    if of_night is not None and json.loads(_latest(folder).read_bytes()) != of_night:
        undone.append("`laatste` leads to another plan than that of the newest night")
    undone += _out_of_order(folder)
    told |= {"state": _versions(folded, names), "folder": _folder(folder, of_night)}
    told |= {"inbox": _inbox(folder), "heard": set(_heard(folder))}
    return told | {"plan": None if plan is None else _said(plan)}, undone


def published(engine):
    """What the coaches may see: the plan in force and its proposals, in one."""
    with engine.connect() as connection:
        names = _names_of_proposals(connection)
        plan = _plan(connection, IN_FORCE)
        proposals = _rows(connection, metadata.tables["proposal"], names)
    return (None if plan is None else _said(plan)), proposals


def differences(expected, found):
    """Say in which parts two contents differ, with a few of the differences."""
    said = []
    for part in expected:
        one, other = expected[part], found[part]
        if one != other and isinstance(one, Counter):
            missing, more = list((one - other).items())[:3], list((other - one).items())[:3]
            said.append(f"{part}: missing {missing}, too many {more}")
        elif one != other:
            said.append(f"{part}: {_where(one, other)}")
    return said


def _where(one, other):
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [key for key in sorted(one | other) if one.get(key) != other.get(key)]
        return "; ".join(
            f"{key}: {str(one.get(key))[:200]} / {str(other.get(key))[:200]}" for key in keys[:3]
        )
    return f"{str(one)[:200]} / {str(other)[:200]}"


def _loose_ends(connection, folded):
    """Say what a story that was finished left undone: it must be nothing."""
    said = []
    last = connection.scalar(LAST_NIGHT)
    if last not in (None, "done"):
        said.append(f"the last night is {last}")
    if connection.scalar(NEVER_ENDED):
        said.append("a run never ended")
    if connection.scalar(text("SELECT count(*) FROM lease WHERE until > clock_timestamp()")):
        said.append("somebody still holds a lease")
    if connection.scalar(
        text("SELECT max(s.position) > max(l.position) FROM state_stand s, log l")
    ):
        said.append("the State stands further than the log")
    if audit.verify(connection) is not None:
        said.append("the log of looks is not as it was sealed")
    if not state.rebuild(connection).versions.equals(folded.versions):
        said.append("the log folds to another State")
    return said


def _latest(folder):
    return Path(folder) / "data" / "laatste" / "verhuisplan.json"


def _names_of_proposals(connection):
    """Name proposals by whom and where to: their ids hold the number of the run."""
    rows = connection.execute(
        text("SELECT id, household || ' > ' || dwelling || ' on ' || offered_on FROM proposal")
    )
    return dict(map(tuple, rows))


def _rows(connection, table, names):
    columns = [c for c in table.c if c.name not in MOMENTS.get(table.name, ())]
    joined = select(*columns)
    if table.name == "reject":
        file = metadata.tables["delivery"]
        joined = select(file.c.file, *columns).join_from(table, file)
    rows = [tuple(_plain(value, names) for value in row) for row in connection.execute(joined)]
    return Counter(set(rows) if table.name in REPEATED else rows)


def _plain(value, names):
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and value.startswith("voorstel-"):
        return names.get(value, value)
    if isinstance(value, str) and '"proposal"' in value:
        return _offer(value, names)
    return value


def _offer(data, names):
    said = json.loads(data)
    return json.dumps(said | {"proposal": names.get(said["proposal"]), "plan": None})


def _plan(connection, question):
    found = connection.execute(question).scalar()
    return None if found is None else json.loads(PLAN.dump_json(PLAN.validate_json(found)))


def _said(plan):
    """What a plan says; its prices are one proof of many, its bound is compared."""
    receipt = {name: v for name, v in plan["receipt"].items() if name not in OF_THIS_RUN}
    return plan | {"receipt": receipt, "certificate": None}


def _versions(folded, names):
    rows = folded.versions.reset_index()
    kept = zip(rows["table"], rows["key"], rows["source"], rows["gone"], rows["data"], strict=True)
    return Counter(tuple(_plain(value, names) for value in row) for row in kept)


def _folder(folder, plan):
    """What `laatste` leads to: workbooks to the byte, and that plan, options and page are whole."""
    latest = _latest(folder).parent
    if plan is None or not latest.exists():
        return {"latest": latest.exists()}
    options = pd.read_parquet(latest / "mogelijkheden.parquet")
    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in latest.glob("*.xlsx")
    }
    return found | {
        "files": sorted(path.name for path in latest.iterdir()),
        "options": options_hash(options) == plan["receipt"]["options_hash"],
        "page": (latest / "verhuisplan.html").read_text().rstrip().endswith("</html>"),
    }


def _inbox(folder):
    """What lies where in the watched folder, without the moment and number of each claim."""
    inbox = Path(folder) / "data" / "postvak"
    files = (path.relative_to(inbox).parts for path in inbox.rglob("*") if path.is_file())
    return Counter((parts[0], parts[-1]) for parts in files)


def _heard(folder):
    """The events a subscriber heard, by id, in the order in which it first heard each."""
    path, first = Path(folder) / HEARD, {}
    for line in path.read_bytes().splitlines() if path.exists() else ():
        event = json.loads(line)
        first.setdefault(event["id"], (event["subject"], event["sequence"]))
    return first


def _out_of_order(folder):
    """Subjects of which a subscriber heard something later before something earlier."""
    last = {}
    for subject, sequence in _heard(folder).values():
        if sequence < last.get(subject, ""):
            yield f"{subject} was told out of order"
        last[subject] = sequence
