"""The report of a what-if: self-contained, honest about differences, and about nobody."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from dataclasses import replace
from datetime import date
from html import escape
from html.parser import HTMLParser

import pandas as pd
import pytest

from desk.paper.pdf import HERE
from desk.paper.press import fetcher
from desk.paper.whatif import write
from desk.paper.whatif.assumptions import assumptions
from desk.paper.whatif.report import Told, page
from desk.paper.whatif.sections import norms
from tests.whatif_runs import (
    BUILD,
    FEW,
    FEW_PLACE,
    LOT,
    YEARS,
    a_comparison,
    a_scenario,
    some_scenarios,
)

NASTY = '<script>alert(1)</script>"$x^2$'
FORMULA = "=1+1"
VOID = {"meta", "br", "path", "use", "rect"}
NEW = {"change": "new_build", "month": "2028-03", "number": 40, "home": {"rent": 65_000}}
LONG = "Veertig nultredenwoningen in 2028, eerst voor doorstromers"
ASKED = "Hoeveel verhuizingen volgen, en wie krijgt aan het eind van de keten een woning?"
ON = date(2026, 11, 22)


def scenarios(**differs):
    return (
        some_scenarios(BUILD)[0],
        a_scenario(BUILD, **{"title": LONG, "question": ASKED, "changes": [NEW], **differs}),
        a_scenario(LOT, title=LONG.replace("doorstromers", "55-plussers"), question=ASKED),
    )


@pytest.fixture(scope="module")
def told():
    return Told(a_comparison(BUILD, LOT), scenarios(), {"Zaad": 1}, "Regio Voorbeeld", ON)


@pytest.fixture(scope="module")
def shown(told):
    return page(told)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("wat-als")


@pytest.fixture(scope="module")
def files(folder):
    found = write(
        a_comparison(BUILD, LOT),
        scenarios(title=NASTY, question=FORMULA),
        folder,
        receipt={"Zaad": 1},
        made_for=NASTY,
        on=ON,
    )
    return {path.name: path.read_bytes() for path in found}


class _Reader(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.open, self.wrong, self.ids, self.headings = [], [], [], []
        self.figures, self.tags = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        self.tags.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag == "figure":
            self.figures.append(set())
        if "figure" in self.open:
            self.figures[-1].add(tag)
            self.figures[-1] |= {f"{name}={value}" for name, value in attrs if name == "role"}
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, _tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)


def test_everything_a_planner_takes_along_is_written(files):
    assert list(files) == [
        *("cijfers.parquet", "ketens.parquet", "vrijgekomen.parquet"),
        *("wat-als.html", "wat-als.pdf", "wat-als.xlsx"),
    ]


def test_the_same_figures_give_the_same_bytes(files, tmp_path):
    again = write(
        a_comparison(BUILD, LOT),
        scenarios(title=NASTY, question=FORMULA),
        tmp_path,
        receipt={"Zaad": 1},
        made_for=NASTY,
        on=ON,
    )

    assert {path.name: path.read_bytes() for path in again} == files


def test_the_page_asks_nothing_of_any_network(shown):
    assert not re.search(r"https?:|//[a-z]|@import|\bsrc\s*=|<script|<link|<iframe|paper:", shown)
    assert all(target.startswith("#") for target in re.findall(r"url\(\s*['\"]?([^)'\"]+)", shown))
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', shown))


def test_the_content_policy_allows_its_own_style_and_nothing_else(shown):
    style = re.search(r"<style>(.*?)</style>", shown, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"default-src 'none'; style-src 'sha256-{digest}'" in shown
    assert not re.search(r'\sstyle="|\son[a-z]+="', shown)


def test_the_page_is_well_formed_dutch_with_headings_in_order(shown):
    reader = _Reader(shown)

    assert (reader.wrong, reader.open) == ([], [])
    assert len(reader.ids) == len(set(reader.ids))
    assert '<html lang="nl">' in shown
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in zip(reader.headings, reader.headings[1:], strict=False))


def test_every_chart_has_words_for_who_cannot_see_it_and_a_table(shown):
    figures = _Reader(shown).figures

    assert len(figures) == 10
    assert all({"svg", "title", "role=img", "table", "figcaption"} <= one for one in figures)


def test_the_parts_come_in_the_order_of_an_evaluation(shown):
    headings = re.findall(r"<h2>(.*?)</h2>", shown)

    assert headings == [
        *("De vraag en het antwoord", "Waar dit op rust", "Wat dit niet kan zeggen"),
        *("Wat het kost", "Wat er gebeurt", "Wat het oplevert", "Hoe dat komt"),
        *("Hoe gevoelig het antwoord is", "Per buurt", "Hoe ver van het beste plan"),
        *("Wat wij geteld hebben", "Verantwoording"),
    ]


def test_an_interval_that_holds_zero_is_told_as_no_difference(shown):
    line = re.search(r"<th scope=\"row\">Verhuizingen <small>.*?</tr>", shown, re.DOTALL)[0]
    building, lot = re.findall(r"<td><b>.*?</td>", line)

    assert re.search(r"<b>\+\d+</b> \(\d+ tot \d+\) <small>aantoonbaar meer</small>", building)
    assert "niet te onderscheiden van niets doen" in lot


def test_what_was_typed_stands_in_the_page_as_text(files):
    html = files["wat-als.html"].decode()

    assert escape(NASTY, quote=False).replace('"', "&#34;") in html
    assert "<script" not in html
    assert FORMULA in html


def pages_of(html):
    """The text of every page as the press lays it out, without spaces."""
    from weasyprint import HTML  # noqa: PLC0415 - slow to load

    laid_out = HTML(string=html, url_fetcher=fetcher(), base_url="paper:").render()
    return ["".join(_texts(one._page_box)) for one in laid_out.pages]


def _texts(box):
    if hasattr(box, "text"):
        yield re.sub(r"\s", "", box.text)
    for child in getattr(box, "children", ()):
        yield from _texts(getattr(child, "_box", child))


def bare(text):
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def on_paper(told):
    return pages_of(page(told, printed=True))


def test_question_answer_and_every_assumption_with_its_source_stand_on_page_one(told, on_paper):
    first = on_paper[0]

    assert bare(LONG) in first
    assert bare(ASKED) in first
    assert bare("niet te onderscheiden van niets doen") in first.lower()
    for one in assumptions(told.scenarios):
        assert bare(one.label) in first, one
        assert bare(one.value) in first, one
        assert bare(one.source) in first, one


def test_the_print_says_the_same_as_the_page(shown, on_paper):
    whole = "".join(on_paper)
    lines = re.findall(r"<(?:p|li|dd|figcaption|td|th)(?: [^>]*)?>([^<>]+)</", shown)

    assert len(lines) > 300
    assert [line for line in lines if bare(line).replace("&#39;", "'") not in whole] == []


def test_the_print_is_tagged_with_words_for_every_chart(files):
    whole = files["wat-als.pdf"]
    packed = re.findall(rb"stream\n(x\xda.*?)\nendstream", whole, re.DOTALL)
    inside = whole + b"\n".join(zlib.decompressobj().decompress(part) for part in packed)

    assert b'pdfuaid:part="1"' in inside
    assert re.search(rb"/MarkInfo.{0,20}/Marked true", inside)
    assert b"/Lang (nl)" in inside
    assert len(re.findall(rb"/S /Figure", inside)) == len(re.findall(rb"/Alt ", inside)) == 10
    assert set(re.findall(rb"/BaseFont /\w+\+([\w-]+)", inside)) <= {
        *(b"Paper", b"Paper-Bold", b"Paper-Oblique", b"Paper-Bold-Oblique"),
        *(b"Paper-Ext", b"Paper-Ext-Bold"),
    }


def test_no_place_with_too_few_people_is_told_in_words(shown):
    whole = FEW * YEARS
    line = re.search(rf"<th scope=\"row\">{FEW_PLACE}</th>.*?</tr>", shown, re.DOTALL)[0]

    assert set(re.findall(r"<(?:td|b)[^>]*>([^<]+)<", line)) == {"niet getoond"}
    assert not re.search(rf">\s*{whole}\b", shown)
    assert shown.count("Niet getoond: te weinig mensen, of een aantal waaruit dat zou volgen.") == 1
    assert "inder dan 10" not in shown


def test_a_place_stands_beside_doing_nothing(shown):
    tables = re.findall(r"<summary>([^<]*) per buurt</summary>(.*?)</details>", shown, re.DOTALL)

    assert [title for title, _ in tables] == [
        *("Verhuizingen", "Ouderen in een ongeschikte woning, aan het eind"),
        "Verhuizingen per keten",
    ]
    for title, table in tables:
        line = re.search(r"<th scope=\"row\">BU99990101</th>.*?</tr>", table, re.DOTALL)[0]
        assert re.search(r"<b>[+−]?[\d,]+</b> \([−\d,]+ tot [−\d,]+\)", line), title


def test_every_norm_is_told_year_by_year(told, shown):
    table = re.search(r"<caption>Normen per kalenderjaar.*?</table>", shown, re.DOTALL)[0]
    years = set(told.comparison.ratios["year"]) - {0}

    assert {int(year) for year in re.findall(r"row\">(\d+): ", table)} == years
    assert table.count("<tr>") == 1 + len(years) * told.comparison.ratios["ratio"].nunique()


def test_a_norm_of_a_calendar_year_may_be_hidden(told):
    ratios = told.comparison.ratios.copy()
    first, second = sorted(set(ratios["year"]) - {0})[:2]
    hidden = ratios["year"] == first
    numbers = ["mean", "low", "high", "difference", "difference_low", "difference_high"]
    ratios.loc[hidden, numbers] = float("nan")
    ratios.loc[hidden, "suppressed"] = True
    lines = norms(replace(told.comparison, ratios=ratios))

    assert {line.baseline for line in lines if line.title.startswith(f"{first}:")} == {
        "niet getoond"
    }
    assert "niet getoond" not in {
        line.baseline for line in lines if line.title.startswith(f"{second}:")
    }


def test_small_cells_are_missing_in_the_tables_to_count_on(files, tmp_path):
    (tmp_path / "cijfers.parquet").write_bytes(files["cijfers.parquet"])
    table = pd.read_parquet(tmp_path / "cijfers.parquet")
    here = table[table["group"] == f"neighbourhood:{FEW_PLACE}"]

    assert len(here)
    assert here["suppressed"].all()
    numbers = ["mean", "low", "high", "difference", "difference_low", "difference_high"]
    assert here[numbers].isna().all(axis=None)


def test_homes_that_came_free_are_told_by_the_month_with_their_interval_and_difference(
    files, tmp_path
):
    (tmp_path / "vrijgekomen.parquet").write_bytes(files["vrijgekomen.parquet"])
    table = pd.read_parquet(tmp_path / "vrijgekomen.parquet")
    kinds = ["rent", "rooms", "access", "neighbourhood"]

    assert set(table["month"]) == set(range(12 * YEARS))
    assert table[[*kinds, "mean", "low", "high"]].notna().all(axis=None)
    beside = table[table["scenario"] != "niets-doen"]
    assert beside[["difference", "difference_low", "difference_high"]].notna().all(axis=None)
    assert not table.duplicated(["scenario", *kinds, "month"]).any()


def test_no_household_dwelling_or_name_has_a_place_in_the_report(shown, files):
    assert not re.search(r"\b(household|dwelling)(_id)?\b", shown)
    for name in ("cijfers", "ketens", "vrijgekomen"):
        assert not re.search(
            rb'"name": ?"(household|dwelling|name|birth)', files[f"{name}.parquet"]
        )


def test_fixed_sentences_are_short():
    text = (HERE / "templates" / "paper" / "whatif.html").read_text("utf-8")
    said = re.findall(r"<(?:p|li)[^>]*>([^<{]+)</", text)
    sentences = [one for part in said for one in re.split(r"(?<=[.?!])\s", part)]

    assert len(sentences) > 10
    assert max(len(one.split()) for one in sentences) <= 20
    assert sum(len(one.split()) for one in sentences) / len(sentences) <= 11


def test_doing_nothing_alone_has_a_report_too():
    nothing = some_scenarios(BUILD)[:1]
    html = page(Told(a_comparison(replications=2, acceptances=(40,)), nothing))

    assert "niets om mee te vergelijken" in html
    assert _Reader(html).wrong == []
