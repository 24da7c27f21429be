"""Pages as they are only after somebody did something: they are for everybody too."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from store import decisions
from tests.desk.browser import at_night_on_a_phone, axe, small_targets, too_wide


def for_everybody(shown):
    """Look at a page that is open already, by day and at night on a phone."""
    axe(shown)
    assert small_targets(shown) == []
    at_night_on_a_phone(shown)
    axe(shown, only=("color-contrast", "target-size"))
    assert not too_wide(shown)


def test_the_page_with_a_new_key_is_for_everybody(browse, as_role, busiest):
    shown = browse(as_role("coach", coach=busiest[0]))
    shown.goto("/account/sleutels")
    shown.get_by_role("button", name="Sleutel maken").click()
    shown.get_by_text("Uw nieuwe sleutel").wait_for()
    assert shown.locator("summary", has_text="Trek P-").count() == 1
    # A key is drawn by chance, and breaks at its hyphens: the widest has none.
    key = shown.locator("code")
    key.evaluate("code => { code.textContent = 'W'.repeat(code.textContent.length) }")

    for_everybody(shown)


def test_a_morning_with_visits_and_a_proposal_in_hand_are_for_everybody(
    browse, as_role, busiest, engine
):
    coach = as_role("coach", coach=busiest[0])
    now = datetime.now(tz=UTC)
    with engine.begin() as connection:
        proposal = connection.scalar(
            text(
                "SELECT id FROM proposal WHERE coach = :coach AND corporation = :corporation"
                " AND state = 'offered' ORDER BY id DESC LIMIT 1"
            ),
            {"coach": busiest[0], "corporation": busiest[1]},
        )
        decisions.plan_visit(
            connection,
            proposal,
            moment=now + timedelta(hours=1),
            minutes=45,
            asked=now,
            by=coach.viewer.user,
            corporation=busiest[1],
        )
    shown = browse(coach)
    shown.goto("/voorstellen")
    shown.get_by_role("region", name="Uw bezoeken van vandaag en morgen").wait_for()
    for_everybody(shown)
    shown.goto(f"/voorstellen/{proposal}")
    shown.get_by_role("button", name="Ik bespreek dit voorstel").click()
    shown.get_by_role("button", name="Het huishouden zegt ja").wait_for()
    for_everybody(shown)
