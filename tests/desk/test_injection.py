"""Whatever is typed or delivered is text, on every page, in a real browser too (P19)."""

import csv
import html
import re
import shutil
from datetime import UTC, datetime
from urllib.parse import quote

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
def addresses(desk, delivered, mine, clients, engine, busiest):  # noqa: ARG001 - first what is delivered
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


@pytest.fixture
def kinds(addresses):
    """One address of every kind of page."""
    found = {}
    for path in addresses:
        found.setdefault(like(path), path)
    return list(found.values())


def like(path):
    """An address without its ids: what kind of page it leads to."""
    return re.sub(r"[^/]*\d[^/]*", "…", path)


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


PLACES = {"aanmelden", "account", "beheer", "gegevens", "huishoudens", "voorstellen", "wat-als"}
"""Where one types, at least: a form that is no longer found is no longer tried."""


def found_forms(client, paths, known):
    """The forms on these pages in which one types, those lower on a page first; none again."""
    kept = {}
    for path in paths:
        for form in reversed(forms(shown(client, path))):
            kept.setdefault((like(form.action), *form.fields), form)
    return {what: form for what, form in kept.items() if what not in known}


def sent(client, form, given):
    """Send a form as a browser does, and give what comes back."""
    if form.method == "get":
        return client.get(form.action, params=given)
    return client.post(form.action, data=given)


ONE_BY_ONE = count(ci=8, soak=1, of="velden waarin om de zoveel beurten alleen wordt getypt")


def turns(form, at):
    """Say turn by turn what to type where: all payloads, as many together as a field takes.

    First in every field at once; then in each alone, so that a form can also be right but for that
    one, and what was typed is kept. A password is slow to check.
    """
    packed = [""]
    for payload in INJECTIONS:
        whole = f"{packed[-1]} {payload}".strip()
        packed[-1:] = [whole] if len(whole) <= form.longest else [packed[-1], payload]
    if form.slow:
        return [(form.texts(), typed) for typed in packed[:2]]
    everywhere = [(form.texts(), typed) for typed in packed]
    alone = [([name], typed) for name in form.texts() for typed in packed]
    return everywhere + alone[at % ONE_BY_ONE :: ONE_BY_ONE]


def type_everywhere(client, found, begin):
    """Type every payload into every field, and look at all that comes back."""
    for number, form in enumerate(found.values()):
        for turn, (names, typed) in enumerate(turns(form, number)):
            answer = sent(client, form, form.filled(names, typed, begin + 1_000 * number + turn))
            where = f"{form.action} {names} {typed}"
            assert answer.status_code < 500, where
            assert harmless(answer.text) == [], where
            assert MARK not in " ".join(answer.headers.values()).replace("%", ""), where


def test_what_is_typed_is_text(clients, anonymous, kinds):
    visitors = clients | {"niemand": anonymous()}
    typed = {}
    for place, client in enumerate(visitors.values()):
        found = found_forms(client, kinds, typed)
        type_everywhere(client, found, begin=100_000 * place)
        typed |= found
    for role, client in visitors.items():
        for path in kinds:
            assert harmless(shown(client, path)) == [], f"{role} {path}"

    assert {form.action.split("/")[1] for form in typed.values()} >= PLACES


IN_A_PATH = count(ci=6, soak=len(INJECTIONS), of="injecties in elk adres met een kenmerk")


def test_an_address_that_was_made_up_tells_nothing_back(desk, clients):
    paths = [route.path for route in routes(desk) if "{" in route.path and readable(route.path)]
    assert len(paths) > 10
    for number, path in enumerate(sorted(set(paths))):
        for turn in range(IN_A_PATH):
            payload = INJECTIONS[(IN_A_PATH * number + turn) % len(INJECTIONS)]
            asked = re.sub(r"\{[^}]+\}", quote(payload, safe=""), path)
            for client in clients.values():
                answer = client.get(asked)
                assert 300 <= answer.status_code < 500, f"{asked} {answer.status_code}"
                assert harmless(answer.text) == [], asked
                assert MARK not in answer.text + " ".join(answer.headers.values()), asked


OK = 200
MADE = """(mark) => [...document.querySelectorAll("*")].flatMap((one) => {
  for (const kind of ["mouseover", "focus", "toggle", "error"])
    one.dispatchEvent(new Event(kind));
  return [one.tagName.toLowerCase(), ...one.getAttributeNames()].filter(
    (name) => name.includes(mark) || name.startsWith("on"));
})"""
"""Touch everything on a page, and give the elements and attributes that no page of ours has."""


def opens(client, path):
    """Whether a browser shows this page to this client."""
    answer = client.get(path)
    kind = answer.headers.get("content-type", "")
    return answer.status_code == OK and kind.startswith("text/html")


def test_nothing_runs_in_a_browser(browse, seen, clients, kinds, mine):
    seen.expected = ("the server responded with a status of 4",)
    searches = [f"/voorstellen?zoek={quote(one)}" for one in INJECTIONS[:: len(INJECTIONS) // 4]]
    mostly = {"coach": [*(f"/voorstellen/{row.id}" for row in mine[:6]), *searches]}
    for role, client in clients.items():
        page = browse(client)
        for path in [one for one in kinds if opens(client, one)] + mostly.get(role, []):
            page.goto(path)
            assert page.evaluate(MADE, MARK) == [], path
            assert seen.strange == [], path
