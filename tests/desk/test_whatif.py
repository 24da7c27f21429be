"""The planner's pages: what was asked, how far it is, what it says; counts of nobody."""

import html
import re
from threading import Event

import pytest
from sqlalchemy import text

from desk.whatif import asking, study
from matching.simulate.summary import compare
from store import simulations
from tests.counts import count
from tests.desk.payloads import INJECTIONS
from tests.desk.struck import strange
from tests.desk.whatif_runs import EXAMPLE, QUIET, a_scenario, put

TOKEN = "0123456789abcdef01234567"  # noqa: S105 - of a form in a test


@pytest.fixture
def planner(as_planner):
    return as_planner()


COMPARED = {}


def compared(runs, *, acceptance):
    """Compare runs; the same ones once for all tests, for it takes a second."""
    read = list(runs)
    known = [(one.scenario, one.asked, int(one.figures["value"].sum())) for one in read]
    key = (acceptance, *known)
    if key not in COMPARED:
        COMPARED[key] = compare(read, acceptance=acceptance)
    return COMPARED[key]


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """Wait for every summary: how long that takes is not what is tested here."""
    monkeypatch.setattr(study, "PATIENCE", 120)
    monkeypatch.setattr(study, "compare", compared)


@pytest.fixture
def asked(engine, settings, busiest):
    """Put a what-if of the busiest corporation: `asked(most=4, status="running")`."""
    return lambda **how: put(engine, settings, how.pop("corporation", busiest[1]), **how)


def form_of(page):
    """The fields of the form on a page that asks, as a browser would send them unchanged."""
    form = re.search(r'<form method="post" action="/wat-als".*?</form>', page, re.DOTALL)[0]
    fields = {}
    for one in re.findall(r"<input[^>]+>", form):
        known = dict(re.findall(r'([\w-]+)="([^"]*)"', one))
        chosen = known.get("type") != "radio" or "checked" in one
        if "name" in known and known.get("type") != "file" and chosen:
            fields[known["name"]] = html.unescape(known.get("value", ""))
    for name, value in re.findall(
        r'<textarea[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL
    ):
        fields[name] = html.unescape(value)
    return fields


def queued(engine):
    with engine.connect() as connection:
        return simulations.asked(connection)


def told(page):
    """The text of a page, without its tags."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_a_planner_asks_an_example_with_the_slider_moved(planner, engine):
    fields = form_of(planner.get(f"/wat-als/nieuw?voorbeeld={EXAMPLE}").text)
    fields |= {"kans-schuif": "55", "woningen": "60", "jaren": "3", "keren": "4", "wat": "vraag"}

    answer = planner.post("/wat-als", data=fields)

    assert answer.status_code == 303
    (one,) = queued(engine)
    nothing, scenario = one.question.scenarios
    assert answer.headers["location"] == f"/wat-als/{one.id}"
    assert (one.corporation, one.by) == (planner.viewer.corporation, planner.viewer.user)
    assert scenario.acceptance.percent == nothing.acceptance.percent == 55
    assert (scenario.changes[0].number, scenario.years, one.question.replications) == (60, 3, 4)
    assert nothing.changes == ()


def test_who_goes_first_is_set_beside_the_yaml(planner, engine):
    fields = form_of(planner.get(f"/wat-als/nieuw?voorbeeld={EXAMPLE}").text)
    planner.post("/wat-als", data=fields | {"hoe": "registration", "voor": "downsizers"})

    (one,) = queued(engine)
    changes = {change.change: change for change in one.question.scenarios[1].changes}
    assert changes["allocation"].how == "registration"
    assert changes["new_build"].let_to == "downsizers"


def test_a_file_goes_before_what_stands_in_the_field(planner, engine):
    fields = form_of(planner.get("/wat-als/nieuw").text)
    text_ = (
        "name: mijn-loting\ntitle: Mijn loting\nchanges:\n  - {change: allocation, how: lottery}\n"
    )
    file = {"bestand": ("mijn.yaml", b"\xef\xbb\xbf" + text_.replace("\n", "\r\n").encode())}

    assert planner.post("/wat-als", data=fields, files=file).status_code == 303

    (one,) = queued(engine)
    assert one.question.scenarios[1].name == "mijn-loting"


def test_the_same_form_twice_asks_once(planner, engine):
    fields = form_of(planner.get("/wat-als/nieuw").text)

    first, second = (planner.post("/wat-als", data=fields) for _ in range(2))

    assert first.headers["location"] == second.headers["location"]
    assert len(queued(engine)) == 1


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("kans", "veertig", "De kans op een ja is een heel getal van 1 tot 100."),
        ("jaren", "31", "Het aantal jaren is een heel getal van 1 tot 30."),
        ("keren", "1", "Het aantal herhalingen is een heel getal van 2 tot 100."),
        ("titel", "", "Geef de wat-als een naam"),
        ("vraag", "x" * 601, "Houd dit onder 600 tekens."),
        ("hoe", "wie-het-eerst-roept", "Kies wie voorgaat uit wat er staat."),
        ("scenario", "name: x\nbase: bestaat-niet\n", "bestaat-niet"),
        ("scenario", "name: x\nchangs: []\n", "Bedoelt u 'changes'?"),
        ("scenario", "a: &a [*a]\n", "verwijzingen"),
        ("scenario", "name: [", "geen leesbare YAML"),
        ("scenario", "name: leeg\ntitle: Leeg\n", "verandert niets"),
        ("scenario", "x" * 40_001, "te lang"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence_and_nothing_typed_is_lost(
    planner, engine, field, typed, sentence
):
    fields = form_of(planner.get("/wat-als/nieuw").text)
    fields |= {"titel": "Mijn eigen naam", field: typed}

    answer = planner.post("/wat-als", data=fields)

    assert answer.status_code == 400
    assert sentence in told(answer.text)
    assert form_of(answer.text)["titel"] == fields["titel"]
    assert queued(engine) == []
    if field in ("scenario", "vraag"):
        assert form_of(answer.text)[field].strip() == typed.strip()


def test_a_month_after_the_end_is_told_with_what_to_do(planner):
    fields = form_of(planner.get("/wat-als/nieuw").text)

    answer = planner.post("/wat-als", data=fields | {"jaren": "1"})

    assert answer.status_code == 400
    assert "dat is na het einde" in told(answer.text)
    assert form_of(answer.text)["jaren"] == "1"


def test_looking_first_asks_nothing_and_says_how_long_it_takes(planner, engine):
    fields = form_of(planner.get("/wat-als/nieuw").text)

    answer = planner.post("/wat-als", data=fields | {"wat": "kijk", "keren": "7"})

    assert answer.status_code == 200
    assert "Wij rekenen" in told(answer.text)
    assert form_of(answer.text)["keren"] == "7"
    assert queued(engine) == []


def test_a_corporation_has_only_so_many_at_once_and_hears_so(planner, engine):
    for years in range(3, 3 + asking.AT_ONCE):
        fields = form_of(planner.get("/wat-als/nieuw").text) | {"jaren": str(years)}
        assert planner.post("/wat-als", data=fields).status_code == 303
    fields = form_of(planner.get("/wat-als/nieuw").text) | {"jaren": "9"}

    answer = planner.post("/wat-als", data=fields)

    assert answer.status_code == 409
    assert str(asking.TooMany()) in told(answer.text)
    assert form_of(answer.text)["jaren"] == "9"
    assert len(queued(engine)) == asking.AT_ONCE
    assert str(asking.TooMany()) in told(planner.get("/wat-als").text)


def test_a_what_if_that_waits_says_so_and_can_be_stopped(planner, asked, engine):
    number = asked(most=0, status="waiting")
    shown = planner.get(f"/wat-als/{number}").text
    assert "Wacht tot er een rekenaar vrij is." in shown
    assert "Het antwoord" not in shown

    answer = planner.post(f"/wat-als/{number}/stop")

    assert answer.headers["location"] == f"/wat-als/{number}"
    assert queued(engine)[0].status == "stopped"
    assert "gestopt" in planner.get(f"/wat-als/{number}").text


def test_while_it_runs_the_first_results_are_there_with_a_warning(planner, asked):
    number = asked(most=4, status="running")
    shown = told(planner.get(f"/wat-als/{number}").text)

    assert "4 van 10 keer doorgerekend" in shown
    assert "Dit is een tussenstand, na 2 van de 3 herhalingen." in shown
    assert "Het antwoord" in shown


def test_progress_is_told_only_when_it_is_news(planner, asked):
    number = asked(most=4, status="running")
    path = f"/wat-als/{number}/voortgang"
    first = planner.get(path, headers={"HX-Request": "true"}).text
    again = html.unescape(re.search(r'hx-get="([^"]+)"', first)[1])

    assert planner.get(again).status_code == 204
    assert planner.get(f"{path}?getoond=0").headers["hx-refresh"] == "true"


def test_who_reads_an_older_stage_is_offered_the_newer_one(planner, asked):
    number = asked()

    shown = planner.get(f"/wat-als/{number}/voortgang?gezien=running-4&getoond=4").text

    assert "Laat de nieuwste stand zien" in shown
    assert "hx-get" not in shown


def test_what_failed_says_why_and_shows_what_there_was(planner, asked):
    shown = told(planner.get(f"/wat-als/{asked(most=6, status='failed')}").text)

    assert "De rekenaar viel uit. 6 van 10 keer doorgerekend." in shown
    assert "Het antwoord" in shown


# --- what it says -----------------------------------------------------------------------------


def test_the_results_are_differences_from_doing_nothing_with_an_interval(planner, asked):
    page = planner.get(f"/wat-als/{asked()}").text
    row = re.search(r"<th[^>]*>Verhuizingen<.*?</tr>", page, re.DOTALL)[0]

    # Seven more a month (five, and 40 // 20 of the acceptance), during 24 months, in every run.
    assert "+168" in told(row)
    assert "aantoonbaar meer" in told(row)
    assert "Het antwoord" in page
    assert "Alle aannamen" in page


def test_behind_every_chart_stands_its_table_and_its_sentence(planner, asked):
    page = planner.get(f"/wat-als/{asked()}").text
    figures = re.findall(r'<figure class="vk-chart">.*?</figure>', page, re.DOTALL)

    assert len(figures) >= 6
    for figure in figures:
        assert re.search(r'<img src="/wat-als/[^"]+\.svg\?stand=10" alt="[^"]{20,}"', figure)
        assert len(re.findall("<tr", figure)) >= 2


def test_a_chart_is_drawn_once(planner, asked, monkeypatch):
    page = planner.get(f"/wat-als/{asked()}").text
    path = html.unescape(re.search(r'<img src="([^"]+)"', page)[1])
    first = planner.get(path)
    monkeypatch.setattr("desk.paper.whatif.charts.svg", pytest.fail)

    assert planner.get(path).content == first.content
    assert first.headers["content-type"] == "image/svg+xml"
    assert first.content.lstrip().startswith(b"<")
    assert planner.get(path.replace("verschillen", "bestaat-niet")).status_code == 404


def test_a_neighbourhood_with_too_few_movers_is_not_told(planner, asked):
    page = planner.get(f"/wat-als/{asked()}?kaart=verhuizingen").text
    rows = re.findall(rf"<th[^>]*>{QUIET}</th>.*?</tr>", page, re.DOTALL)

    assert len(rows) == 1
    assert "niet getoond" in told(rows[0])


def test_what_is_not_to_choose_is_as_if_nothing_was_chosen(planner, asked):
    number = asked()
    usual = planner.get(f"/wat-als/{number}").text
    strange_ = planner.get(f"/wat-als/{number}?kaart=adressen&bij=ander").text

    chosen = re.compile(r'name="kaart" value="(\w+)" checked')
    assert chosen.findall(usual) == chosen.findall(strange_) == ["verhuizingen"]


def test_the_summary_is_made_once_for_every_stage(planner, asked, monkeypatch):
    number = asked()
    planner.get(f"/wat-als/{number}")
    monkeypatch.setattr(study, "compare", pytest.fail)

    assert "Het antwoord" in planner.get(f"/wat-als/{number}?kaart=vrijgekomen").text


def test_nobody_waits_for_a_summary_and_hears_when_it_is_there(planner, asked, monkeypatch):
    number, may_end = asked(), Event()
    monkeypatch.setattr(study, "PATIENCE", 0)
    monkeypatch.setattr(study, "compare", lambda *a, **k: may_end.wait(60) and compared(*a, **k))

    shown = planner.get(f"/wat-als/{number}").text
    again = html.unescape(re.search(r'hx-get="([^"]+)"', shown)[1])
    may_end.set()
    monkeypatch.setattr(study, "PATIENCE", 120)

    assert "De uitkomst wordt samengevat." in shown
    assert planner.get(again).headers.get("hx-refresh") == "true"


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("html", b"<!doctype html>"), ("pdf", b"%PDF-"), ("xlsx", b"PK"), ("parquet.zip", b"PK")],
)
def test_a_report_goes_along_as_a_file(planner, asked, kind, begins):
    number = asked()
    answer = planner.get(f"/wat-als/{number}/rapport.{kind}")

    assert answer.status_code == 200
    assert answer.content.lower().startswith(begins.lower())
    expected = f'attachment; filename="wat-als-{number}.{kind}"'
    assert answer.headers["content-disposition"] == expected
    assert planner.get(f"/wat-als/{number}/rapport.docx").status_code == 404


def test_changed_and_asked_again_is_a_new_what_if_with_the_rest_as_it_was(planner, asked, engine):
    number = asked()
    fields = form_of(planner.get(f"/wat-als/{number}").text)
    assert fields["kans"] == "40"

    answer = planner.post("/wat-als", data=fields | {"kans": "30", "wat": "vraag"})

    newest = queued(engine)[0]
    assert answer.headers["location"] == f"/wat-als/{newest.id}" != f"/wat-als/{number}"
    assert newest.question.scenarios[1].acceptance.percent == 30
    assert (newest.question.scenarios[1].years, newest.question.replications) == (2, 3)


def test_unchanged_a_what_if_that_was_stopped_goes_on(planner, asked, engine):
    number = asked(most=4, status="stopped")
    fields = form_of(planner.get(f"/wat-als/{number}").text)

    answer = planner.post("/wat-als", data=fields | {"wat": "vraag"})

    assert answer.headers["location"] == f"/wat-als/{number}"
    assert [one.status for one in queued(engine)] == ["waiting"]


# --- beside one another -----------------------------------------------------------------------


def test_several_stand_beside_one_another_in_columns(planner, asked):
    one = asked()
    two = asked(scenario=a_scenario(title="Meer van hetzelfde", years=3), gain=9)

    shown = planner.get(f"/wat-als/vergelijken?keuze={one}&keuze={two}").text

    row = re.search(r"<th[^>]*>Verhuizingen<.*?</tr>", shown, re.DOTALL)[0]
    assert re.findall(r"<strong>([^<]*)", row) == ["+168", "+396"]
    assert "Meer van hetzelfde" in shown
    assert "gaat uit van iets anders dan het eerste: het aantal jaren" in told(shown)


def test_alike_what_ifs_stand_beside_one_doing_nothing_with_a_chart(planner, asked):
    fewer = tuple(each.model_copy(update={"number": 20}) for each in a_scenario().changes)
    one, two = asked(), asked(scenario=a_scenario(title="Nog eens", changes=fewer), gain=9)

    shown = planner.get(f"/wat-als/vergelijken?keuze={one}&keuze={two}").text
    path = html.unescape(re.search(r'<img src="([^"]+)" alt="Aantoonbaar anders[^"]+"', shown)[1])
    drawn = planner.get(path)

    row = re.search(r"<th[^>]*>Verhuizingen<.*?</tr>", shown, re.DOTALL)[0]
    assert re.search(r"<th[^>]*>Niets doen</th>", shown)
    assert len(re.findall(r"<td", row)) == 3
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert "Nog eens" in drawn.text
    assert planner.get("/wat-als/vergelijken/verschillen.svg").status_code == 404


@pytest.mark.parametrize("many", [0, 1, 5])
def test_one_compares_two_three_or_four(planner, many):
    chosen = "&".join(f"keuze=keten-{number}" for number in range(many))

    assert "Kruis in de lijst" in planner.get(f"/wat-als/vergelijken?{chosen}").text


def test_the_list_says_how_far_each_is_and_what_can_be_compared(planner, asked):
    ready, waits = asked(), asked(scenario=a_scenario(years=4), most=0, status="waiting")

    shown = planner.get("/wat-als").text

    assert f'value="{ready}"' in shown
    assert f'value="{waits}"' not in shown
    assert f'href="/wat-als/{waits}"' in shown
    assert "Klaar: 10 van 10 keer doorgerekend." in shown


# --- whose it is, and what may never be in it ---------------------------------------------------


def test_a_what_if_of_another_corporation_is_not_there(planner, asked, engine, busiest):
    with engine.connect() as connection:
        other = connection.scalar(
            text("SELECT min(corporation) FROM proposal WHERE corporation <> :own"),
            {"own": busiest[1]},
        )
    number = asked(corporation=other)

    for path in ("", "/voortgang", "/grafiek/verschillen.svg", "/rapport.html"):
        there, absent = (planner.get(f"/wat-als/{one}{path}") for one in (number, "20260101-0"))
        assert (there.status_code, there.content) == (404, absent.content)
    assert planner.post(f"/wat-als/{number}/stop").status_code == 404
    assert planner.get(f"/wat-als/vergelijken?keuze={number}&keuze=x").status_code == 404
    assert planner.post("/wat-als", data={"van": number, "eenmalig": TOKEN}).status_code == 404
    assert number not in planner.get("/wat-als").text


def test_no_person_is_on_any_of_these_pages(planner, asked, engine):
    number = asked()
    pages = [
        planner.get(path).text
        for path in (
            "/wat-als",
            "/wat-als/nieuw",
            f"/wat-als/{number}",
            f"/wat-als/{number}/voortgang",
        )
    ]
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM person WHERE name IS NOT NULL")).scalars()
        ids = connection.execute(text("SELECT household, dwelling FROM proposal"))
        secret = {*names, *(one for row in ids for one in row)}

    assert len(secret) > 100
    assert [one for one in secret for page in pages if one in page] == []


TYPED = count(ci=2, soak=40, of="injecties in naam, vraag en YAML van een wat-als")


def test_what_was_typed_is_text_wherever_it_is_shown(planner, asked):
    packed = " ".join(INJECTIONS).replace("\0", "")
    parts = [packed[at : at + 110] for at in range(0, len(packed), 110)]
    for number, part in enumerate(parts[:: len(parts) // TYPED + 1]):
        one = asked(scenario=a_scenario(title=part, question=part * 4, seed=number))
        other = asked(scenario=a_scenario(title=f"b {part}", seed=100 + number))
        both = f"/wat-als/vergelijken?keuze={one}&keuze={other}"
        for path in ("/wat-als", f"/wat-als/{one}", both):
            shown = planner.get(path)
            assert shown.status_code == 200
            assert strange(shown.text) == []
        fields = form_of(planner.get(f"/wat-als/{one}").text)
        looked = planner.post("/wat-als", data=fields | {"wat": "kijk"})
        assert strange(looked.text) == []
        assert part[:40].strip() in html.unescape(looked.text)
