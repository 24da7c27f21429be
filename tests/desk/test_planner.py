"""The planner's page: figures of the plan beside registration order, and nobody in them."""

import json
import re

import pytest
from sqlalchemy import text

from desk import plan as plan_page
from matching.model import PLAN, Status


@pytest.fixture
def in_force(engine):
    with engine.connect() as connection:
        told = text("SELECT p.id, p.json FROM plan p JOIN current_plan c ON c.plan = p.id")
        name, written = connection.execute(told).one()
    return name, PLAN.validate_json(written)


def test_the_planner_reads_what_the_plan_comes_to_beside_registration_order(as_planner, in_force):
    _, plan = in_force
    page = as_planner().get("/plan")

    assert page.status_code == 200
    rows = re.findall(
        r"<th scope=\"row\"[^>]*>([^<]+).*?numeric-column\">([^<]*)<.*?<strong>([^<]*)",
        page.text,
        re.DOTALL,
    )
    told = {name: (beside, value) for name, beside, value in rows}
    assert told["Verhuizingen"] == (str(plan.shadow.moves), str(plan.totals.moves))
    assert told["Verhuisketens"] == (str(plan.shadow.chains), str(plan.totals.chains))


def test_the_lengths_of_chains_add_up_to_the_chains(in_force):
    _, plan = in_force
    rows = plan_page.lengths(plan)

    assert sum(row.chains for row in rows) == plan.totals.chains + plan.totals.rings
    assert sum(row.chains * row.moves for row in rows) == plan.totals.moves
    assert [row.moves for row in rows] == list(range(1, len(rows) + 1))


def test_no_person_no_home_and_no_coach_is_on_the_page(as_planner, in_force, engine):
    _, plan = in_force
    shown = as_planner().get("/plan").text
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM person WHERE name IS NOT NULL")).scalars()
        coaches = connection.execute(text("SELECT DISTINCT coach FROM proposal")).scalars()
        secret = [*names, *(coach for coach in coaches if coach)]
    secret += [
        one for chain in plan.chains for move in chain.moves for one in (move.household, move.to)
    ]

    assert [one for one in secret if one in shown] == []


def test_only_planners_read_it(as_role, anonymous):
    for role in ("coach", "steward", "administrator"):
        assert as_role(role).get("/plan").status_code == 403
    assert anonymous().get("/plan").status_code == 303


def test_what_the_plan_rests_on_is_told(as_planner, in_force):
    name, plan = in_force
    shown = as_planner().get("/plan").text

    for said in (name, plan.receipt.policy_hash[:12], plan.receipt.rules_hash[:12]):
        assert said in shown
    assert str(plan.receipt.seed) in shown


def test_a_plan_that_is_not_proven_says_how_much_better_could_be(in_force):
    from dataclasses import replace  # noqa: PLC0415 - only here

    receipt = replace(in_force[1].receipt, status=Status.BOUNDED, value=1_000, bound=1_025)

    assert plan_page.how_good(receipt) == "Een ander plan kan hoogstens 2,5 % meer punten halen."
    assert "Bewezen" in plan_page.how_good(replace(receipt, status=Status.PROVEN, bound=1_000))


def test_a_newer_plan_is_read_anew(as_planner, engine, in_force):
    planner = as_planner()
    before = planner.get("/plan").text
    name, plan = in_force
    written = json.loads(PLAN.dump_json(plan))
    written["receipt"]["seed"] = 424_242
    with engine.begin() as connection:
        columns = "run, region, night, published, position, status, value, bound, options, repairs"
        connection.execute(
            text(
                f"INSERT INTO plan (id, fence, digest, json, {columns})"  # noqa: S608 - our own
                f" SELECT 'nieuwer', fence + 1, 'x', :json, {columns} FROM plan WHERE id = :id"
            ),
            {"json": json.dumps(written), "id": name},
        )
        connection.execute(text("UPDATE current_plan SET plan = 'nieuwer', fence = fence + 1"))

    after = planner.get("/plan").text

    assert "424242" not in before
    assert "424242" in after


def test_without_a_plan_the_page_says_so(as_planner, engine):
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM current_plan"))

    assert "Er is nog geen plan" in as_planner().get("/plan").text
