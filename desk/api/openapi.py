"""The API as a document: OpenAPI 3.1, made from the very routes, by the NL API Design Rules 2.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi

from desk.api.models import Probleem
from desk.api.speaking import OPEN
from desk.api.version import PREFIX, VERSION
from desk.problems import DESCRIBED, MEDIA_TYPE, SAID
from desk.sessions import cookie_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.routing import BaseRoute

    from store.installation import Installation

Document = dict[str, Any]
ABOUT = (
    "Wat een verhuiscoach op de pagina's ziet en doet, voor haar programma's: voorstellen lezen en "
    "beantwoorden, woningen en huishoudens bij hun kenmerk, het plan en waar het op rust. "
    "Handleiding: docs/guides/api.md. Feiten van andere systemen gaan door een andere poort: "
    "docs/guides/koppelen.md."
)
LICENCE = {
    "name": "EUPL-1.2",
    "url": "https://joinup.ec.europa.eu/collection/eupl/eupl-text-eupl-12",
}
TAGS = [
    {"name": "Voorstellen", "description": "Voorstellen voor uw huishoudens, en uw antwoord."},
    {"name": "Woningen en huishoudens", "description": "Bij hun kenmerk; nooit een naam of adres."},
    {"name": "Plan", "description": "Het plan dat geldt, in totalen, en waar het op rust."},
    {"name": "Over deze koppeling", "description": "Wie u bent, en dit document."},
]
VERSION_HEADER: Document = {
    "API-Version": {
        "description": "Volledig versienummer van deze API.",
        "schema": {"type": "string", "examples": [VERSION]},
    }
}
MORE = {
    "leesVoorstellen": "In de volgorde waarin er iets aan veranderde. Bewaar de laatste cursor: "
    "vraag er later mee verder en u hoort wat er sindsdien veranderde.",
    "leesVoorstel": "De redenen zijn die van het plan waarin het voorstel voor het eerst stond. "
    "Wie dit leest, staat daarna bij 'wie heeft gekeken'.",
    "reageerOpVoorstel": "Stuur de positie mee die u las: is het voorstel intussen veranderd, dan "
    "hoort u 409 en is er niets gebeurd. Stuur hetzelfde verzoek gerust nog eens, met dezelfde "
    "Idempotency-Key. `terugnemen` neemt de laatste stap terug, zolang een ander in de keten nog "
    "niets deed.",
    "leesAanbieding": "VERA 4.3, Woonruimteverdeling. Een keten kent VERA niet: die staat bij "
    "extra-attributen. Een weigerreden van ons staat daar ook, naast die van VERA.",
    "leesToewijzing": "VERA 4.3, Woonruimteverdeling. Bestaat vanaf de handtekening.",
    "leesHuishouden": "Wie dit leest, staat daarna bij 'wie heeft gekeken'.",
}
"""What there is to say of a call besides its one sentence."""
ALWAYS = (406, 421, 500, 503)
"""What any call may hear."""
SESSION = (
    "De sessie van wie zich op de pagina's aanmeldde. Stuur bij een POST ook Sec-Fetch-Site: "
    "same-origin of een Origin van dit bureau mee."
)
KEY = "Een sleutel die u op de pagina /account/sleutels zelf maakt. Hij is u, en mag minder."
METHODS = ("get", "post")


def openapi(routes: Sequence[BaseRoute], installation: Installation) -> Document:
    """Make the OpenAPI document of these routes for an installation."""
    url = installation.public_url.rstrip("/")
    made = get_openapi(
        title="Verhuisketen: het bureau",
        version=VERSION,
        openapi_version="3.1.0",
        description=ABOUT,
        routes=routes,
        tags=TAGS,
        servers=[{"url": f"{url}{PREFIX}", "description": "Deze installatie"}],
        contact={"name": "Beheer van Verhuisketen", "url": url, "email": installation.contact},
        license_info=LICENCE,
    )
    made["paths"] = {path.removeprefix(PREFIX): item for path, item in made["paths"].items()}
    for method, operation in _operations(made):
        _complete(method, operation)
    made["security"] = [{"sleutel": []}, {"sessie": []}]
    _components(made, cookie=cookie_name(installation))
    return made


def _operations(made: Document) -> Iterator[tuple[str, Document]]:
    for item in made["paths"].values():
        for method in METHODS:
            if method in item:
                yield method, item[method]


def _complete(method: str, operation: Document) -> None:
    """Say of a call what every call has: its version, and the problems one may hear."""
    operation.pop("description", None)  # the words for who reads the code
    if operation["operationId"] in MORE:
        operation["description"] = MORE[operation["operationId"]]
    told = operation["responses"]
    if method == "get":
        told.pop("422", None)  # ours is 400, with all mistakes together
    heard = {int(status) for status in told if int(status) >= 400} | set(ALWAYS)  # noqa: PLR2004 - an error
    if operation.get("security") != OPEN["security"]:
        heard |= {401, 429}
    for status, response in told.items():
        if int(status) not in heard:
            response["headers"] = VERSION_HEADER | response.get("headers", {})
    for status in sorted(heard):
        told[str(status)] = {"$ref": f"#/components/responses/{SAID[status][0]}"}
    operation["responses"] = dict(sorted(told.items()))


def _components(made: Document, *, cookie: str) -> None:
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Probleem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Probleem": problem}
    components["responses"] = {SAID[status][0]: _problem(status) for status in SAID}
    components["securitySchemes"] = {
        "sleutel": {"type": "http", "scheme": "bearer", "description": KEY},
        "sessie": {"type": "apiKey", "in": "cookie", "name": cookie, "description": SESSION},
    }


def _problem(status: int) -> Document:
    name, title, detail = SAID[status]
    example = {"type": DESCRIBED + name, "title": title, "status": status, "detail": detail}
    again = {"Retry-After": {"schema": {"type": "integer"}}} if status in (429, 503) else {}
    content = {
        MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Probleem"}, "example": example}
    }
    return {"description": title, "headers": VERSION_HEADER | again, "content": content}
