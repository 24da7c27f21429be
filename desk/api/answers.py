"""Answers to proposals: a step that was seen to be possible, with one effect however often sent."""

import hashlib
import json
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from data_contracts.mistakes import Mistake
from data_contracts.words import VerhuisketenError
from desk.api import sight
from desk.api.documented import problems
from desk.api.models import ID_PATTERN, Geantwoord, Reactie
from desk.api.speaking import Spoken, problem_told
from desk.api.version import PREFIX
from desk.api.words import STAND, STEP_TO, Stap
from desk.desk import desk_of
from desk.problems import MEDIA_TYPE, Refused, as_json
from desk.viewer import Role, Viewer, only
from store import decisions, life, repeated, undo, words
from store.database import Connection
from store.repeated import Answer, Call
from store.today import today

router = APIRouter(prefix="/voorstellen", tags=["Voorstellen"], route_class=Spoken)
ROUTE = "POST /v1/voorstellen/{id}/reacties"
CREATED = 201
ABOUT = "decline"
"""What the words of a refusal are about, in `store.words`."""
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,255}$",
        description="Uw kenmerk van dit verzoek, zoals een UUID. Hetzelfde verzoek met hetzelfde "
        "kenmerk heeft één gevolg en geeft 24 uur lang het eerste antwoord.",
        examples=["5f2b7c1e-2f5c-4a58-9d7e-0c8c1f6f5d11"],
    ),
]


@router.post(
    "/{id}/reacties",
    operation_id="reageerOpVoorstel",
    summary="Zet een stap met een voorstel: opnemen, aannemen, weigeren, tekenen, verhuizen.",
    status_code=CREATED,
    response_model=Geantwoord,
    responses=problems(400, 403, 404, 408, 409, 413, 415, 422),
)
def react(
    request: Request,
    viewer: Annotated[Viewer, Depends(only(Role.COACH))],
    name: Annotated[
        str, Path(alias="id", pattern=ID_PATTERN, description="Kenmerk van het voorstel.")
    ],
    said: Reactie,
    key: Key,
) -> Response:
    """Let a proposal pass to its next state, or take its last step back; one effect per key."""
    desk = desk_of(request)
    call = Call(viewer.corporation, viewer.user, ROUTE, key, _digest(name, said))
    sight.proposal(desk, viewer, name)
    if said.toelichting is not None:
        _screened(said.toelichting)
    step = partial(_step, name=name, said=said, viewer=viewer, on=today(desk.clock()))
    with desk.engine.begin() as connection:
        answer = repeated.once(connection, call, step, refused=_refused)
    return _response(answer, name)


def _digest(name: str, said: Reactie) -> str:
    """Everything a call says: two that mean the same are the same, however they were written."""
    content = json.dumps([name, said.model_dump(mode="json")], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _screened(text: str) -> None:
    """Refuse words that may not be kept, before anything else is done with them."""
    try:
        words.screened(text)
    except words.NotToBeKept as error:
        mistake = Mistake("/toelichting", "kan_hier_niet", str(error))
        raise Refused(400, [mistake]) from error


def _step(connection: Connection, *, name: str, said: Reactie, viewer: Viewer, on: date) -> Answer:
    seen: dict[str, Any] = {"on": on, "expected_position": said.positie, "by": viewer.user}
    if said.stap is Stap.TERUGNEMEN:
        position = undo.undo(connection, name, **seen)
        words.forget_about(connection, viewer.corporation, ABOUT, name)
    elif said.stap is Stap.VOORLEGGEN:
        position = decisions.present(connection, name, **seen)
    else:
        position = life.answer(connection, name, STEP_TO[said.stap], reason=said.reden, **seen)
    row = life.find(connection, name)
    if said.toelichting is not None and row["position"] == position:
        words.keep(
            connection,
            corporation=viewer.corporation,
            household=row["household"],
            about=ABOUT,
            subject=name,
            said=said.toelichting,
            by=viewer.user,
        )
    # Of this step, also when it was taken before, by another key, and the proposal went on.
    state = STEP_TO.get(said.stap, row["state"])
    told = Geantwoord(voorstel=name, stand=STAND[state], positie=position)
    return Answer(CREATED, told.model_dump_json(by_alias=True))


def _refused(error: VerhuisketenError) -> Answer | None:
    """Remember that it could not be: the same call again hears the same. What is ours, is not."""
    problem = problem_told(error)
    if problem is None:
        return None
    return Answer(problem.status, bytes(as_json(problem).body).decode())


def _response(answer: Answer, name: str) -> Response:
    headers = {"Idempotency-Replayed": "true"} if answer.again else {}
    if answer.status == CREATED:
        headers["Location"] = f"{PREFIX}/voorstellen/{name}"
    kind = "application/json" if answer.status == CREATED else MEDIA_TYPE
    return Response(answer.body, answer.status, headers, kind)
