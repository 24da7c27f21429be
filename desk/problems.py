"""What somebody hears when something is wrong: one Dutch page, one notice, or problem+json.

An error is told by what it is, never by what was asked: no address, no field, no name comes back.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from data_contracts.words import VerhuisketenError
from desk.navigation import SIGN_IN
from desk.paper.pdf import NotPrinted
from desk.thinking import ManyQuestions, NoPlanYet, StillLoading
from desk.viewer import NotYours, SignInFirst
from desk.views import is_fragment, page
from store.access import NotWritten
from store.database import is_outage
from store.life import NotAllowed, Stale, Unknown
from store.personal_keys import NoSuchKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

    from data_contracts.mistakes import Mistake

API = "/v1"
MEDIA_TYPE = "application/problem+json"
DESCRIBED = "/v1/openapi.json#/components/responses/"
MOST_MISTAKES = 1_000

SAID: dict[int, tuple[str, str, str]] = {
    400: (
        "Ongeldig",
        "Dit klopt nog niet",
        "Kijk na wat u hebt ingevuld en probeer het opnieuw. Er is niets veranderd.",
    ),
    401: ("EerstAanmelden", "Meld u eerst aan", "U bent niet (meer) aangemeld. Meld u aan."),
    403: (
        "NietVanU",
        "Dit mag u hier niet",
        "Vraag uw beheerder om de rol die erbij hoort. Er is niets veranderd.",
    ),
    404: (
        "NietGevonden",
        "Niet gevonden",
        "Deze pagina bestaat niet, of u mag haar niet zien. Ga terug naar het begin.",
    ),
    405: ("KanHierNiet", "Dit kan hier niet", "Ga terug en gebruik de knoppen op de pagina."),
    406: ("AndereVorm", "Die vorm geven wij niet", "Vraag om application/json."),
    408: ("TeTraag", "Te traag", "Uw bericht kwam niet op tijd binnen. Stuur het opnieuw."),
    409: (
        "Veranderd",
        "Dit is intussen veranderd",
        "Bekijk de nieuwe stand en kies dan opnieuw. Er is niets van u bewaard.",
    ),
    413: ("TeGroot", "Te groot", "Stuur hoogstens 10 MB in één keer."),
    415: ("AndereVorm", "Deze vorm lezen wij niet", "Stuur het als application/json."),
    421: ("AnderAdres", "Ander adres", "Op dit adres antwoorden wij niet. Kijk de hostnaam na."),
    422: (
        "AndereInhoud",
        "Zelfde sleutel, andere inhoud",
        "Deze Idempotency-Key is al gebruikt voor iets anders. Neem een nieuwe.",
    ),
    429: ("TeVeel", "Te vaak", "Wacht even en probeer het dan opnieuw."),
    500: (
        "OnzeFout",
        "Fout bij ons",
        "Er ging bij ons iets mis. Probeer het nog eens. Blijft het misgaan, bel dan uw beheerder.",
    ),
    503: (
        "EvenNiet",
        "Even niet bereikbaar",
        "Wij kunnen nu niets lezen of bewaren. Probeer het over een minuut opnieuw.",
    ),
}
"""By status: the name in the API document, the title and the sentence that says what to do."""


class NotFound(VerhuisketenError):
    """Dit bestaat niet, of u mag het niet zien. Ga terug naar de lijst."""


class Refused(VerhuisketenError):
    """Een verzoek is geweigerd."""

    def __init__(
        self,
        status: int,
        mistakes: Sequence[Mistake] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.problem = Problem(status, mistakes=mistakes, headers=headers or {})


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong; `sentence` replaces the usual one, `mistakes` are all told together."""

    status: int
    sentence: str | None = None
    mistakes: Sequence[Mistake] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Give the heading."""
        return SAID[self.status][1]

    @property
    def detail(self) -> str:
        """Give the sentence that says what to do."""
        return self.sentence or SAID[self.status][2]

    def told(self) -> dict[str, Any]:
        """Give it as RFC 9457 writes it; nothing of the request is in it but places."""
        said: dict[str, Any] = {
            "type": DESCRIBED + SAID[self.status][0],
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.mistakes:
            said["errors"] = [
                {"pointer": one.pointer, "code": one.code, "detail": one.sentence}
                for one in self.mistakes[:MOST_MISTAKES]
            ]
        return said


OURS: tuple[tuple[type[VerhuisketenError], int], ...] = (
    (SignInFirst, 401),
    (NotYours, 403),
    (NotFound, 404),
    (Unknown, 404),
    (NoSuchKey, 404),
    (Stale, 409),
    (NotAllowed, 409),
    (NotPrinted, 503),
    (NotWritten, 503),
    (ManyQuestions, 503),
    (StillLoading, 503),
    (NoPlanYet, 503),
)
"""Errors of ours that somebody can do something about. Their own sentence is told, but for 404."""


def problem_of(error: Exception) -> Problem:
    """Say what somebody hears of an error: our own refusal, an outage, or nothing at all."""
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, HTTPException):
        known = error.status_code if error.status_code in SAID else 400
        return Problem(known, headers=error.headers or {})
    if isinstance(error, RequestValidationError):
        return Problem(400)
    for kind, status in OURS:
        if isinstance(error, kind):
            # All that is not there is told in the same bytes, whoever may or may not see it.
            return Problem(status, None if status == 404 else str(error))  # noqa: PLR2004 - not found
    if is_outage(error):
        return Problem(503, headers={"Retry-After": "5"})
    return Problem(500)


def answered(request: Request, error: Exception) -> Response:
    """Answer an error in the form that was asked for: JSON under /v1, a notice, or a page."""
    problem = problem_of(error)
    if request.url.path.startswith(API + "/"):
        return as_json(problem)
    if problem.status == 401:  # noqa: PLR2004 - ours
        return _to_sign_in(request)
    if is_fragment(request):
        return _notice(request, problem)
    return _page(request, problem)


def as_json(problem: Problem) -> Response:
    """Give a problem as RFC 9457 writes it."""
    body = json.dumps(problem.told(), ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, problem.status, dict(problem.headers), MEDIA_TYPE)


def _page(request: Request, problem: Problem) -> Response:
    return page(
        request,
        "error.html",
        status=problem.status,
        headers=dict(problem.headers),
        problem=problem,
    )


def _notice(request: Request, problem: Problem) -> Response:
    """Give a notice for the top of the page somebody is on: what they were reading stays."""
    where = {"HX-Retarget": "#melding", "HX-Reswap": "innerHTML"}
    return page(
        request,
        "parts/notice.html",
        status=problem.status,
        headers={**problem.headers, **where},
        problem=problem,
    )


def _to_sign_in(request: Request) -> Response:
    """Send somebody to sign in, and then back to what they were reading."""
    back = request.headers.get("hx-current-url") if is_fragment(request) else None
    path = local(back) if back else request.url.path if request.method == "GET" else "/"
    to = f"{SIGN_IN}?naar={quote(path, safe='/')}" if path != "/" else SIGN_IN
    if is_fragment(request):
        return Response(status_code=401, headers={"HX-Redirect": to})
    return RedirectResponse(to, 303)


def local(address: str) -> str:
    """Give the path of an address on this desk, without what was asked there; else `/`.

    Whatever a browser could read as another host is not ours: `//host`, a backslash, a control
    character, anything with a scheme that has no path of ours behind it.
    """
    path = address
    if "://" in address:
        path = "/" + address.split("://", 1)[1].partition("/")[2]
    path = path.partition("?")[0].partition("#")[0]
    odd = any(mark < "!" or mark > "~" or mark == "\\" for mark in path)
    return "/" if odd or not path.startswith("/") or path.startswith("//") else path
