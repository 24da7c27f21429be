"""The pages of the desk that a person sees: each is looked at by `test_accessible.py`.

Add yours. In a path, `{proposal}`, `{household}` and `{dwelling}` stand for those of one proposal
of the coach who looks.
"""

from typing import NamedTuple


class Page(NamedTuple):
    """A page, and the role that looks at it (None: nobody is signed in)."""

    path: str
    role: str | None
    status: int = 200


PAGES = (
    Page("/toegankelijkheid", None),
    Page("/toegankelijkheid", "coach"),
    Page("/aanmelden", None),
    Page("/account", "coach"),
    Page("/voorstellen", "coach"),
    Page("/voorstellen/{proposal}", "coach"),
    Page("/voorstellen/{proposal}/keten", "coach"),
    Page("/voorstellen/{proposal}/waarom-niet", "coach"),
    Page("/voorstellen/{proposal}/waarom-niet?woning={dwelling}", "coach"),
    Page("/voorstellen/{proposal}/wat-zou", "coach"),
    Page("/voorstellen/{proposal}/alternatieven", "coach"),
    Page("/bestaat-niet", None, 404),
    Page("/bestaat-niet", "coach", 404),
)
