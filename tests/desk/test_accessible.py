"""Every page, looked at by axe-core and walked by keyboard, in a real browser."""

import os
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from desk.app import application
from pipelines.settings import Settings
from store.database import connect
from tests.conftest import _administer, _named
from tests.desk.browser import axe, serving, small_targets, too_wide, walk
from tests.desk.pages import PAGES

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


@pytest.fixture
def look(browse, seen, engine, as_role, busiest):
    """Open a page of the list as whoever should look at it."""

    def opened(page, **how):
        client = None
        if page.role:
            client = as_role(page.role, coach=busiest[0] if page.role == "coach" else None)
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


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_is_walked_by_keyboard_from_its_start_to_its_end(look, page):
    shown = look(page)

    places = walk(shown)

    assert places[0]["name"] == "Ga naar de inhoud"
    assert len({(one["tag"], one["name"], one["top"], one["left"]) for one in places}) == len(
        places
    ), "een plek komt tweemaal langs"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_a_page_reads_in_the_dark_and_on_a_small_screen(look, page):
    shown = look(page, scheme="dark", width=320)

    axe(shown)
    assert not too_wide(shown)


def test_the_skip_link_brings_one_to_the_content(look):
    shown = look(PAGES[1])
    shown.keyboard.press("Tab")
    shown.keyboard.press("Enter")

    assert shown.evaluate("document.activeElement.id") == "inhoud"
