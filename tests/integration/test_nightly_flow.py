"""The night as a real Prefect flow: published, shown, and without anybody's data in Prefect."""

import traceback
from contextlib import nullcontext
from datetime import date

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.testing.utilities import prefect_test_harness
from sqlalchemy.exc import OperationalError

from pipelines import asking, nightly
from pipelines.nightly import WrongCron, WrongHour, only_outages, schedule
from pipelines.settings import Settings
from pipelines.sources.example import region, write
from store import plans
from store.database import connect

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def prefect():
    with (
        prefect_test_harness(server_startup_timeout=120),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


@pytest.fixture
def region_on_disk(database_url, tmp_path, monkeypatch):
    monkeypatch.setattr(asking, "connect", lambda url: connect(url, test=True))
    write(region(dwellings=300, seed=5, on=ON), tmp_path / "leveringen")
    monkeypatch.setenv("VERHUISKETEN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("VERHUISKETEN_DELIVERIES", str(tmp_path / "leveringen"))
    monkeypatch.setenv("VERHUISKETEN_DATABASE_URL", database_url)
    return tmp_path


@pytest.mark.usefixtures("prefect", "region_on_disk")
def test_the_flow_publishes_a_plan_and_shows_it_without_any_household():
    run = nightly.nightly("nacht-1", ON.isoformat())

    with asking.database(Settings()) as engine, engine.begin() as connection:
        assert plans.current(connection, "regio") is not None
    with get_client(sync_client=True) as client:
        artifacts = client.read_artifacts()
    shown = " ".join(str(artifact.data) for artifact in artifacts)
    assert {artifact.key for artifact in artifacts} == {"verhuisplan", "verhuisplan-samenvatting"}
    assert run == "nacht-1"
    assert "H-" not in shown


def test_the_cron_is_in_amsterdam_time():
    assert schedule(Settings(cron="30 3 * * *")).timezone == "Europe/Amsterdam"


def test_a_folder_named_on_the_command_line_reaches_the_runs(monkeypatch, tmp_path):
    """Every run is a process of its own, which knows only the environment."""
    served = []
    monkeypatch.setenv("VERHUISKETEN_DATA", "elders")
    monkeypatch.setattr(nightly, "get_client", lambda **_: AnsweringServer())
    monkeypatch.setattr(nightly.nightly, "serve", lambda **_: served.append(Settings().data))

    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"}):
        nightly.serve(Settings(data=tmp_path))

    assert served == [tmp_path]


class AnsweringServer(nullcontext):
    def __enter__(self):
        return self

    def api_healthcheck(self):
        return None


def test_only_an_outage_is_tried_again():
    class Ended:
        def __init__(self, error):
            self.error = error

        def result(self):
            raise self.error

    assert only_outages(None, None, Ended(OperationalError("", {}, ConnectionError())))
    assert not only_outages(None, None, Ended(ValueError()))


@pytest.mark.usefixtures("prefect", "region_on_disk")
def test_an_error_that_holds_somebodys_data_leaves_it_out_of_prefect(monkeypatch):
    def broken(*_args, **_kwargs):
        raise KeyError("H-000001 Kanarie-Zeldzaam")

    monkeypatch.setattr("pipelines.steps.match", broken)
    ended = nightly.nightly("nacht-kanarie", ON.isoformat(), return_state=True)

    with get_client(sync_client=True) as client:
        said = [run.state.message for run in (*client.read_flow_runs(), *client.read_task_runs())]
    shown = "".join(traceback.format_exception(ended.result(raise_on_failure=False)))
    assert any("KeyError in test_nightly_flow.py" in sentence for sentence in said if sentence)
    assert "Kanarie" not in " ".join(filter(None, said)) + shown


@pytest.mark.parametrize("cron", ["15 2 * * *", "0 */2 * * *", "30 1-5 * * *", "0 0/2 * * *"])
def test_every_way_to_write_the_hour_in_which_the_clock_changes_is_refused(cron):
    with pytest.raises(WrongHour):
        schedule(Settings(cron=cron))


@pytest.mark.parametrize("cron", ["", "elke nacht", "61 3 * * *"])
def test_a_cron_that_is_none_is_one_sentence(cron):
    with pytest.raises(WrongCron, match="30 3"):
        schedule(Settings(cron=cron))
