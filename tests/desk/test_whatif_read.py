"""The report of a what-if in a real browser: readable for everybody, and it asks for nothing."""

from __future__ import annotations

import pytest

from desk.paper.whatif.report import Told, page
from tests.desk.browser import axe, small_targets, too_wide
from tests.whatif_runs import BUILD, LOT, a_comparison, some_scenarios


@pytest.fixture
def opened(chromium, tmp_path):
    file = tmp_path / "wat-als.html"
    told = Told(a_comparison(BUILD, LOT), some_scenarios(BUILD, LOT))
    file.write_text(page(told), encoding="utf-8")
    context = chromium.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    strange = []
    shown.on("request", lambda one: strange.append(one.url) if one.url != file.as_uri() else None)
    shown.on("console", lambda said: strange.append(said.text))
    shown.on("pageerror", lambda error: strange.append(str(error)))
    shown.goto(file.as_uri())
    yield shown
    context.close()
    assert strange == []


def test_the_report_is_readable_for_everybody(opened):
    for summary in opened.locator("summary").all():
        summary.click()

    axe(opened)
    assert small_targets(opened) == []


def test_the_report_is_readable_on_a_phone(opened):
    opened.set_viewport_size({"width": 320, "height": 640})

    assert not too_wide(opened)


def test_every_chart_is_drawn_with_its_own_lines(opened):
    boxes = [svg.bounding_box() for svg in opened.locator("figure svg").all()]

    assert len(boxes) == 10
    assert all(box["width"] > 500 and box["height"] > 100 for box in boxes)
    assert opened.locator("figure svg text").first.text_content()
