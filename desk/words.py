"""What roles are called on the screen."""

from desk.viewer import Role

ROLE_NAMES: dict[str, str] = {
    Role.COACH: "verhuiscoach",
    Role.PLANNER: "beleidsmedewerker",
    Role.STEWARD: "gegevensbeheerder",
    Role.ADMINISTRATOR: "beheerder",
}
