"""Log lines: what may be in them, and nobody's data, whoever speaks and whatever goes wrong."""

import ast
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.logs import DROPPED, FIELDS, LONGEST, logger, told

HOUSE = Path(__file__).parents[2]
CANARY = "Kanarie-Zeldzaam"
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}

# In a process of its own: `set_up` is for a whole process, and pytest has its own way with logs.
SPEAKERS = """
import logging, sys, threading, warnings
import sqlalchemy
from pipelines.logs import logger, set_up
from pipelines.settings import Settings

logging.getLogger("other").addHandler(logging.StreamHandler())  # a library with its own console
set_up(Settings(log=sys.argv[1]))
log = logger("proef")
name = sys.argv[2]

log.info("feit gelezen", position=12, huishouden=name, run={"naam": name})
log.bind(naam=name).info("gebonden", count=object())
try:
    raise ValueError(name)
except ValueError as error:
    log.error("mislukt", exc_info=error)
    log.exception("ook mislukt")
    logging.getLogger("other").exception("kan %s niet lezen", name)
logging.getLogger("other").warning(f"kan {name} niet lezen")
logging.getLogger("other").warning("hoort een getal te zijn: %d", name)
class Silent:
    def __str__(self):
        raise ValueError(name)
logging.getLogger("other").warning(Silent(), name)
logging.getLogger("sqlalchemy.engine").error("SELECT %s", (name,))
logging.getLogger("httpx").info("HTTP Request: %s", name)
logging.getLogger("uvicorn.access").info(
    '%s - "%s %s HTTP/%s" %d', "192.0.2.1", "GET", f"/zoek?naam={name}", "1.1", 200
)
logging.getLogger("uvicorn.error").info("Application startup complete.")
warnings.warn(name, stacklevel=1)
engine = sqlalchemy.create_engine("sqlite://", hide_parameters=True)
try:
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("SELECT :naam FROM niets"), {"naam": name})
except sqlalchemy.exc.DBAPIError as error:
    log.error("database", exc_info=error)
thread = threading.Thread(target=lambda: int(name))
thread.start()
thread.join()
int(name)
"""


@pytest.fixture(scope="module", params=["json", "plain"])
def spoken(request):
    said = subprocess.run(
        [sys.executable, "-c", SPEAKERS, request.param, CANARY],
        capture_output=True,
        text=True,
        check=False,
        cwd=HOUSE,
    )
    assert said.stdout == ""
    return request.param, said.stderr


def test_nobodys_data_gets_into_a_log_line(spoken):
    _, said = spoken

    assert "feit gelezen" in said
    assert CANARY not in said
    assert "192.0.2.1" not in said
    assert "Traceback" not in said


def test_every_line_is_json_with_allowed_fields_only(spoken):
    form, said = spoken
    if form != "json":
        return
    lines = [json.loads(line) for line in said.splitlines()]

    assert {name for line in lines for name in line} <= FIELDS
    assert all({"event", "level", "at"} <= set(line) for line in lines)
    first = lines[0]
    assert (first["event"], first["position"], first["dropped"]) == ("feit gelezen", 12, 2)


def test_other_libraries_are_heard_without_what_they_filled_in(spoken):
    form, said = spoken
    if form != "json":
        return
    lines = [json.loads(line) for line in said.splitlines()]
    by = {line["logger"]: line for line in lines}

    assert "hoort een getal te zijn: %d" in {line["event"] for line in lines}
    assert by["uvicorn.access"]["event"] == "verzoek"
    assert (by["uvicorn.access"]["method"], by["uvicorn.access"]["status"]) == ("GET", 200)
    assert by["sqlalchemy.engine"]["event"] == "SELECT %s"
    assert by["uvicorn.error"]["event"] == "Application startup complete."
    assert "httpx" not in by
    assert {line["error"] for line in lines if "error" in line} >= {
        "ValueError",
        "OperationalError",
    }


def test_an_exception_nobody_caught_is_told_by_class_and_place(spoken):
    form, said = spoken
    if form != "json":
        return
    uncaught = [json.loads(line) for line in said.splitlines() if "verhuisketen.process" in line]

    assert [line["error"] for line in uncaught] == ["ValueError", "ValueError"]
    assert all(":" in line["place"] for line in uncaught)


def test_a_logger_keeps_to_the_list_before_anything_is_set_up(caplog):
    before = DROPPED._value.get()

    logger("proef").warning("iets", naam=CANARY, count=1)

    assert CANARY not in caplog.text
    assert DROPPED._value.get() == before + 1


def test_a_very_long_value_is_cut():
    assert len(heard("x" * 10_000)["region"]) == LONGEST


def heard(value):
    kept = []
    handler = logging.Handler()
    handler.emit = kept.append
    ours = logging.getLogger("verhuisketen.lang")
    ours.addHandler(handler)
    try:
        logger("lang").warning("lang", region=value)
    finally:
        ours.removeHandler(handler)
    return kept[0].msg


def test_of_an_exception_only_our_own_sentence_is_told():
    from data_contracts.words import VerhuisketenError  # noqa: PLC0415 - beside its use

    assert told(VerhuisketenError("Draai eerst een nacht."))["sentence"] == "Draai eerst een nacht."
    assert "sentence" not in told(ValueError(CANARY))


def calls_to_a_logger():
    for path in sorted((HOUSE / "pipelines").rglob("*.py")):
        text = path.read_text("utf-8")
        if "pipelines.logs import" not in text and path.name != "logs.py":
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                of = ast.unparse(node.func.value)
                ours = of.startswith("logger(") or of in {"log", "LOG"}
                if node.func.attr in LEVELS and ours:
                    yield path.name, node


def test_our_own_lines_have_constant_words_and_known_fields():
    calls = list(calls_to_a_logger())

    assert calls
    for name, node in calls:
        words = node.args[0]
        either = (words.body, words.orelse) if isinstance(words, ast.IfExp) else (words,)
        constant = all(isinstance(one, ast.Constant) for one in either)
        assert constant, f"{name}: regel {node.lineno}"
        fields = {keyword.arg for keyword in node.keywords} - {
            "exc_info",
            None,
        }  # `**found` is filtered when it is told
        assert fields <= FIELDS, f"{name}: regel {node.lineno}: {fields - FIELDS}"
