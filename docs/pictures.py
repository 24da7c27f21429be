"""Pictures of the main pages, of a made-up night in a real browser: `python -m docs.pictures`.

Runs the night of the demo in a folder that goes away afterwards, opens the desk on it and writes
one PNG per page to `docs/pictures`. Asks for chromium; takes two minutes. The people are made up.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
import threading
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import uvicorn
from playwright.sync_api import sync_playwright
from sqlalchemy import text

from desk import reading
from desk.app import application
from desk.sessions import PLAIN
from desk.viewer import Role, Viewer
from pipelines import asking
from pipelines.settings import Settings
from store import sessions, users
from store.tenants import reading as reading_as

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from desk.thinking import Stand
    from store.database import Engine

FOLDER = Path(__file__).with_name("pictures")
NIGHT = date(2026, 11, 22)
MORNING = datetime(2026, 11, 22, 7, 45, tzinfo=UTC)
DWELLINGS = 2_000
WIDTH = 1_200
LARGEST = 300_000
"""Bytes of one picture: a page of documentation must stay quick to open."""


class Picture(NamedTuple):
    """One page: its file, its path, who looks at it, how much of it is shown (pixels)."""

    file: str
    path: str
    role: str
    height: int


PICTURES = (
    Picture("ochtend.png", "/voorstellen", "coach", 1_250),
    Picture("voorstel.png", "/voorstellen/{proposal}", "coach", 1_900),
    Picture("keten.png", "/voorstellen/{proposal}/keten", "coach", 1_000),
    Picture("waarom-niet.png", "/voorstellen/{proposal}/waarom-niet?woning={other}", "coach", 900),
    Picture("plan.png", "/plan", "planner", 1_200),
    Picture("wat-als.png", "/wat-als/nieuw?voorbeeld=nieuwbouw-55plus", "planner", 1_400),
    Picture("gebied.png", "/gebied", "planner", 1_100),
)
CASES = text("""
    WITH own AS (
        SELECT coach, corporation FROM proposal WHERE state = 'offered' AND coach IS NOT NULL
        GROUP BY 1, 2 ORDER BY count(*) DESC, 1, 2 LIMIT 1
    )
    SELECT id AS proposal, dwelling, coach, corporation
    FROM proposal JOIN own USING (coach, corporation)
    WHERE state = 'offered' AND leaves IS NOT NULL AND 2 < (
        SELECT count(*) FROM proposal AS other WHERE other.chain = proposal.chain)
    ORDER BY id
""")


class NoBrowser(RuntimeError):
    """Chromium is niet geïnstalleerd. Installeer het pakket `chromium` en probeer het opnieuw."""


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="vhk-pictures-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the database server runs as another account
        settings = Settings(data=folder / "data", deliveries=folder / "leveringen")
        asking.example(settings.deliveries, dwellings=DWELLINGS, seed=1, addresses=None, on=NIGHT)
        asking.night(settings, on=NIGHT)
        with asking.database(settings) as engine, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium(), args=["--no-sandbox", "--lang=nl-NL"]
            )
            take_all(engine, settings, browser)
            browser.close()


def chromium() -> str:
    """Find the browser. Raises NoBrowser."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise NoBrowser(NoBrowser.__doc__)


def take_all(engine: Engine, settings: Settings, browser: Browser) -> None:
    """Open the desk on a night, and write a picture of each page."""
    app = application(engine, settings, clock=lambda: MORNING)
    with serving(app) as origin:
        app.state.desk.thinking.look()  # wait until the plan is warm
        shown = case(engine, app.state.desk.thinking.now())
        for one in PICTURES:
            token = sign_in(engine, one.role, shown)
            take(browser, origin, token, one._replace(path=one.path.format(**shown)))


def case(engine: Engine, stand: Stand) -> dict[str, str]:
    """Choose what is shown: of the busiest coach, the move that brings people nearest."""
    with engine.connect() as connection:
        found = [dict(row) for row in connection.execute(CASES).mappings()]
    chosen = max(found, key=lambda one: (nearer(engine, stand, one), one["proposal"]))
    other = next(one["dwelling"] for one in found if one is not chosen)
    return chosen | {"other": other}


def nearer(engine: Engine, stand: Stand, one: dict[str, str]) -> int:
    """Say how many minutes less on foot a proposal makes it to whom and what matters."""
    viewer = Viewer("beeld", one["corporation"], "M. Jansen", frozenset({Role.COACH}), one["coach"])
    with reading_as(engine, viewer.corporation) as connection:
        near = reading.proposal(connection, stand, viewer, one["proposal"], on=stand.on).near
    if near is None or near.now is None or near.then is None:
        return 0
    return near.now - near.then


def sign_in(engine: Engine, role: str, shown: dict[str, str]) -> str:
    """Make somebody with a role, and give the token of their session."""
    with engine.begin() as connection:
        login = f"{role}-{datetime.now(tz=UTC).timestamp()}"
        made = users.add(
            connection,
            corporation=shown["corporation"],
            login=login,
            name="M. Jansen",
            roles=[role],
            coach=shown["coach"] if role == "coach" else None,
            hours=24,
            factor_needed=False,
        )
        return sessions.begin(connection, made.corporation, made.id, at=MORNING, stage="whole")


@contextmanager
def serving(app: Any) -> Iterator[str]:  # noqa: ANN401 - any ASGI application
    """Serve an application on this machine only, and give its origin."""
    with socket.socket() as at:
        at.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [at]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{at.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def take(browser: Browser, origin: str, token: str, one: Picture) -> None:
    """Write one picture, when everything on the page is there."""
    size = {"width": WIDTH, "height": one.height}
    context = browser.new_context(base_url=origin, locale="nl-NL", viewport=size)
    context.add_cookies([{"name": PLAIN, "value": token, "url": origin}])
    page = context.new_page()
    ready(page, one.path)
    file = FOLDER / one.file
    page.screenshot(path=file, clip={"x": 0, "y": 0, **size})
    context.close()
    if file.stat().st_size > LARGEST:
        raise SystemExit(f"{file} is te groot: {file.stat().st_size} bytes")
    print(f"{file.relative_to(FOLDER.parents[1])}: {file.stat().st_size:,} bytes")


def ready(page: Any, path: str) -> None:  # noqa: ANN401 - a page of the browser
    """Open a page, and again until the plan is warm and its parts have come."""
    for _ in range(60):
        answer = page.goto(path)
        page.wait_for_load_state("networkidle")
        if answer.ok and "wordt nog geladen" not in page.content():
            return
        page.wait_for_timeout(1_000)
    raise SystemExit(f"{path} kwam niet: {answer.status}")


if __name__ == "__main__":
    main()
