"""Pages from templates: Jinja, escaped, with the words and figures as Dutch people write them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from desk import figures
from desk.files import address
from desk.navigation import current, first_page, navigation

if TYPE_CHECKING:
    from starlette.requests import Request

HERE = Path(__file__).parent
FILTERS = {
    "euro": figures.euro,
    "day": figures.day,
    "short_day": figures.short_day,
    "moment": figures.moment,
    "minutes": figures.minutes,
    "metres": figures.metres,
    "signed": figures.signed,
    "number": figures.number,
    "many": figures.many,
}
"""What templates may do to a figure; `desk.figures` says what each gives."""


@cache
def _pages() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,  # what was read once does not change while we run
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    made.globals.update(static=address, navigation=navigation, current=current, home=first_page)
    return made


def is_fragment(request: Request) -> bool:
    """Whether htmx asks, and so only wants the part that changes, not a page around it.

    A link that htmx boosts and a return through the history want a whole page.
    """
    asked = request.headers
    return (
        asked.get("hx-request") == "true"
        and asked.get("hx-boosted") != "true"
        and asked.get("hx-history-restore-request") != "true"
    )


def page(
    request: Request,
    name: str,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    **given: Any,  # noqa: ANN401 - whatever a template shows
) -> HTMLResponse:
    """Give a page, or only its `main` where htmx asks for a part of it.

    Known in every template: `viewer` (or None), `path`, `fragment` (whether htmx asks), the
    filters of `FILTERS`, and `static("verhuisketen.css")` for the address of a file of ours.
    """
    shown = {
        "viewer": getattr(request.state, "viewer", None),
        "path": request.url.path,
        "fragment": is_fragment(request),
        **given,
    }
    text = _pages().get_template(name).render(shown)
    return HTMLResponse(text, status, {"Vary": "HX-Request", **(headers or {})})
