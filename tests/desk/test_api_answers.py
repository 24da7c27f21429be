"""P5: answers by the API are facts with who gave them, and one effect however often they come."""

import json
from collections import Counter
from threading import Event, Thread

from sqlalchemy import text

from desk.api import answers
from store import life
from tests.counts import count
from tests.desk.api_calls import CANARY, PROBLEM, WAIT, again, facts_of, react


def test_an_answer_is_a_fact_with_who_gave_it(engine, coach, proposal):
    answer = react(coach, proposal, "opnemen")
    assert answer.status_code == 201
    assert answer.json()["stand"] == "opgenomen"
    assert answer.headers["location"] == f"/v1/voorstellen/{proposal['id']}"
    with engine.connect() as connection:
        told = "SELECT data FROM log WHERE position = :position"
        data = connection.scalar(text(told), {"position": answer.json()["positie"]})
    assert json.loads(data)["by"] == coach.viewer.user


def test_a_step_is_taken_back(coach, proposal):
    taken = react(coach, proposal, "opnemen").json()
    back = react(coach, proposal | taken, "terugnemen", key="sleutel-2")
    assert (back.status_code, back.json()["stand"]) == (201, "aangeboden")


def test_an_answer_to_what_has_changed_is_refused_and_nothing_happens(engine, coach, proposal):
    react(coach, proposal, "opnemen")
    before = facts_of(engine, proposal)
    late = react(coach, proposal, "weigeren", key="sleutel-2", reden="HUU")
    assert late.status_code == 409
    assert late.headers["content-type"] == PROBLEM
    assert facts_of(engine, proposal) == before


def test_a_step_that_cannot_be_taken_now_says_so(coach, proposal):
    answer = react(coach, proposal, "verhuizen")
    assert answer.status_code == 409
    assert "stap" in answer.json()["detail"]


TOGETHER = (
    ({"stap": "weigeren"}, "/reden"),
    ({"stap": "opnemen", "reden": "HUU"}, "/reden"),
    ({"stap": "opnemen", "toelichting": "Zomaar"}, "/toelichting"),
    ({"stap": "weigeren", "reden": "PER_OVERIG"}, "/toelichting"),
    ({"stap": "weigeren", "reden": "HUU", "toelichting": " "}, "/toelichting"),
    ({"stap": "weigeren", "reden": "HUU", "toelichting": "bel 123456782"}, "/toelichting"),
)


def test_a_reason_belongs_to_declining_and_words_to_a_reason(engine, coach, proposal):
    before = facts_of(engine, proposal)
    for said, pointer in TOGETHER:
        answer = react(
            coach, proposal, said["stap"], **{k: v for k, v in said.items() if k != "stap"}
        )
        assert answer.status_code == 400, said
        assert [one["pointer"] for one in answer.json()["errors"]] == [pointer], said
        assert "123456782" not in answer.text
    assert facts_of(engine, proposal) == before


def test_words_with_a_refusal_are_kept_apart_and_told_to_nobody_here(engine, coach, proposal):
    said = {"reden": "PER_OVERIG", "toelichting": CANARY}
    answer = react(coach, proposal, "weigeren", **said)
    assert (answer.status_code, answer.json()["stand"]) == (201, "geweigerd")
    with engine.connect() as connection:
        kept = "SELECT said FROM words WHERE subject = :id"
        assert connection.scalar(text(kept), {"id": proposal["id"]}) == CANARY
        told = connection.execute(text("SELECT data FROM log WHERE subject = :id"), proposal)
        assert not any(CANARY in row.data for row in told)
        again_ = connection.execute(text("SELECT answer FROM repeated_call")).scalars()
        assert not any(CANARY in answer for answer in again_)
    assert CANARY not in coach.get("/v1/voorstellen").text
    assert CANARY not in answer.text


def test_a_proposal_is_put_to_the_household_after_it_was_taken_up(coach, proposal):
    assert react(coach, proposal, "voorleggen").status_code == 409
    taken = react(coach, proposal, "opnemen", key="sleutel-2").json()
    put = react(coach, proposal | taken, "voorleggen", key="sleutel-3")
    assert (put.status_code, put.json()["stand"]) == (201, "opgenomen")
    assert again(coach, proposal)["voorgelegdOp"] is not None


def test_the_same_call_in_a_row_is_answered_the_same_and_done_once(engine, coach, proposal):
    before = facts_of(engine, proposal)
    first, second = (react(coach, proposal, "opnemen") for _ in range(2))
    assert first.content == second.content
    assert (first.status_code, second.status_code) == (201, 201)
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert facts_of(engine, proposal) == before + 1


def test_the_answer_stays_the_first_one_after_the_proposal_went_on(coach, proposal):
    first = react(coach, proposal, "opnemen")
    react(coach, proposal | first.json(), "weigeren", key="sleutel-2", reden="GEE")
    assert react(coach, proposal, "opnemen").content == first.content


def test_a_refusal_is_remembered_too(coach, proposal):
    first = react(coach, proposal, "verhuizen")
    react(coach, proposal, "opnemen", key="sleutel-2")
    second = react(coach, proposal, "verhuizen")
    assert (second.status_code, second.content) == (409, first.content)


def test_the_same_key_for_another_answer_is_refused(engine, coach, proposal, proposals):
    react(coach, proposal, "opnemen")
    before = facts_of(engine, proposal)
    assert react(coach, proposal, "weigeren", reden="HUU").status_code == 422
    other = next(one for one in proposals if one["id"] != proposal["id"])
    assert react(coach, other, "opnemen").status_code == 422
    assert facts_of(engine, proposal) == before


def test_a_call_while_the_same_is_underway_hears_409_and_then_the_answer(
    engine, coach, proposal, monkeypatch
):
    started, go, heard = Event(), Event(), []

    def slow(*args, **kwargs):
        started.set()
        assert go.wait(WAIT)
        return life.answer(*args, **kwargs)

    before = facts_of(engine, proposal)
    monkeypatch.setattr(answers, "life", type("Slow", (), {**vars(life), "answer": slow}))
    first = Thread(target=lambda: heard.append(react(coach, proposal, "opnemen")))
    first.start()
    assert started.wait(WAIT)
    second = react(coach, proposal, "opnemen")
    go.set()
    first.join(WAIT)
    assert (second.status_code, second.headers["retry-after"]) == (409, "1")
    assert heard[0].status_code == 201
    assert react(coach, proposal, "opnemen").content == heard[0].content
    assert facts_of(engine, proposal) == before + 1


def test_the_same_call_at_once_is_done_once(engine, coach, proposals):
    """However they fall: every one that was not told to wait hears the one answer."""
    open_ones = [one for one in proposals if one["stand"] == "aangeboden"]
    statuses = Counter()
    for number in range(count(ci=6, soak=300, of="test_api_answers: dezelfde oproep tegelijk")):
        proposal = again(coach, open_ones[number % len(open_ones)])
        step = "opnemen" if proposal["stand"] == "aangeboden" else "terugnemen"
        before = facts_of(engine, proposal)
        heard = []

        def send(proposal=proposal, step=step, number=number, heard=heard):
            heard.append(react(coach, proposal, step, key=f"tegelijk-{number}"))

        threads = [Thread(target=send) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(WAIT)
        statuses.update(answer.status_code for answer in heard)
        assert {answer.status_code for answer in heard} <= {201, 409}
        assert len({answer.content for answer in heard if answer.status_code == 201}) == 1
        assert facts_of(engine, proposal) == before + 1
    assert statuses[201] >= 1
