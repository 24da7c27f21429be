"""Pages from templates: Jinja, escaped, with the words and figures as Dutch people write them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from starlette.requests import Request

HERE = Path(__file__).parent


@cache
def _pages() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def page(request: Request, name: str, *, status: int = 200, **given: Any) -> HTMLResponse:  # noqa: ANN401 - whatever a template shows
    """Give a page. `viewer` (or None) and `path` are known in every template."""
    viewer = getattr(request.state, "viewer", None)
    text = _pages().get_template(name).render(viewer=viewer, path=request.url.path, **given)
    return HTMLResponse(text, status)
