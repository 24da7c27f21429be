"""P22: whatever is sent to the API, nothing breaks and every answer is as the document says.

Each call, as a coach, as an administrator and as nobody, with what the document allows and with
what it does not; half of the ids are real. Promises: no 500, no answer outside its schema.
"""

import copy
import random
from collections import Counter
from time import process_time

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks
from sqlalchemy import text

from desk.api.router import described
from tests.counts import count
from tests.desk.conftest import HERE

CASES = count(ci=10, soak=360, of="test_api_fuzz: gevallen per oproep, rol en soort (42 samen)")
SECONDS = 5
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
"""Not `positive_data_acceptance`: some steps cannot be taken now, and that is an answer."""


@pytest.fixture(autouse=True)
def _as_often_as_one_likes(desk):
    """What is tried here is not how often: `test_rate` tries that."""
    desk.state.desk.calls.most = 10**9


@pytest.fixture
def people(engine, as_coach, as_administrator, anonymous):
    """Who calls, by role; the real ids that a coach would know."""
    coach = as_coach()
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT id, household, dwelling FROM proposal WHERE coach = :coach ORDER BY 1"),
            {"coach": coach.viewer.coach},
        ).all()
    ids = [*(row.id for row in rows), rows[0].household, rows[0].dwelling]
    return {"coach": coach, "administrator": as_administrator(), "anonymous": anonymous()}, ids


def without_keys(document):
    """The document but for how one signs in: that is the client's business here."""
    open_ = copy.deepcopy(document)
    del open_["security"], open_["components"]["securitySchemes"]
    return open_


def sent(client, case):
    """Send a case as it is, over the one portal of a test."""
    told = case.as_transport_kwargs(base_url=f"{HERE}/v1")
    body = {"json": told["json"]} if "json" in told else {"content": told.get("data")}
    return client.request(
        told["method"],
        told["url"],
        params=told.get("params"),
        headers={**told["headers"]},
        **body,
    )


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_nothing_breaks_and_every_answer_is_as_the_document_says(people, settings_of, mode):
    clients, ids = people
    schema = schemathesis.openapi.from_dict(without_keys(described(settings_of)))
    calls = [found.ok() for found in schema.get_all_operations()]
    for client in clients.values():
        with client:
            for call in calls:
                if mode is GenerationMode.POSITIVE or _asks(call):
                    _tried(client, call, ids, mode)


def _asks(call):
    """Whether there is anything that one may ask wrongly."""
    return bool({"parameters", "requestBody"} & set(call.definition.raw))


def _tried(client, operation, ids, mode):
    @settings(
        max_examples=CASES,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), known=st.sampled_from([*ids, None]))
    def tried(case, known):
        if known is not None and mode is GenerationMode.POSITIVE and "id" in case.path_parameters:
            case.path_parameters["id"] = known
        began = process_time()  # our own work: a busy machine is not a slow answer
        answer = sent(client, case)
        assert process_time() - began < SECONDS
        case.validate_response(answer, checks=CHECKS)

    tried()


@pytest.fixture
def settings_of(desk):
    """The installation whose document it is."""
    return desk.state.desk.installation


STEPS = count(ci=60, soak=3_000, of="test_api_fuzz: stappen van een dwaaltocht")
WALK = ("opnemen", "voorleggen", "aannemen", "weigeren", "tekenen", "verhuizen", "terugnemen")


def test_a_walk_of_steps_in_any_order_breaks_nothing(coach, proposals):
    """Steps at random, seen rightly or not, with new keys and old: done as told, or not at all."""
    dice = random.Random(5)
    seen = {one["id"]: one for one in proposals}
    heard = Counter()
    for number in range(STEPS):
        name = dice.choice(sorted(seen)[:6])
        step = dice.choice(WALK)
        late = dice.random() < 0.1
        said = {"stap": step, "positie": seen[name]["positie"] - late}
        said |= {"reden": dice.choice(["HUU", "PER_WACHT"])} if step == "weigeren" else {}
        key = f"sleutel-{number if dice.random() < 0.9 else dice.randrange(number + 1)}"
        answer = coach.post(
            f"/v1/voorstellen/{name}/reacties", json=said, headers={"Idempotency-Key": key}
        )
        heard[answer.status_code] += 1
        assert answer.status_code in (201, 409, 422), answer.text
        now = coach.get("/v1/voorstellen", params={"aantal": 100}).json()["voorstellen"]
        after = {one["id"]: one for one in now}
        if answer.status_code == 201 and "idempotency-replayed" not in answer.headers:
            told = {"stand": answer.json()["stand"], "positie": answer.json()["positie"]}
            assert {key: after[name][key] for key in told} == told
        else:
            assert after == seen
        seen = after
    assert heard[201] > STEPS / 20
    assert heard[409] > STEPS / 20
