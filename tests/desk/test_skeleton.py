from desk.app import application
from store import proposals


def test_a_night_leaves_proposals_for_coaches(engine, settings):
    application(engine, settings)
    with engine.connect() as connection:
        assert len(proposals.of_coach(connection)) > 10
