from html import unescape

import pytest

from desk.paper import pdf, press, saying
from desk.paper.told import Walk
from desk.paper.woonplan import bars, beside, woonplan
from tests.desk.told import LONG, TOLD, told


def test_the_woonplan_draws_minutes_before_and_after_to_one_scale():
    drawn = bars((Walk("uw kind", 20, 5), Walk("de halte", 10, None, person=False)))

    assert [(bar.now_percent, bar.then_percent) for bar in drawn] == [(100, 25), (50, 100)]
    assert drawn[1].then == "te ver om te lopen"


def test_a_woonplan_is_written_in_the_words_of_who_carries_it():
    page = unescape(woonplan(TOLD))

    assert "mijn kind" in page
    assert "Laan 40" in page
    assert "tweede verdieping, zonder lift" in page
    assert all(step in page for step in saying.steps(TOLD))


def test_people_come_before_places_and_the_greatest_difference_first():
    chosen = saying.walks(LONG)

    assert len(chosen) == saying.MOST_WALKS
    assert [walk.person for walk in chosen] == sorted((w.person for w in chosen), reverse=True)
    assert chosen[0].to == "uw mantelzorger"


def test_two_homes_stand_side_by_side():
    assert beside(TOLD)[0] == ("Kamers", "4", "3")
    assert beside(told(home=None))[0] == ("Kamers", "", "3")


def test_without_walks_there_is_no_empty_table():
    assert "Zo ver loop ik" not in woonplan(told(walks=()))


def test_minutes_that_are_estimated_say_so():
    assert "geschat" in woonplan(TOLD)
    assert "geschat" not in woonplan(told(estimate=False))


@pytest.mark.parametrize("one", [TOLD, LONG])
def test_a_woonplan_fits_one_page(one):
    from weasyprint import HTML  # noqa: PLC0415 - slow to load

    page = HTML(string=woonplan(one).replace(press.LOOSE, press.TIGHT), url_fetcher=press.fetcher())
    assert len(page.render().pages) == 1


def test_a_woonplan_is_printed():
    assert pdf.printed(woonplan(TOLD)).startswith(b"%PDF-1.7")
