"""The desk in a real browser: a coach's morning, from signing in to the letter on the table."""

from threading import Event, Thread

import pytest

from desk.app import application
from pipelines.listener import keep_up
from pipelines.on_event import Rematcher
from store import proposals, users
from store.hints import hints
from store.owners import corporations_of
from tests.desk.browser import axe

PASSWORD = "een rustige ochtend in november"  # noqa: S105 - of an account in a test


@pytest.fixture
def desk(engine, settings):
    """The desk after a night, with the listener at work beside it."""
    stop = Event()
    rematcher = Rematcher(engine, settings)
    news = hints(engine, poll_seconds=0.2, stop=stop)
    listener = Thread(target=keep_up, args=(rematcher, news, stop), kwargs={"night": pytest.fail})
    listener.start()
    yield application(engine, settings)
    stop.set()
    listener.join(60)


@pytest.fixture
def second_link(engine):
    """A second link, not the last, of a chain: somebody a coach may call this morning."""
    with engine.connect() as connection:
        rows = proposals.of_coach(connection)
    longest = rows.groupby("chain")["step"].transform("max")
    some = rows[(rows["step"] == 2) & (longest > 2) & rows["coach"].notna()]
    return some.sort_values("proposal").iloc[0]


@pytest.fixture
def coach(engine, second_link):
    """The coach of that household, with an account of her own."""
    with engine.begin() as connection:
        corporation = corporations_of(connection, [second_link["household"]])[
            second_link["household"]
        ]
        return users.add(
            connection,
            corporation=corporation,
            login="ans",
            name="Ans de Wit",
            roles=["coach"],
            coach=second_link["coach"],
            password=PASSWORD,
            factor_needed=False,
        )


@pytest.mark.usefixtures("coach")
def test_a_coachs_morning(browse, second_link, engine):
    page = browse()
    household, dwelling = second_link["household"], second_link["dwelling"]

    page.goto("/voorstellen")  # not signed in: the door comes first
    page.get_by_label("Gebruikersnaam").fill("ans")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    page.get_by_role("heading", name="Mijn ochtend").wait_for()
    axe(page)

    page.get_by_text("Kies of zoek in de lijst").click()
    page.get_by_label("Nummer van een huishouden, woning of voorstel").fill(household)
    page.get_by_role("button", name="Laat zien").click()
    page.locator(f'a[href="/voorstellen/{second_link["proposal"]}"]').first.click()
    page.get_by_role("heading", name="De woning nu en straks").wait_for()
    for heading in ("Hoe ver lopen", "De verhuisketen", "Waarom deze woning?", "De huur"):
        assert page.get_by_role("heading", name=heading).first.is_visible()
    axe(page)

    with engine.connect() as connection:  # a home that goes to somebody else
        rows = proposals.of_coach(connection)
    other = rows[rows["household"] != household]["dwelling"].iloc[0]
    page.goto(f"/voorstellen/{second_link['proposal']}/waarom-niet?woning={other}")
    page.locator(".vk-rule").first.wait_for(timeout=60_000)
    assert "Bron: " in page.locator(".vk-rule").first.inner_text()
    axe(page)

    page.goto(f"/voorstellen/{second_link['proposal']}")
    page.get_by_text("Het huishouden zegt nee").click()
    page.get_by_label("Waarom zegt het huishouden nee?").select_option("WOB_NETWERK")
    page.get_by_role("button", name="Weigering vastleggen").click()
    page.get_by_text("Het nieuwe vervolg").wait_for(timeout=60_000)
    axe(page)
    with engine.connect() as connection:
        rows = proposals.of_coach(connection)
    now = rows[rows["dwelling"] == dwelling]
    assert household not in set(now["household"])
    front = rows[(rows["chain"] == second_link["chain"]) & (rows["step"] == 1)]
    assert len(front) == 1

    page.goto("/voorstellen")  # the next household of the morning gets its letter
    own = f'a[href="/voorstellen/{second_link["proposal"]}"]'
    page.locator("tr[data-row]").filter(has_not=page.locator(own)).first.locator("a").click()
    link = page.get_by_role("link", name="Brief aan het huishouden")
    letter = page.request.get(link.get_attribute("href"))
    assert letter.status == 200
    assert letter.headers["content-type"] == "application/pdf"
    assert letter.body().startswith(b"%PDF-")
