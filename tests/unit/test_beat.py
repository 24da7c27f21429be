"""The heartbeat that the health checks of docker-compose.yml look at."""

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from pipelines.beat import SECONDS, answers, beat, is_fresh, main

HOUSE = Path(__file__).parents[2]


def test_a_service_at_work_is_well_and_one_that_stands_still_is_not(tmp_path, monkeypatch):
    file = tmp_path / "beat"
    monkeypatch.setenv("VERHUISKETEN_BEAT", str(file))
    assert main([]) == 1  # nothing yet

    beat(file)
    assert main([]) == 0

    long_ago = file.stat().st_mtime - SECONDS - 1
    os.utime(file, (long_ago, long_ago))
    assert main([]) == 1
    beat(file)
    assert is_fresh(file)


def test_without_a_file_nobody_is_told():
    beat(None)


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    made = HTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()
    thread.join()


def test_a_door_is_well_when_it_answers_with_success(server):
    assert answers(f"{server}/200")
    assert not answers(f"{server}/503")
    assert main([f"{server}/200"]) == 0
    assert main([f"{server}/503"]) == 1


def test_a_door_that_is_not_there_is_not_well():
    assert not answers("http://127.0.0.1:1/health/live")


def test_looking_needs_nothing_but_the_standard_library():
    """It runs for every service every half minute: pandas would cost a core."""
    asked = (
        "import sys, pipelines.beat; print(len({'pandas', 'ortools', 'prefect'} & {*sys.modules}))"
    )
    said = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=HOUSE
    )
    assert said.stdout.strip() == "0"
