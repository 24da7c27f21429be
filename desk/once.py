"""Forms that are posted twice count once: each carries a token that is used up by its effect.

Whoever posts the same form again, at once or later, gets the same page and nothing happens twice.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from data_contracts.words import VerhuisketenError
from store import repeated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.responses import Response

    from desk.desk import Desk
    from desk.viewer import Viewer
    from store.database import Connection

FIELD = "eenmalig"
"""The field of a form that holds its token."""
_TOKEN = re.compile(r"[0-9A-Za-z_-]{16,64}")


class OldForm(VerhuisketenError):
    """Dit formulier is verlopen of al voor iets anders gebruikt. Laad de pagina opnieuw."""


def fresh() -> str:
    """Make the token of a form that is shown now."""
    return secrets.token_urlsafe(18)


def once(
    desk: Desk,
    viewer: Viewer,
    route: str,
    form: Mapping[str, str],
    effect: Callable[[Connection], str],
) -> Response:
    """Let a form have its effect in one transaction, and lead on to the page that it names.

    `form` is all that was posted, its token among it. What the effect raises undoes it, and the
    form can be posted again. Raises OldForm.
    """
    token = form.get(FIELD, "")
    if not _TOKEN.fullmatch(token):
        raise OldForm
    said = json.dumps(sorted(form.items()), ensure_ascii=False)
    call = repeated.Call(
        viewer.corporation, viewer.user, route, token, hashlib.sha256(said.encode()).hexdigest()
    )
    with desk.engine.begin() as connection:
        repeated.wait(connection, call)
        try:
            made = repeated.once(
                connection,
                call,
                lambda inner: repeated.Answer(303, json.dumps(effect(inner))),
                refused=lambda _: None,
            )
        except repeated.OtherBody as other:
            raise OldForm from other
    return RedirectResponse(json.loads(made.body), 303)
