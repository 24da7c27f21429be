"""What a planner looks at: honest, self-contained, and about nobody in particular."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from matching.model import PassedOver, Pooled, Status
from pipelines.handover import charts, report
from pipelines.handover.region_map import lattice, place
from pipelines.handover.report import page
from tests.handover_world import (
    CANARY,
    NASTY,
    a_plan,
    a_receipt,
    an_empty_plan,
    some_facts,
)

VOID = {"meta", "br", "input", "link", "img"}


@pytest.fixture(scope="module")
def shown():
    return page(a_plan(), some_facts())


class _Balance(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.ids = [], [], []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, _tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_the_page_asks_nothing_of_any_network(shown):
    assert not re.search(
        r"https?:|//[a-z]|@import|\bsrc\s*=|<script|<link|<iframe", shown, re.IGNORECASE
    )
    assert all(target.startswith("#") for target in re.findall(r"url\(\s*['\"]?([^)'\"]+)", shown))
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', shown))


def test_the_content_policy_allows_its_own_style_and_nothing_else(shown):
    style = re.search(r"<style>(.*?)</style>", shown, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in shown
    assert not re.search(r'\sstyle="|\son[a-z]+="', shown)


def test_no_name_address_household_or_dwelling_is_in_the_page(shown):
    assert CANARY not in shown
    assert not any(name in shown for name in NASTY.values() if name != NASTY["H-3"])
    assert not re.search(r"\b[HW]-\d", shown)


def test_a_planner_reads_of_no_ones_needs(shown):
    assert not re.search(r"loopt met|gebruikt een|De dochter", shown)


def test_what_comes_from_a_delivery_is_escaped():
    told = page(a_plan(), some_facts(region="<b>Regio</b>&"))
    assert "<b>Regio</b>" not in told
    assert "&lt;b&gt;Regio&lt;/b&gt;&amp;" in told


def test_the_page_is_well_formed_dutch_and_has_one_main_heading(shown):
    balance = _Balance()
    balance.feed(shown)
    assert (balance.wrong, balance.open) == ([], [])
    assert len(balance.ids) == len(set(balance.ids))
    assert '<html lang="nl">' in shown
    assert shown.count("<h1>") == 1


def test_every_link_inside_the_page_leads_somewhere(shown):
    ids = set(re.findall(r'\bid="([^"]+)"', shown))
    targets = {t[1:] for t in re.findall(r'href="(#[^"]+)"', shown)}
    assert targets <= ids


def test_every_drawing_has_words_or_is_hidden_from_a_screen_reader(shown):
    drawings = re.findall(r"<svg[^>]*>", shown)
    assert drawings
    assert all("aria-" in drawing for drawing in drawings)


def test_the_opening_tells_the_moves_and_the_shadow(shown):
    assert "<h1>5 verhuizingen, in 3 ketens</h1>" in shown
    assert "Op inschrijfduur: 3" in shown
    assert "Op inschrijfduur: 4 verder van" in shown


def test_an_empty_plan_says_so_kindly():
    told = page(an_empty_plan(), some_facts())
    assert "Vannacht viel er niets voor te stellen" in told
    assert "De regio" in told


def test_an_empty_world_still_has_a_page():
    facts = some_facts()
    nothing = some_facts(
        dwellings=facts.dwellings.head(0),
        households=facts.households.head(0),
        openings=facts.openings.head(0),
        summary={},
    )
    assert "Vannacht viel er niets voor te stellen" in page(an_empty_plan(), nothing)


def test_a_file_that_waits_is_told_with_its_sentence():
    waits = {"file": "ketens.csv", "status": "waiting", "sentence": "Dit bestand wacht op iemand."}
    told = page(a_plan(), some_facts(summary={"deliveries": [waits]}))
    assert "ketens.csv" in told
    assert waits["sentence"] in told


def test_days_alone_will_do_for_the_openings_and_the_status_says_why():
    facts = some_facts()
    homes = facts.dwellings.assign(status=["ONT", "VEH", "VEH", "LEE", "VEH", "VEH"])
    told = page(a_plan(), some_facts(openings=facts.openings["free_on"], dwellings=homes))
    assert "nieuwbouw, vrij per 1 december 2026" in told
    assert "1 leeg" in told


@pytest.mark.parametrize(
    ("status", "value", "bound", "said"),
    [
        (Status.PROVEN, 1000, 1000, "Bewezen optimaal"),
        (Status.PROVEN, 1000, 1004, "Hoogstens 0,4 % beter mogelijk"),
        (Status.BOUNDED, 1000, 1004, "Hoogstens 0,4 % beter mogelijk"),
        (Status.BOUNDED, 100_000, 100_001, "Hoogstens 0,1 % beter mogelijk"),
        (Status.BOUNDED, 0, 7, "Nog niet te zeggen"),
        (Status.EMPTY, 0, 0, "Niets voor te stellen"),
    ],
)
def test_how_good_the_plan_is_never_sounds_better_than_proven(status, value, bound, said):
    assert charts.how_good(a_receipt(status, value, bound))[0] == said


def test_a_place_is_never_finer_than_a_hundred_metres():
    assert place({"x": 140_012, "y": 485_099}) == (140_050, 485_050)
    assert place({"x": None, "y": 485_099}) is None


def test_the_lattice_counts_every_dwelling_once():
    assert lattice(some_facts().dwellings).count.sum() == 6


def test_the_same_plan_gives_the_same_bytes(tmp_path):
    one = report(a_plan(), some_facts(), tmp_path / "een")
    two = report(a_plan(), some_facts(), tmp_path / "twee")
    assert one.read_bytes() == two.read_bytes()


def _luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1])
def test_text_can_be_read_in_light_and_dark(shown, theme):
    roots = re.findall(r":root \{(.*?)\}", shown, re.DOTALL)
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", roots[theme]))
    text = [
        (ink, on) for ink in ("ink", "soft", "accent", "warm") for on in ("paper", "card", "sea")
    ]
    badges = [("on", f"s{step}") for step in range(1, 7)] + [("on", "accent")]
    weak = [(a, b) for a, b in text + badges if _contrast(colours[a], colours[b]) < 4.5]
    assert weak == []


def test_the_page_says_how_often_somebody_was_passed_over_but_not_who():
    one = PassedOver("H-2", "W-1", "W-1", 6, to_show=True, sentence="Dit is nacht 6 op rij.")

    shown = page(replace(a_plan(), passed_over=(one,)), some_facts())

    assert "Overgeslagen, kijk mee" in shown
    assert "H-2" not in shown


def test_the_page_says_what_every_corporation_has_alone_and_together():
    shown = page(replace(a_plan(), pooling=(Pooled("12345678", 700, 710, 905),)), some_facts())

    assert "Samen of apart" in shown
    assert all(f">{points}<" in shown for points in (700, 710, 905))
