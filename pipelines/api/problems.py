"""What a caller hears when something is wrong: problem+json (RFC 9457), in Dutch, no echo."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from data_contracts.words import VerhuisketenError
from store.database import is_outage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.exceptions import HTTPException
    from starlette.requests import Request

    from data_contracts.mistakes import Mistake

MEDIA_TYPE = "application/problem+json"
DESCRIBED = "/v1/openapi.json#/components/responses/"
MOST_MISTAKES = 1_000
"""More mistakes are counted, not told one by one: a batch of another format has them all."""

PROBLEMS: dict[int, tuple[str, str, str]] = {
    400: (
        "Ongeldig",
        "Dit bericht klopt niet",
        "Verbeter wat in errors staat en stuur het bericht opnieuw. Er is niets geboekt.",
    ),
    401: (
        "GeenSleutel",
        "Geen geldige sleutel",
        "Stuur een geldige sleutel mee: Authorization: Bearer <sleutel>.",
    ),
    403: (
        "NietVanU",
        "Niet van uw organisatie",
        (
            "Een kenmerk in dit bericht is van een andere organisatie of bestaat niet. "
            "Er is niets geboekt."
        ),
    ),
    404: ("NietGevonden", "Niet gevonden", "Dit bestaat niet, of is niet van uw organisatie."),
    405: ("KanHierNiet", "Dit kan hier niet", "Kijk in /v1/openapi.json wat hier wel kan."),
    406: ("AlleenJson", "Alleen JSON", "Wij antwoorden in JSON: vraag om application/json."),
    408: ("TeTraag", "Te traag", "Het bericht kwam niet op tijd binnen. Stuur het opnieuw."),
    409: (
        "AndereInhoud",
        "Zelfde id, andere inhoud",
        (
            "Onder deze source en id staat al een feit met een andere inhoud; dat blijft staan. "
            "Dit bericht is apart bewaard. Geef een nieuw feit een nieuw id."
        ),
    ),
    413: (
        "TeGroot",
        "Te groot",
        "Een gebeurtenis is hoogstens 64 kB, een verzoek hoogstens 1 MB. Verdeel het bericht.",
    ),
    415: (
        "GeenCloudEvent",
        "Geen CloudEvent",
        (
            "Stuur application/cloudevents+json, application/cloudevents-batch+json, of "
            "application/json met ce-koppen; in UTF-8 en niet ingepakt."
        ),
    ),
    421: ("AnderAdres", "Ander adres", "Op dit adres antwoorden wij niet. Kijk de hostnaam na."),
    429: (
        "TeVeel",
        "Te veel verzoeken",
        "Wacht zo lang als Retry-After zegt, of stuur in batches.",
    ),
    500: (
        "OnzeFout",
        "Fout bij ons",
        (
            "Er ging bij ons iets mis dat wij niet voorzagen. Stuur hetzelfde bericht later "
            "opnieuw: het wordt nooit tweemaal geboekt."
        ),
    ),
    503: (
        "EvenNiet",
        "Even niet bereikbaar",
        (
            "Wij kunnen nu niets boeken. Stuur hetzelfde bericht straks opnieuw: het wordt nooit "
            "tweemaal geboekt."
        ),
    ),
}
"""By status: the name under which the API document describes it, the title and the sentence."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a request; `mistakes` are all told together."""

    status: int
    mistakes: Sequence[Mistake] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """Give it as RFC 9457 writes it; nothing of the request is in it but places."""
        name, title, detail = PROBLEMS[self.status]
        said: dict[str, Any] = {
            "type": DESCRIBED + name,
            "title": title,
            "status": self.status,
            "detail": detail,
        }
        if self.mistakes:
            said["errors"] = [
                {"pointer": one.pointer, "code": one.code, "detail": one.sentence}
                for one in self.mistakes[:MOST_MISTAKES]
            ]
            if len(self.mistakes) > MOST_MISTAKES:
                said["aantalFouten"] = len(self.mistakes)
        return said


class Refused(VerhuisketenError):
    """Een verzoek is geweigerd."""

    def __init__(
        self,
        status: int,
        mistakes: Sequence[Mistake] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__()
        self.problem = Problem(status, mistakes, headers or {})


def response(problem: Problem) -> Response:
    """Give the answer that says a problem."""
    return answer(
        problem.told(), status=problem.status, media_type=MEDIA_TYPE, headers=problem.headers
    )


def answer(
    said: object,
    *,
    status: int = 200,
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Give an answer in JSON."""
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, dict(headers or {}), media_type)


def problem_of(error: Exception) -> Problem:
    """Say what a caller hears of an error: our own refusal, an outage, or nothing at all."""
    if isinstance(error, Refused):
        return error.problem
    if is_outage(error):
        return Problem(503, headers={"Retry-After": "5"})
    return Problem(500)


def refused(_request: Request, error: Exception) -> Response:
    """Answer a refusal of our own."""
    return response(problem_of(error))


def unrouted(_request: Request, error: Exception) -> Response:
    """Answer what the router refuses: no such address, or no such method there."""
    http: HTTPException = error  # type: ignore[assignment] # registered for these only
    status = http.status_code if http.status_code in PROBLEMS else 400
    return response(Problem(status, headers=http.headers or {}))
