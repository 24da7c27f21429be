"""The desk in a real browser: a planner's afternoon, from an example to two what-ifs compared."""

import os
import re
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from store import users
from tests.desk.browser import axe

PASSWORD = "een regenachtige middag in november"  # noqa: S105 - of an account in a test
ROOT = Path(__file__).parents[2]
# The tests' server does not wait for its disk, which `connect` refuses; and one process is enough.
COMMAND = (
    "from functools import partial; from pipelines import asking, hands, replication;"
    " from pipelines.cli import main; from pipelines.commands import simulate;"
    " from store.database import connect;"
    " asking.connect = replication.connect = partial(connect, test=True);"
    " simulate.Where = lambda scheduler, workers: hands.Where(scheduler, 0); main()"
)
QUICK = "acceptance:\n  band: []\n"
"""Only one level of acceptance: the walk is about the pages, not about the band."""


@pytest.fixture
def planner(engine, busiest):
    """A planner with an account of their own."""
    with engine.begin() as connection:
        return users.add(
            connection,
            corporation=busiest[1],
            login="bram",
            name="Bram Visser",
            roles=["planner"],
            password=PASSWORD,
            factor_needed=False,
        )


@pytest.fixture
def worker(night_url, night_folder, tmp_path):
    """A real worker on the queue, in a process of its own; told to begin by calling it."""
    known = {"DATABASE_URL": night_url, "DATA": str(night_folder / "data")}
    environment = os.environ | {f"VERHUISKETEN_{name}": value for name, value in known.items()}
    words = [sys.executable, "-c", COMMAND, "simulate", "--queue"]
    with ExitStack() as begun:
        log = begun.enter_context((tmp_path / "werker.log").open("wb"))

        def begin():
            one = subprocess.Popen(words, env=environment, cwd=ROOT, stdout=log, stderr=log)
            begun.callback(one.wait, 60)
            begun.callback(one.terminate)

        yield begin


def ask(page, *, chance, homes):
    """Take the example, move the sliders, and ask two times one year and a half ahead."""
    page.get_by_label("Hoe vaak gaat een voorstel door?", exact=True).fill(str(chance))
    slider = page.get_by_label("Hoeveel nieuwe woningen?, schuif")
    slider.focus()
    for _ in range(abs(homes - 40)):
        page.keyboard.press("ArrowRight" if homes > 40 else "ArrowLeft")
    assert page.get_by_label("Hoeveel nieuwe woningen?", exact=True).input_value() == str(homes)
    page.get_by_label("Hoeveel jaar vooruit?").fill("1")
    page.get_by_label("Hoe vaak herhalen?").fill("2")
    page.get_by_text("Bekijk of verander alles (YAML)").click()
    yaml = page.get_by_label("De wat-als als YAML")
    yaml.fill(QUICK + yaml.input_value().replace("2028-03", "2027-03"))
    page.get_by_role("button", name="Reken dit door").click()


@pytest.mark.usefixtures("planner")
def test_a_planners_afternoon(browse, worker):
    page = browse()
    page.set_default_timeout(240_000)

    page.goto("/wat-als")  # not signed in: the door comes first
    page.get_by_label("Gebruikersnaam").fill("bram")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Aanmelden").click()
    page.get_by_role("heading", name="Wat als").wait_for()

    page.get_by_role("link", name="Veertig nultredenwoningen in 2028", exact=True).click()
    ask(page, chance=40, homes=42)
    page.get_by_text("Wacht tot er een rekenaar vrij is.").wait_for()
    axe(page)

    worker()
    page.get_by_role("heading", name="Het antwoord").wait_for()  # it comes by itself
    page.get_by_text(re.compile(r"Klaar: 4 van 4")).wait_for()
    for heading in ("Wat wij veronderstellen", "Wat er gebeurt", "Wat het oplevert", "Per buurt"):
        assert page.get_by_role("heading", name=heading).is_visible()
    axe(page)

    chart = page.locator("figure.vk-chart").first
    chart.scroll_into_view_if_needed()
    drawn = chart.locator("img")
    assert drawn.get_attribute("alt")
    page.wait_for_function(
        "one => one.complete && one.naturalWidth > 0", arg=drawn.element_handle()
    )
    assert not chart.locator("table").is_visible()
    chart.get_by_text("De cijfers achter deze grafiek").click()
    assert chart.locator("table").is_visible()

    page.get_by_role("radio", name="Vrijgekomen woningen").check()
    page.get_by_role("button", name="Laat zien").click()
    page.get_by_role("table", name="Vrijgekomen woningen per buurt").wait_for()
    assert page.locator(".vk-map.leaflet-container path").count() > 0

    with page.expect_download() as coming:
        page.get_by_role("link", name="Verslag om te lezen").click()
    report = Path(coming.value.path()).read_text("utf-8")
    assert coming.value.suggested_filename.endswith(".html")
    assert "Veertig nultredenwoningen in 2028" in report

    page.get_by_role("button", name="Verander ook de rest").click()
    page.get_by_label("Naam").fill("Zestig procent zegt ja")
    page.get_by_label("Hoe vaak gaat een voorstel door?", exact=True).fill("60")
    page.get_by_role("button", name="Reken dit door").click()
    page.get_by_role("heading", name="Het antwoord").wait_for()
    page.get_by_text(re.compile(r"Klaar: 4 van 4")).wait_for()

    page.get_by_role("link", name="Wat als").first.click()
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Vergelijk wat u aankruist").click()
    page.get_by_role("columnheader", name="Zestig procent zegt ja").wait_for()
    assert page.get_by_role("rowheader", name="Verhuizingen huishoudens").is_visible()
    axe(page)
