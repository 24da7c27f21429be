"""Who may come where: every route of the desk, its roles, and whose things its address names.

A route that is not here fails `test_routes.py`. Add a line with the roles the route asks for (the
dependency `only(…)` must ask for the same), and for every part of the address between braces what
it names, so that the tests can ask for another corporation's.
"""

from dataclasses import dataclass, field

from desk.viewer import Role

COACH, PLANNER = frozenset({Role.COACH}), frozenset({Role.PLANNER})
STEWARD, ADMINISTRATOR = frozenset({Role.STEWARD}), frozenset({Role.ADMINISTRATOR})
DATA = STEWARD | ADMINISTRATOR
EVERYBODY = frozenset(Role)
NOBODY_ASKED = frozenset()
"""For anybody, signed in or not: the door, our own files, what explains itself."""


@dataclass(frozen=True)
class Line:
    """A route: who may, what its address names, and what must be typed for it to be understood."""

    roles: frozenset
    names: dict = field(default_factory=dict)
    form: dict = field(default_factory=dict)
    json: dict | None = None
    headers: dict = field(default_factory=dict)
    query: str = ""
    own: bool = False
    """Whether the door lets in by its own means (a session that is not whole yet)."""


def of_a_proposal(**more):
    return Line(COACH, {"proposal": "proposal"}, **more)


def about_a_user(**more):
    return Line(ADMINISTRATOR, {"user": "user"}, **more)


def of_a_simulation(**more):
    return Line(PLANNER, {"simulation": "simulation"} | more)


AT_THE_DOOR = Line(NOBODY_ASKED, own=True)
REASON = {"reden": "ik neem waar voor een collega", "naar": "/"}
KEY = {"Idempotency-Key": "0b5c9f04-8a44-4b1a-9d7e-6f6c2f1f0001"}

MATRIX = {
    # the face
    "GET /": Line(EVERYBODY),
    "GET /statisch/{made}/{name:path}": Line(NOBODY_ASKED),
    "GET /toegankelijkheid": Line(NOBODY_ASKED),
    "POST /csp-melding": Line(NOBODY_ASKED),
    # the door
    "GET /aanmelden": Line(NOBODY_ASKED),
    "POST /aanmelden": Line(NOBODY_ASKED),
    "POST /afmelden": Line(NOBODY_ASKED),
    "GET /aanmelden/code": AT_THE_DOOR,
    "POST /aanmelden/code": AT_THE_DOOR,
    "GET /aanmelden/wachtwoord": AT_THE_DOOR,
    "POST /aanmelden/wachtwoord": AT_THE_DOOR,
    "GET /aanmelden/tweede-stap": AT_THE_DOOR,
    "GET /aanmelden/tweede-stap.svg": AT_THE_DOOR,
    "POST /aanmelden/tweede-stap": AT_THE_DOOR,
    "GET /aanmelden/eerste": Line(NOBODY_ASKED),
    "POST /aanmelden/eerste": Line(NOBODY_ASKED),
    "GET /aanmelden/elders": Line(NOBODY_ASKED),
    "GET /aanmelden/terug": Line(NOBODY_ASKED),
    "GET /account": Line(EVERYBODY),
    "POST /account/wachtwoord": Line(EVERYBODY),
    "GET /account/sleutels": Line(EVERYBODY),
    "POST /account/sleutels": Line(EVERYBODY),
    "POST /account/sleutels/intrekken": Line(EVERYBODY),
    # users
    "GET /beheer/gebruikers": Line(ADMINISTRATOR),
    "GET /beheer/gebruikers/nieuw": Line(ADMINISTRATOR),
    "POST /beheer/gebruikers": Line(ADMINISTRATOR),
    "GET /beheer/gebruikers/{user}": about_a_user(),
    "POST /beheer/gebruikers/{user}": about_a_user(form={"naam": "Ander", "rollen": "coach"}),
    "POST /beheer/gebruikers/{user}/uit": about_a_user(),
    "POST /beheer/gebruikers/{user}/aan": about_a_user(),
    "POST /beheer/gebruikers/{user}/nieuw-begin": about_a_user(),
    "GET /huishoudens/{household}/breek-glas": Line(COACH, {"household": "household"}),
    "POST /huishoudens/{household}/breek-glas": Line(
        COACH, {"household": "household"}, form=REASON
    ),
    "GET /beheer/glas": Line(ADMINISTRATOR),
    # the coach
    "GET /voorstellen": Line(COACH),
    "POST /voorstellen": Line(COACH),
    "GET /voorstellen/{proposal_id}": Line(COACH, {"proposal_id": "proposal"}),
    "GET /voorstellen/{proposal_id}/keten": Line(COACH, {"proposal_id": "proposal"}),
    "GET /voorstellen/{proposal}/waarom-niet": of_a_proposal(query="?woning={dwelling}"),
    "GET /voorstellen/{proposal}/wat-zou": of_a_proposal(),
    "GET /voorstellen/{proposal}/alternatieven": of_a_proposal(),
    "GET /voorstellen/{proposal}/beslissen": of_a_proposal(),
    "GET /voorstellen/{proposal}/vervolg": of_a_proposal(),
    "POST /voorstellen/{proposal}/stap": of_a_proposal(form={"stap": "taken_up", "positie": "1"}),
    "POST /voorstellen/{proposal}/terug": of_a_proposal(form={"positie": "1"}),
    "POST /voorstellen/{proposal}/aanhouden": of_a_proposal(form={"positie": "1"}),
    "POST /voorstellen/{proposal}/bezoek": of_a_proposal(
        form={"positie": "1", "dag": "2026-12-01", "tijd": "10:00"}
    ),
    "GET /voorstellen/{proposal}/brief.pdf": of_a_proposal(),
    "GET /voorstellen/{proposal}/woonplan.pdf": of_a_proposal(),
    "GET /huishoudens/{household}/aanwijzingen": Line(COACH, {"household": "household"}),
    "POST /huishoudens/{household}/aanwijzingen": Line(
        COACH, {"household": "household"}, form={"soort": "houd", "woning": "W-1"}
    ),
    "GET /voorstellen.xlsx": Line(COACH),
    "GET /voorstellen.csv": Line(COACH),
    "GET /agenda.ics": Line(COACH),
    # data
    "GET /gegevens": Line(DATA),
    "GET /gegevens/leveringen/{levering}": Line(DATA, {"levering": "delivery"}),
    "POST /gegevens/leveringen/{levering}/vrijgeven": Line(DATA, {"levering": "delivery"}),
    "GET /gegevens/uitval": Line(DATA),
    "GET /gegevens/uitval/{regel}": Line(DATA, {"regel": "row"}),
    "POST /gegevens/uitval/{regel}": Line(DATA, {"regel": "row"}),
    "GET /woningen/{woning}": Line(COACH | STEWARD, {"woning": "dwelling"}),
    "GET /huishoudens/{huishouden}": Line(COACH | STEWARD, {"huishouden": "household"}),
    "GET /huishoudens/{huishouden}/gekeken": Line(ADMINISTRATOR, {"huishouden": "household"}),
    "GET /beheer/gezondheid": Line(ADMINISTRATOR),
    "GET /beheer/gebruik": Line(ADMINISTRATOR),
    # the planner
    "GET /plan": Line(PLANNER),
    "GET /wat-als": Line(PLANNER),
    "GET /wat-als/nieuw": Line(PLANNER),
    "GET /wat-als/vergelijken": Line(PLANNER, query="?keuze={simulation}&keuze=een-andere"),
    "GET /wat-als/vergelijken/verschillen.svg": Line(
        PLANNER, query="?keuze={simulation}&keuze=een-andere"
    ),
    "POST /wat-als": Line(PLANNER, form={"van": "een-andere", "wat": "vraag"}),
    "GET /wat-als/{simulation}": of_a_simulation(),
    "GET /wat-als/{simulation}/voortgang": of_a_simulation(),
    "POST /wat-als/{simulation}/stop": of_a_simulation(),
    "GET /wat-als/{simulation}/grafiek/{chart}.svg": of_a_simulation(chart="chart"),
    "GET /wat-als/{simulation}/rapport.{kind}": of_a_simulation(kind="report"),
    "GET /gebied": Line(PLANNER),
    "GET /gebied/{buurt}": Line(PLANNER, {"buurt": "area"}),
    "GET /gebied/{buurt}/voorziening/{voorziening:path}": Line(
        PLANNER, {"buurt": "area", "voorziening": "facility"}
    ),
    # the API
    "GET /v1/openapi.json": Line(NOBODY_ASKED),
    "GET /v1/status": Line(EVERYBODY),
    "GET /v1/plan": Line(EVERYBODY),
    "GET /v1/plan/verantwoording": Line(EVERYBODY),
    "GET /v1/voorstellen": Line(COACH),
    "GET /v1/voorstellen/{id}": Line(COACH, {"id": "proposal"}),
    "GET /v1/voorstellen/{id}/aanbieding": Line(COACH, {"id": "proposal"}),
    "GET /v1/voorstellen/{id}/toewijzing": Line(COACH, {"id": "proposal"}),
    "POST /v1/voorstellen/{id}/reacties": Line(
        COACH, {"id": "proposal"}, json={"stap": "opnemen", "positie": 1}, headers=KEY
    ),
    "GET /v1/woningen/{id:path}": Line(COACH | PLANNER | STEWARD, {"id": "dwelling"}),
    "GET /v1/huishoudens/{id:path}": Line(COACH | STEWARD, {"id": "household"}),
}
