"""The Prefect services of docker-compose.yml: they run, show, and keep nobody's data."""

import re
from datetime import date

import pytest
from openpyxl import load_workbook
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import StateType
from prefect.deployments import run_deployment
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from pipelines.on_event import Rematcher
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from pipelines.whole import whole_again
from store import log
from store.database import connect
from store.embedded import embedded
from tests.canaries import CANARY, with_canaries
from tests.services import Services

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """The Prefect server and the nights of docker-compose.yml, on a small region of canaries."""
    folder = tmp_path_factory.mktemp("serve")
    write(region(dwellings=300, seed=5, on=ON), folder / "leveringen")
    with_canaries(folder / "leveringen")
    with embedded(folder / "postgres") as url:
        services = Services(folder, url, more={"nights": {"PREFECT_RUNNER_POLL_FREQUENCY": "1"}})
        key = (folder / "secrets" / "prefect_auth").read_text()
        ours = {PREFECT_API_URL: services.url("prefect", "/api"), PREFECT_API_AUTH_STRING: key}
        with services.running("prefect"), temporary_settings(ours):
            services.until_healthy("prefect")
            with services.running("nights"):
                services.until(served, "nights")
                yield services


def served():
    with get_client(sync_client=True) as client:
        return client.read_deployments()


@pytest.fixture(scope="module")
def night(installation):
    """One run of the deployment, asked for twice with the same key."""
    ask = {"timeout": 0, "idempotency_key": "regio:1", "as_subflow": False}
    ask["parameters"] = {"on": ON.isoformat()}
    first, again = (run_deployment("nightly/elke-nacht", **ask) for _ in range(2))
    assert first.id == again.id

    def over():
        with get_client(sync_client=True) as client:
            found = client.read_flow_run(first.id)
        return found if found.state.is_final() else None

    return installation.until(over, "nights")


def test_a_whole_plan_is_asked_of_prefect_once_per_position(installation, night, monkeypatch):
    assert night.state.is_completed()
    monkeypatch.setenv("PREFECT_API_URL", installation.url("prefect", "/api"))
    engine = connect(installation.database_url, test=True)
    rematcher = Rematcher(engine, Settings(database_url=installation.database_url))
    with engine.connect() as connection:
        key = f"{rematcher.region}:{log.head(connection)}"
    nights = len(list((installation.folder / "plans" / "nachten").iterdir()))

    whole_again(rematcher)
    whole_again(rematcher)

    def asked():
        with get_client(sync_client=True) as client:
            found = client.read_flow_runs()
        return [run for run in found if run.idempotency_key and run.idempotency_key.endswith(key)]

    def over():
        return all(run.state.is_final() for run in asked())

    assert len(asked()) == 1
    installation.until(over, "nights")
    engine.dispose()
    assert asked()[0].state.is_completed()
    assert len(list((installation.folder / "plans" / "nachten").iterdir())) == nights + 1


def everything_prefect_keeps(services):
    kept = sorted((services.folder / "prefect").glob("prefect.db*"))
    assert kept
    return b"".join(path.read_bytes() for path in kept)


def test_the_served_night_completes_and_shows_its_plan(night):
    assert night.state.is_completed(), night.state.message
    with get_client(sync_client=True) as client:
        keys = {artifact.key for artifact in client.read_artifacts()}
    assert keys == {"verhuisplan", "verhuisplan-samenvatting"}


def test_the_name_reaches_the_coach_and_never_prefect(installation, night):
    books = sorted((installation.folder / "plans" / "nachten").rglob("*.xlsx"))
    cells = {c.value for s in load_workbook(books[0]).worksheets for r in s.iter_rows() for c in r}
    kept = everything_prefect_keeps(installation)

    assert CANARY in cells
    assert str(night.id).replace("-", "").encode() in kept.replace(b"-", b"")
    assert CANARY.encode() not in kept


def test_no_household_and_no_home_is_known_to_prefect(installation, night):
    assert night.state.is_completed()
    assert not re.findall(rb"[HW]-\d{6}", everything_prefect_keeps(installation))


def test_the_coming_nights_are_scheduled(installation):
    def scheduled():
        wanted = FlowRunFilterStateType(any_=[StateType.SCHEDULED])
        with get_client(sync_client=True) as client:
            return client.read_flow_runs(
                flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=wanted))
            )

    assert installation.until(scheduled, "prefect")


def test_the_health_checks_of_the_file_find_both_well(installation):
    installation.until_healthy("prefect", "nights")


@pytest.mark.usefixtures("installation")
def test_a_stranger_is_not_let_in():
    with temporary_settings({PREFECT_API_AUTH_STRING: "verhuisketen:geraden"}):
        with pytest.raises(PrefectHTTPStatusError) as caught:
            served()
        assert caught.value.response.status_code == 401


def test_what_prefect_and_the_nights_say_holds_nobodys_name(installation, night):
    assert night.state.is_completed()
    for name in ("prefect", "nights"):
        said = installation.log(name).read_text(errors="replace")
        assert CANARY not in said
        assert not re.findall(r"[HW]-\d{6}", said)
