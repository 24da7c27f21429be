"""What a simulated month says is folded as facts would be, only without writing them down."""

import pandas as pd

from matching.simulate.news import News
from matching.state import project
from tests.builders import a_dwelling, a_household, a_state, facts_of

AT = pd.Timestamp("2027-01-01")


def a_region():
    homes = [a_dwelling(f"W{n}") for n in range(4)]
    people = [a_household(f"H{n}", lives_in=f"W{n}", wish={}) for n in range(3)]
    return project(facts_of(a_state(dwellings=homes, households=people)))


def same(one, other):
    for name in one.tables:
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name])


def some_news(state):
    news = News()
    news.say("dwellings", state.dwellings.iloc[:2].assign(status="LEE"))
    news.say("dwellings", state.dwellings.iloc[1:2].assign(status="VEH"))
    news.drop("wishes", state.wishes.index[:1])
    news.drop("households", ["H2"])
    news.say("households", state.households.assign(persons=4).astype(state.households.dtypes))
    return news


def test_folding_the_news_comes_to_what_its_facts_would():
    state = a_region()
    news = some_news(state)
    same(news.onto(state), project(news.facts(AT), onto=state))


def test_the_last_word_about_a_row_counts():
    after = some_news(a_region()).onto(a_region())
    assert list(after.dwellings["status"]) == ["LEE", "VEH", *a_region().dwellings["status"][2:]]


def test_what_vanished_is_not_there_whatever_else_was_said_of_it():
    after = some_news(a_region()).onto(a_region())
    assert "H2" not in after.households.index
    assert set(after.households["persons"]) == {4}


def test_no_news_changes_nothing():
    state = a_region()
    same(News().onto(state), state)


def test_on_another_day_only_what_holds_for_a_day_is_worked_out_again():
    state = a_region()
    asked = []
    for what in ("for_ever", ("for_a_day", AT)):
        state.once(what, lambda: asked.append(1), needs=["dwellings"])
    later = state.on_another_day()
    for what in ("for_ever", ("for_a_day", AT)):
        later.once(what, lambda: asked.append(1), needs=["dwellings"])
    assert len(asked) == 3
