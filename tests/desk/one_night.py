"""Reading the proposals of the night as whose case they are."""

from desk import reading
from desk.viewer import Role, Viewer
from store.tenants import reading as reading_as


def coach_of(stand, household, user="kijker"):
    """The coach of a household, as a viewer."""
    row = stand.state.households.loc[household]
    return Viewer(user, row["corporation"], "Proef", frozenset({Role.COACH}), row["coach"])


def read(engine, stand, row):
    """Read a proposal (its row) as the coach of its household."""
    viewer = coach_of(stand, row["household"])
    with reading_as(engine, viewer.corporation) as connection:
        return reading.proposal(connection, stand, viewer, row["id"], on=stand.on)
