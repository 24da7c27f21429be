"""Every page, looked at by axe-core and walked by keyboard, in a real browser."""

import re

import pytest

from tests.desk.browser import at_night_on_a_phone, axe, small_targets, too_wide, walk
from tests.desk.pages import NO_PAGES, PAGES
from tests.desk.walking import routes

NAMES = [f"{page.path} {page.role or '-'}" for page in PAGES]


def test_every_page_is_looked_at(desk):
    looked_at = {bare(page.path) for page in PAGES}
    shown = {name[4:] for name in routes(desk) if name.startswith("GET ")} - NO_PAGES
    missing = [path for path in shown if bare(path) not in looked_at and path[:4] != "/v1/"]

    assert missing == [], "zet deze in tests/desk/pages.py"


def bare(path):
    """Give a path without what fills it in."""
    return re.sub(r"{[\w:]+}", "{}", path.partition("?")[0])


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_is_for_everybody(look, page):
    shown = look(page)
    assert "wordt nog geladen" not in shown.content()

    axe(shown)
    assert small_targets(shown) == []
    assert not too_wide(shown)
    assert shown.locator("h1").count() == 1
    assert shown.locator("main").count() == 1
    assert shown.title().endswith(" – Verhuisketen")

    places = walk(shown)
    assert places[0]["name"] == "Ga naar de inhoud"
    assert len(set(map(place_of, places))) == len(places), "een plek komt tweemaal langs"

    at_night_on_a_phone(shown)
    axe(shown, only=("color-contrast", "target-size"))
    assert not too_wide(shown)


def place_of(one):
    """Tell a place on a page from any other."""
    return one["tag"], one["name"], one["top"], one["left"]


def test_the_skip_link_brings_one_to_the_content(look):
    shown = look(PAGES[1])
    shown.keyboard.press("Tab")
    shown.keyboard.press("Enter")

    assert shown.evaluate("document.activeElement.id") == "inhoud"
