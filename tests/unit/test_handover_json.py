"""The plan as a file for machines: canonical, described, and the same when read back."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from matching.model import BrokenChain
from pipelines.handover import plan_file, read_plan
from tests.handover_world import CANARY, a_plan, an_empty_plan


@pytest.mark.parametrize("plan", [a_plan(), an_empty_plan()])
def test_a_plan_read_back_is_the_plan(tmp_path, plan):
    assert read_plan(plan_file(plan, tmp_path)) == plan


@pytest.mark.parametrize("plan", [a_plan(), an_empty_plan()])
def test_the_file_meets_the_schema_beside_it(tmp_path, plan):
    path = plan_file(plan, tmp_path)
    schema = json.loads((tmp_path / "verhuisplan.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(path.read_text("utf-8")))


def test_the_schema_refuses_a_plan_without_a_receipt(tmp_path):
    path = plan_file(a_plan(), tmp_path)
    schema = json.loads((tmp_path / "verhuisplan.schema.json").read_text("utf-8"))
    plan = json.loads(path.read_text("utf-8"))
    del plan["receipt"]
    assert not Draft202012Validator(schema).is_valid(plan)


def test_equal_plans_give_equal_bytes_in_canonical_order(tmp_path):
    one = plan_file(a_plan(), tmp_path / "een").read_bytes()
    two = plan_file(a_plan(), tmp_path / "twee").read_bytes()
    keys = list(json.loads(one))
    assert one == two
    assert keys == sorted(keys)
    assert b": " not in one.split(b'"reasons"')[0]


def test_no_name_or_address_is_in_the_file(tmp_path):
    assert CANARY not in plan_file(a_plan(), tmp_path).read_text("utf-8")


def test_a_chain_that_does_not_link_is_refused(tmp_path):
    path = plan_file(a_plan(), tmp_path)
    broken = json.loads(path.read_text("utf-8"))
    broken["chains"][0]["moves"][1]["to"] = "W-elders"
    path.write_text(json.dumps(broken), encoding="utf-8")
    with pytest.raises(BrokenChain):
        read_plan(path)
