"""The administrator's page of how the installation fares."""

from sqlalchemy import text


def test_every_check_is_told_with_what_to_do(as_administrator):
    page = as_administrator().get("/beheer/gezondheid")

    assert page.status_code == 200
    for name in (
        "Database",
        "Plan",
        "Laatste nacht",
        "Dagelijkse leveringen",
        "Bestanden die wachten",
    ):
        assert name in page.text
    assert "De laatste nacht is klaar." in page.text


def test_a_night_that_failed_is_seen_and_its_sentence_told(as_administrator, engine):
    with engine.begin() as connection:
        region = connection.scalar(text("SELECT region FROM run LIMIT 1"))
        connection.execute(
            text(
                "INSERT INTO run (id, region, night, started, finished, status, sentence, summary)"
                " VALUES ('laatst', :region, '2026-11-23', now() + interval '1 hour',"
                " now() + interval '1 hour', 'failed', 'De schijf was vol.', '{}')"
            ),
            {"region": region},
        )
    page = as_administrator().get("/beheer/gezondheid")

    assert "De laatste nacht mislukte of bleef uit." in page.text
    assert "De schijf was vol." in page.text
    assert "kijk hiernaar" in page.text


def test_a_feed_that_is_too_late_is_named(as_administrator, engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE delivery SET received = received - interval '10 days'"))

    page = as_administrator().get("/beheer/gezondheid")

    assert "te laat" in page.text
    assert "woningen" in page.text


def test_only_administrators_read_it(as_role, anonymous):
    for role in ("coach", "planner", "steward"):
        assert as_role(role).get("/beheer/gezondheid").status_code == 403
    assert anonymous().get("/beheer/gezondheid").status_code == 303
