"""Every page, looked at by axe-core and walked by keyboard, in a real browser."""

import json
import os
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace as Said

import pytest
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import HTMLResponse

from desk import home, views
from desk.app import application
from desk.doorway import REPORTS
from pipelines.settings import Settings
from store.database import connect
from tests.conftest import _administer, _named
from tests.desk.browser import axe, serving, small_targets, too_wide, walk
from tests.desk.pages import PAGES, Page

LINK = {"from_home": "W-0200", "to_home": "W-0001", "href": "/voorstellen", "note": None}
SPOTS = (("now", "nu", 5.22), ("then", "<b>straks</b>", 5.235))
SHOWN = {
    "geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"kind": "move", "dashed": True},
                    "geometry": {
                        "type": "LineString",
                        "coordinates": [[5.22, 52.37], [5.235, 52.37]],
                    },
                },
                *(
                    {
                        "type": "Feature",
                        "properties": {"kind": kind, "label": label},
                        "geometry": {"type": "Point", "coordinates": [east, 52.37]},
                    }
                    for kind, label, east in SPOTS
                ),
            ],
        }
    ),
    "links": [
        Said(**LINK, title="De Vries", state="geaccepteerd", kind="positive"),
        Said(**(LINK | {"href": None}), title="Uw huishouden", state="wacht", kind="neutral"),
        Said(**(LINK | {"from_home": ""}), title="Een starter", state="loopt af", kind="warning"),
    ],
    "rules_given": [
        Said(verdict="ja", sentence="De huur past.", source="Aftoppingsgrens 2026"),
        Said(verdict="vraag de coach", sentence="Kijk na of de lift werkt.", source=""),
        Said(verdict="nee", sentence="Er zijn te weinig kamers.", source="wens"),
    ],
}
"""What the page with every macro shows."""
NAMES = [f"{page.path} {page.role or '-'}" for page in PAGES]


@pytest.fixture(scope="module")
def house(server, after_a_night, night_folder):
    """One desk for all pages: nobody acts here. Gives its engine, its application, its origin."""
    with copied(server, after_a_night) as url:
        engine = connect(url, test=True)
        app = application(engine, Settings(data=night_folder / "data", database_url=url))
        with serving(app) as origin:
            yield engine, app, origin
        engine.dispose()


@contextmanager
def copied(server, template):
    """Copy the database of the night."""
    name = f"verhuisketen_pages_{os.getpid()}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def served(house):
    """The origin of the desk that all pages share."""
    return house[2]


@pytest.fixture
def engine(house):
    """The database behind it."""
    return house[0]


@pytest.fixture
def desk(house):
    """The desk itself."""
    return house[1]


@pytest.fixture(scope="module")
def clients():
    """Who signed in here before, by role."""
    return {}


@pytest.fixture
def look(browse, seen, engine, as_role, busiest, clients):
    """Open a page of the list as whoever should look at it."""

    def opened(page, **how):
        client = None
        if page.role:
            coach = busiest[0] if page.role == "coach" else None
            client = clients.get(page.role) or as_role(page.role, coach=coach)
            clients[page.role] = client
        if page.status != 200:
            seen.expected = ("the server responded with a status of",)
        shown = browse(client, **how)
        answer = shown.goto(path_of(page, engine, busiest))
        assert answer.status == page.status, f"{page.path}: {answer.status}"
        return shown

    return opened


def path_of(page, engine, busiest):
    """Fill in the ids of a proposal of the busiest coach."""
    if "{" not in page.path:
        return page.path
    rows = text(
        "SELECT id AS proposal, household, dwelling FROM proposal"
        " WHERE coach = :coach AND corporation = :corporation AND state = 'offered' ORDER BY id"
    )
    with engine.connect() as connection:
        found = connection.execute(rows, dict(zip(("coach", "corporation"), busiest, strict=True)))
        return page.path.format(**found.mappings().first())


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_is_for_everybody(look, page):
    shown = look(page)

    axe(shown)
    assert small_targets(shown) == []
    assert shown.locator("h1").count() == 1
    assert shown.locator("main").count() == 1
    assert shown.title().endswith(" – Verhuisketen")

    places = walk(shown)
    assert places[0]["name"] == "Ga naar de inhoud"
    assert len(set(map(place_of, places))) == len(places), "een plek komt tweemaal langs"

    in_the_dark_on_a_small_screen(shown)
    axe(shown, only=("color-contrast", "target-size"))
    assert not too_wide(shown)


def place_of(one):
    """Tell a place on a page from any other."""
    return one["tag"], one["name"], one["top"], one["left"]


def in_the_dark_on_a_small_screen(shown):
    """Show the same page as somebody with a phone, at night."""
    shown.emulate_media(color_scheme="dark")
    shown.set_viewport_size({"width": 320, "height": 640})


def test_the_skip_link_brings_one_to_the_content(look):
    shown = look(PAGES[1])
    shown.keyboard.press("Tab")
    shown.keyboard.press("Enter")

    assert shown.evaluate("document.activeElement.id") == "inhoud"


@pytest.fixture
def specimen(desk, as_coach, clients):
    """Serve the page that shows every macro once."""
    path = "/proefblad"
    if path not in {getattr(route, "path", None) for route in desk.routes}:
        text = (Path(__file__).parent / "specimen.html").read_text("utf-8")
        template = views._pages().from_string(text)

        def shown(request: Request) -> HTMLResponse:
            return HTMLResponse(
                template.render(
                    viewer=request.state.viewer, path="/voorstellen", fragment=False, **SHOWN
                )
            )

        desk.add_api_route(path, shown, response_model=None)
    clients["coach"] = clients.get("coach") or as_coach()
    return Page(path, "coach")


def test_all_that_pages_are_made_of_is_for_everybody(look, specimen):
    shown = look(specimen)

    axe(shown)
    assert small_targets(shown) == []
    assert len(walk(shown)) > 20

    in_the_dark_on_a_small_screen(shown)
    axe(shown, only=("color-contrast", "target-size"))
    assert not too_wide(shown)


def test_a_map_is_drawn_without_asking_anybody_for_anything(look, specimen):
    shown = look(specimen)

    assert shown.locator(".vk-map path.leaflet-interactive").count() == 3
    assert shown.locator(".vk-map__word").all_inner_texts() == ["nu", "<b>straks</b>"]


def test_a_list_is_read_with_the_keyboard_alone(look, specimen):
    shown = look(specimen)
    focus = "document.activeElement.innerText || document.activeElement.name"

    def after(*keys):
        for key in keys:
            shown.keyboard.press(key)
        return shown.evaluate(focus)

    assert after("j") == "Dochter"
    assert after("j") == "Huisarts"
    assert after("j", "j") == "Kerk"
    assert after("k") == "Huisarts"
    assert after("/") == "zoek"
    assert after("j", "k") == "zoek"
    assert shown.locator("#zoek").input_value() == "jk"
    assert after("Tab", "?") == "dag"
    shown.locator("h1").click()
    assert after("?") == "Sluiten"
    axe(shown)
    assert after("Escape", "j") == "Dochter"
    shown.keyboard.press("Enter")
    shown.wait_for_url("**/toegankelijkheid")


def test_without_javascript_everything_still_stands_there(look, specimen):
    shown = look(specimen, script=False)

    shown.get_by_text("Waarom niet een andere woning?").click()
    assert shown.get_by_text("Die ging naar een ander.").is_visible()
    shown.get_by_role("link", name="Dochter").click()
    shown.wait_for_url("**/toegankelijkheid")


def test_what_went_wrong_behind_a_part_is_told_on_top_and_the_page_stays(look, specimen, seen):
    seen.expected = ("status of 404", "Response Status Error Code 404")
    shown = look(specimen)
    shown.evaluate("htmx.ajax('GET', '/bestaat-niet', {target: 'h1'})")

    shown.locator("#melding [role=alert]").wait_for()
    assert "Niet gevonden" in shown.locator("#melding").inner_text()
    assert shown.locator("h1").inner_text() == "Proefblad"


def test_a_page_that_breaks_its_own_policy_is_noticed(look, specimen, seen):
    shown = look(specimen)
    shown.evaluate(
        """() => {
          const made = document.createElement("p");
          made.setAttribute("onclick", "1");
          made.innerHTML = "<img src='https://elders.example/x.png'>";
          document.body.append(made);
          const script = document.createElement("script");
          script.textContent = "document.title = 'stuk'";
          document.body.append(script);
        }"""
    )
    shown.wait_for_timeout(200)

    assert any("img-src" in one for one in seen.strange)
    assert any("script-src" in one for one in seen.strange)
    assert shown.title() == "Proefblad – Verhuisketen"
    seen.strange.clear()


def test_a_browser_reports_what_a_page_may_not(look, specimen, seen):
    before = home.CSP_REPORTS._value.get()
    shown = look(specimen)
    with shown.expect_event("requestfinished", lambda asked: asked.url.endswith(REPORTS)):
        shown.evaluate("const made = new Image(); made.src = 'https://elders.example/x.png';")
    seen.strange.clear()

    assert home.CSP_REPORTS._value.get() > before
