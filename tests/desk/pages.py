"""The pages of the desk that a person sees: each is looked at by `test_accessible.py`.

Add yours: a GET route that is not here, and not in `NO_PAGES`, fails there. In a path `{proposal}`,
`{household}`, `{dwelling}` and `{home}` (what they leave) stand for those of one proposal of the
coach who looks, `{user}` for a colleague, `{delivery}` and `{row}` for a delivery and a refused row
of the corporation, `{area}` for a neighbourhood and `{facility}` for what lies in it,
`{simulation}`, `{other}` and `{waits}` for what-ifs.
"""

from typing import Any, NamedTuple

SECRET = "JBSWY3DPEHPK3PXP"  # noqa: S105 - of an account in a test


class Page(NamedTuple):
    """A page, and the role that looks at it (None: nobody is signed in).

    `account` is said of somebody who stands at the door with only the password right.
    """

    path: str
    role: str | None
    status: int = 200
    account: dict[str, Any] | None = None


PAGES = (
    # the face
    Page("/toegankelijkheid", None),
    Page("/toegankelijkheid", "coach"),
    Page("/bestaat-niet", None, 404),
    Page("/bestaat-niet", "coach", 404),
    Page("/voorstellen", "planner", 403),
    # the door
    Page("/aanmelden", None),
    Page("/aanmelden/eerste", None),
    Page("/aanmelden/code", "coach", account={"factor": SECRET}),
    Page("/aanmelden/wachtwoord", "coach", account={"must_change": True}),
    Page("/aanmelden/tweede-stap", "coach", account={"factor_needed": True}),
    Page("/account", "coach"),
    Page("/account/sleutels", "coach"),
    # the coach
    Page("/voorstellen", "coach"),
    Page("/voorstellen?stand=declined", "coach"),
    Page("/voorstellen/{proposal}", "coach"),
    Page("/voorstellen/{proposal}/keten", "coach"),
    Page("/voorstellen/{proposal}/waarom-niet", "coach"),
    Page("/voorstellen/{proposal}/waarom-niet?woning={dwelling}", "coach"),
    Page("/voorstellen/{proposal}/wat-zou", "coach"),
    Page("/voorstellen/{proposal}/alternatieven", "coach"),
    Page("/voorstellen/{proposal}/beslissen", "coach"),
    Page("/voorstellen/{proposal}/vervolg", "coach"),
    Page("/huishoudens/{household}/breek-glas", "coach"),
    Page("/huishoudens/{household}/aanwijzingen", "coach"),
    Page("/huishoudens/{household}/aanwijzingen?woning={dwelling}&wat=pin", "coach"),
    # data
    Page("/gegevens", "steward"),
    Page("/gegevens/leveringen/{delivery}", "steward"),
    Page("/gegevens/uitval", "steward"),
    Page("/gegevens/uitval/{row}", "steward"),
    Page("/woningen/{home}", "steward"),
    Page("/huishoudens/{household}", "coach"),
    # the administrator
    Page("/huishoudens/{household}/gekeken", "administrator"),
    Page("/beheer/gezondheid", "administrator"),
    Page("/beheer/gebruik", "administrator"),
    Page("/beheer/gebruikers", "administrator"),
    Page("/beheer/gebruikers/nieuw", "administrator"),
    Page("/beheer/gebruikers/{user}", "administrator"),
    Page("/beheer/glas", "administrator"),
    # the planner
    Page("/plan", "planner"),
    Page("/wat-als", "planner"),
    Page("/wat-als/nieuw", "planner"),
    Page("/wat-als/vergelijken", "planner"),
    Page("/wat-als/vergelijken?keuze={simulation}&keuze={other}", "planner"),
    Page("/wat-als/{simulation}?kaart=vrijgekomen", "planner"),
    Page("/wat-als/{waits}", "planner"),
    Page("/gebied", "planner"),
    Page("/gebied/{area}", "planner"),
    Page("/gebied/{area}/voorziening/{facility}", "planner"),
)

SPECIMEN = "/proefblad"
NO_PAGES = frozenset(
    {
        SPECIMEN,  # of the tests alone
        "/",  # brings one on
        "/aanmelden/elders",  # brings one to the door of the own organisation
        "/aanmelden/terug",  # comes back from there
        "/aanmelden/tweede-stap.svg",  # a picture
        "/statisch/{made}/{name:path}",
        "/voorstellen/{proposal}/brief.pdf",
        "/voorstellen/{proposal}/woonplan.pdf",
        "/voorstellen.csv",
        "/voorstellen.xlsx",
        "/agenda.ics",
        "/wat-als/{simulation}/voortgang",  # a part of a page
        "/wat-als/{simulation}/grafiek/{chart}.svg",  # a picture
        "/wat-als/vergelijken/verschillen.svg",  # a picture
        "/wat-als/{simulation}/rapport.{kind}",
    }
)
"""GET routes at which nobody reads a page; everything under /v1 is for machines too."""
