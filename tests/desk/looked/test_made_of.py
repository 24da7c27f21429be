"""What pages are made of: every macro once, the keys, the map, and what a page may never do."""

import json
from pathlib import Path
from types import SimpleNamespace as Said

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse

from desk import home, views
from desk.doorway import REPORTS
from tests.desk.browser import at_night_on_a_phone, axe, small_targets, too_wide, walk
from tests.desk.pages import SPECIMEN, Page

LINK = {"from_home": "W-0200", "to_home": "W-0001", "href": "/voorstellen", "note": None}
SPOTS = (("facility", "huisarts", 5.22001), ("now", "nu", 5.22), ("then", "<b>straks</b>", 5.235))
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


@pytest.fixture
def specimen(desk, as_coach, clients):
    """Serve the page that shows every macro once."""
    path = SPECIMEN
    if path not in {getattr(route, "path", None) for route in desk.routes}:
        text = (Path(__file__).parents[1] / "specimen.html").read_text("utf-8")
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

    at_night_on_a_phone(shown)
    axe(shown, only=("color-contrast", "target-size"))
    assert not too_wide(shown)


def test_a_map_is_drawn_without_asking_anybody_for_anything(look, specimen):
    shown = look(specimen)

    assert shown.locator(".vk-map path.leaflet-interactive").count() == 4
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
    shown.locator("#toelichting").focus()
    assert after("?") == "toelichting"
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
