"""The text for the register of algorithms says what the program does, and fits in the register."""

import re
from pathlib import Path

import pytest

from matching.criteria import PREFERENCES, RULES
from matching.model import Verdict

TEXT = (Path(__file__).parents[2] / "docs" / "guides" / "algoritmeregister.md").read_text("utf-8")
LIMITS = {"name": 100, "description_short": 350, "goal": 2_500}
"""Characters, as the publication standard has it."""
FIELDS = (
    *("name", "description_short", "organization", "category", "status", "begin_date", "end_date"),
    *("contact_email", "website", "publication_category", "url", "goal", "proportionality"),
    *("human_intervention", "risks", "lawful_basis", "process_index_url", "impacttoetsen"),
    *("source_data", "methods_and_models", "provider", "publiccode", "lang", "standard_version"),
    *("source_id", "tags"),
)
"""Publication standard 1.0 of the register (layouts/v1_0_0.json)."""


def under(field):
    """What stands under the heading of a field."""
    found = re.search(rf"(?ms)^### [^\n]*`{field}`[^\n]*\n(.*?)(?=^##|\Z)", TEXT)
    return found[1].strip()


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_of_the_register_is_there(field):
    assert f"`{field}`" in TEXT


@pytest.mark.parametrize("field", LIMITS)
def test_a_text_is_no_longer_than_the_register_takes(field):
    assert 0 < len(under(field)) < LIMITS[field]


def test_the_list_of_rules_is_the_list_of_rules():
    told = re.findall(r"(?m)^\| `(\w+)` \| .* \| (ja|nee) \| (.*) \|$", TEXT)
    assert told == [
        (rule.name, "ja" if Verdict.ASK in rule.sentences else "nee", rule.source) for rule in RULES
    ]


def test_the_list_of_preferences_is_the_list_of_preferences():
    after = TEXT.partition("## Bijlage 2")[2]
    told = re.findall(r"(?m)^\| `(\w+)` \| .* \| (.*) \|$", after)
    assert told == [(one.name, one.source) for one in PREFERENCES]
