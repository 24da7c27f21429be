"""Whatever is typed or delivered is text, on every page, in a real browser too (P19)."""

import csv
import html
import re
import shutil
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from starlette.routing import Route

from pipelines.ingest import Intake, take_all
from tests.counts import count
from tests.desk.payloads import INJECTIONS, MARK, PRODUCT
from tests.desk.struck import forms, strange

ROLES = ("coach", "steward", "administrator", "planner")
REFUSED = 20
"""Rows that are spoilt in a column of codes: few enough for the file to be let in."""
SPOILT = {
    "huishoudens": ("aanspreeknaam", "telefoon", "email"),
    "woningen": ("straat", "woonplaats"),
}
CODED = {"huishoudens": "verhuiscoach", "woningen": "buurtcode"}
KEY = {"huishoudens": "huishoudencode", "woningen": "eenheidcode"}
HASHED = frozenset({"wachtwoord", "nieuw", "huidig", "nogmaals"})


def test_there_are_sixty_payloads():
    assert len(set(INJECTIONS)) >= 60
    assert all(MARK in payload or PRODUCT in payload for payload in INJECTIONS)


@pytest.mark.parametrize("payload", [one for one in INJECTIONS if re.match('["<][/a-z! ]', one)])
def test_a_page_that_took_a_payload_for_more_than_text_would_be_seen(payload):
    assert harmless(f'<p title="{payload}">{payload}</p>') != []


@pytest.fixture
def mine(engine, busiest):
    """The proposals of the busiest coach."""
    with engine.connect() as connection:
        return connection.execute(
            text(
                "SELECT id, household, dwelling, leaves FROM proposal WHERE coach = :coach"
                " AND corporation = :corporation AND state = 'offered' ORDER BY id"
            ),
            {"coach": busiest[0], "corporation": busiest[1]},
        ).all()


def parts(which, among):
    """The payloads spread over so many places, as many as go into a cell."""
    return " ".join(INJECTIONS[which % among :: among])[:200]


def spoil(folder, name, first):
    """Write payloads into every text of a delivery; those named first get all of them together."""
    path = next(folder.glob(f"{name}*.csv"))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    order = {key: place for place, key in enumerate(first)}
    for number, row in enumerate(rows):
        at = order.get(row[KEY[name]], number)
        for place, column in enumerate(SPOILT[name]):
            row[column] = parts(at + place, max(len(order), 20))
    strangers = [row for row in rows if row[KEY[name]] not in order]
    for row, payload in zip(strangers[:REFUSED], INJECTIONS, strict=False):
        row[CODED[name]] = payload
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        pen = csv.DictWriter(file, list(rows[0]), delimiter=";", quoting=csv.QUOTE_ALL)
        pen.writeheader()
        pen.writerows(rows)
    path.rename(path.with_name(f"{name}-'><img src=x onerror=alert(1)>.csv"))


@pytest.fixture
def delivered(engine, settings, mine, tmp_path):
    """A delivery by somebody who does not mean well, taken in."""
    folder = tmp_path / "leveringen"
    shutil.copytree(settings.deliveries, folder)
    spoil(folder, "huishoudens", [row.household for row in mine])
    homes = {home for row in mine for home in (row.dwelling, row.leaves) if home}
    spoil(folder, "woningen", sorted(homes))
    for path in folder.iterdir():
        if not path.name.startswith(tuple(SPOILT)):
            path.unlink()
    now = datetime.now(tz=UTC)
    taken, _ = take_all(
        engine,
        Intake("proef", now, settings.model_copy(update={"deliveries": folder}), frozenset()),
    )
    return taken


@pytest.fixture
def clients(as_coach, as_role, busiest):
    """Somebody of every role, in the same corporation."""
    return {"coach": as_coach()} | {role: as_role(role, busiest[1]) for role in ROLES[1:]}


@pytest.fixture
def addresses(desk, delivered, mine, clients, engine, busiest):
    """The address of every page of the desk; of rows that were refused, and proposals, all."""
    with engine.connect() as connection:
        file = connection.execute(text("SELECT max(id) FROM delivery")).scalar()
        refused = connection.execute(
            text("SELECT id FROM quarantine WHERE corporation = :whose ORDER BY id"),
            {"whose": busiest[1]},
        ).scalars()
        rows = [{"regel": row} for row in refused]
    known = {"levering": file, "user": clients["planner"].viewer.user}
    for one in mine:
        of_one = {"proposal": one.id, "proposal_id": one.id, "household": one.household}
        rows.append(of_one | {"huishouden": one.household, "woning": one.dwelling})
    paths = [route.path for route in routes(desk) if "GET" in route.methods]
    paths = [path for path in paths if readable(path)]
    first = [rows[0], rows[-1]]
    named = {filled(path, known | row) for path in paths for row in first}
    whole = ("/gegevens/uitval/{regel}", "/voorstellen/{proposal}")
    more = {filled(path, row) for path in whole for row in rows}
    return sorted((named | more) - {None})


def routes(desk):
    return [route for route in every(desk.routes) if isinstance(route, Route)]


def every(found):
    """Routes, and those of the routers among them."""
    for one in found:
        yield one
        inner = getattr(one, "original_router", None) or getattr(one, "router", None)
        yield from every(getattr(inner, "routes", ()))


def readable(path):
    return not path.startswith(("/v1", "/statisch", "/metrics", "/health"))


def filled(path, known):
    for name in re.findall(r"\{(\w+)", path):
        if name not in known:
            return None
        path = re.sub(rf"\{{{name}(:\w+)?\}}", str(known[name]), path)
    return path


def shown(client, path):
    """The HTML of a page; nothing where there is none for this role."""
    answer = client.get(path)
    assert answer.status_code < 500 or answer.status_code == 503, f"{path} {answer.status_code}"
    return answer.text if "text/html" in answer.headers.get("content-type", "") else ""


def harmless(page):
    """Nothing was made, and nothing stands there as it was typed."""
    raw = [one for one in INJECTIONS if set(one) & set("<>\"'") and one in page]
    return strange(page) + raw


def test_what_was_delivered_is_text_on_every_page(delivered, clients, addresses):
    said = {}
    for role, client in clients.items():
        for path in addresses:
            page = shown(client, path)
            assert harmless(page) == [], f"{role} {path}"
            said[role] = said.get(role, "") + html.unescape(page)

    assert {file.status for file in delivered} == {"taken"}
    assert [one for one in INJECTIONS[:40] if one not in said["coach"]] == []
    assert len([one for one in INJECTIONS if one in said["steward"]]) > REFUSED


def found_forms(client, paths):
    """The forms on these pages in which one types, each once, those lower on a page first."""
    kept = {}
    for path in paths:
        for form in reversed(forms(shown(client, path))):
            kept.setdefault((form.action, *form.fields), form)
    return list(kept.values())


def sent(client, form, payload, turn):
    """Send a form as a browser does, and give what comes back."""
    given = form.filled(payload, turn)
    if form.method == "get":
        return client.get(form.action, params=given)
    return client.post(form.action, data=given)


PASSWORDS = count(ci=2, soak=20, of="injecties in een formulier met een wachtwoord")
TYPED = count(ci=len(INJECTIONS), soak=len(INJECTIONS), of="injecties in elk ander formulier")


def test_what_is_typed_is_text(clients, anonymous, addresses):
    tried = 0
    for role, client in (clients | {"niemand": anonymous()}).items():
        for form in found_forms(client, addresses):
            slow = any(kind == "password" for kind, _ in form.fields.values())
            for turn, payload in enumerate(INJECTIONS[: PASSWORDS if slow else TYPED]):
                answer = sent(client, form, payload, turn + 1_000 * tried)
                where = f"{role} {form.action} {payload}"
                assert answer.status_code < 500, where
                assert harmless(answer.text) == [], where
                assert not [v for v in answer.headers.values() if MARK in v and "<" in v], where
            tried += 1
        for path in addresses:
            assert harmless(shown(client, path)) == [], f"{role} {path}"
    print(tried)
