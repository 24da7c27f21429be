"""How every call of the API is spoken: JSON in, JSON out, and a problem in Dutch when it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from data_contracts.mistakes import Mistake, NotJson, strict_json
from data_contracts.words import VerhuisketenError
from desk.api.admitted import admit
from desk.api.mistakes import mistakes_of
from desk.api.version import SAID
from desk.problems import Problem, Refused, as_json, problem_of
from store.repeated import InFlight, OtherBody

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from starlette.datastructures import Headers
    from starlette.requests import Request
    from starlette.responses import Response

JSON = "application/json"
ANSWERS = frozenset(("*/*", "application/*", JSON, "application/problem+json"))
"""What somebody may ask for to get our JSON."""
NOT_FOUND = "Dit bestaat niet, of is niet van u. Haal de lijst met voorstellen opnieuw op."
NOTHING_DONE = "Verbeter wat in errors staat en stuur het opnieuw. Er is niets veranderd."
OPEN: dict[str, Any] = {"security": []}
"""What a route that anybody may call says of itself in the document (`openapi_extra`)."""


class Spoken(APIRoute):
    """A call of the API: refuses what is not JSON, and tells every error as problem+json."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Give what answers a request."""
        answer = super().get_route_handler()
        is_open = (self.openapi_extra or {}).get("security") == OPEN["security"]

        async def spoken(request: Request) -> Response:
            try:
                answerable(request.headers)
                if not is_open:
                    await admit(request)
                await readable(request)
                response = await answer(request)
            except (VerhuisketenError, HTTPException, RequestValidationError) as error:
                problem = problem_told(error)
                if problem is None:  # a bug or an outage: the edge tells it and writes it down
                    raise
                response = as_json(problem)
            response.headers.update(SAID)
            return response

        return spoken


def problem_told(error: Exception) -> Problem | None:
    """Say which problem an error is; None when it is nobody's mistake but ours."""
    if isinstance(error, RequestValidationError):
        return Problem(400, NOTHING_DONE, mistakes=mistakes_of(error.errors()))
    if isinstance(error, InFlight):
        return Problem(409, str(error), headers={"Retry-After": "1"})
    if isinstance(error, OtherBody):
        return Problem(422, str(error))
    problem = problem_of(error)
    if problem.status == 404:  # noqa: PLR2004 - the same bytes, whoever may or may not see it
        return Problem(404, NOT_FOUND)
    return None if problem.status >= 500 else problem  # noqa: PLR2004 - ours


def answerable(headers: Headers) -> None:
    """Refuse who wants an answer in another form than JSON."""
    wanted = headers.get("accept", "*/*")
    if not any(_wants(one) for one in wanted.split(",")):
        raise Refused(406)


def _wants(media_range: str) -> bool:
    name, *parameters = (part.strip().lower() for part in media_range.split(";"))
    weights = [part[2:].strip() for part in parameters if part.startswith("q=")]
    return name in ANSWERS and not any(weight.strip("0.") == "" for weight in weights)


async def readable(request: Request) -> None:
    """Refuse a body that is no JSON, or that two readers could read differently."""
    if request.method != "POST":
        return
    kind, _, rest = request.headers.get("content-type", "").lower().partition(";")
    charset = rest.partition("charset=")[2].strip().strip('"')
    if kind.strip() != JSON or charset not in ("", "utf-8"):
        raise Refused(415)
    try:
        strict_json(await request.body())
    except NotJson as error:
        raise Refused(400, [Mistake("", "geen_json", str(error))]) from error
