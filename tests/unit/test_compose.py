"""docker-compose.yml without an engine: it is whole, careful and true; each check can go red."""

import copy
import os
import re
import stat
import subprocess

import pytest

from pipelines.settings import Settings
from store.embedded import SETTINGS as EMBEDDED
from tests.compose import (
    FILE,
    GROUP,
    HOUSE,
    SETTINGS,
    compose,
    entrypoint_of_the_image,
    findings,
    ours,
)


@pytest.fixture(scope="module")
def spec():
    return compose()


@pytest.fixture(scope="module")
def known(spec):
    return set(findings(spec))


def test_nothing_is_wrong_with_the_compose_file(known):
    assert known == set()


def test_every_part_of_the_installation_is_there(spec):
    running = {service["command"][0] for service in ours(spec).values()}

    assert {"migrate", "serve", "listen", "send", "watch", "api", "desk", "prefect"} <= running
    assert {"postgres", "proxy"} <= set(spec["services"])


def put(path, value):
    """A mutation: put a value at `services.<path>`; without a value take away what is there."""

    def change(spec):
        *way, last = path.split("/")
        place = spec["services"]
        for part in way:
            place = place[part]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


def undeclared(kind, name):
    return lambda spec: spec[kind].pop(name)


MUTATIONS = [
    ("specification", put("api/restrat", "always")),
    ("specification", put("api/healthcheck/interval", "10 uur")),
    ("specification", undeclared("secrets", "prefect_auth")),
    ("specification", undeclared("networks", "front")),
    ("specification", put("proxy/ports", ["https:8443"])),
    ("names", undeclared("services", "prefect")),
    ("names", undeclared("volumes", "plans")),
    ("names", undeclared("secrets", "tls_key")),
    ("names", undeclared("networks", "door")),
    ("names", put("proxy/volumes", ["./deploy/Kadyfile:/etc/caddy/Caddyfile:ro"])),
    ("names", put("sender/build", None)),
    ("names", put("postgres/build", ".")),
    ("careful", put("api/user", None)),
    ("careful", put("api/user", "0:10001")),
    ("careful", put("api/user", "root")),
    ("careful", put("postgres/read_only", None)),
    ("careful", put("sender/read_only", False)),
    ("careful", put("watcher/cap_drop", None)),
    ("careful", put("watcher/cap_drop", ["NET_RAW"])),
    ("careful", put("proxy/cap_add", ["NET_BIND_SERVICE", "SYS_ADMIN"])),
    ("careful", put("proxy/security_opt", None)),
    ("careful", put("nights/logging", None)),
    ("careful", put("api/networks", None)),
    ("careful", put("api/privileged", True)),
    ("careful", put("api/network_mode", "host")),
    ("healthy", put("listener/restart", None)),
    ("healthy", put("listener/healthcheck", None)),
    ("healthy", put("postgres/healthcheck", None)),
    ("healthy", put("migrate/restart", "unless-stopped")),
    ("healthy", put("watcher/environment/VERHUISKETEN_BEAT", None)),
    ("migrated_first", put("api/depends_on", None)),
    ("migrated_first", put("api/depends_on", {"migrate": {"condition": "service_started"}})),
    ("commands", put("nights/command", ["surf"])),
    ("commands", put("watcher/command", ["watch", "--haast"])),
    ("commands", put("api/command", ["api", "--port", "tachtig"])),
    ("commands", put("metrics/command", ["metrics", "--port", "123456"])),
    ("commands", put("migrate/command", ["migrate", "alles"])),
    ("settings", put("nights/environment/VERHUISKETEN_DELIVERYS", "/x")),
    ("settings", put("nights/environment/PREFECT_RUNNER_SERVER_PORTS", "1")),
    ("secrets", put("api/environment/PGPASSWORD", "geheim")),
    ("secrets", put("prefect/environment/PREFECT_SERVER_API_AUTH_STRING", "a:b")),
    ("secrets", put("api/environment/VERHUISKETEN_DATABASE_URL", "postgresql://v:geheim@postgres/v")),
    ("secrets", put("sender/command", ["send", "--proxy", "http://v:geheim@elders/"])),
    ("secrets", put("listener/secrets", ["database_passfile"])),
    ("secrets", put("api/secrets", None)),
    ("ports", put("api/ports", ["8080:8080"])),
    ("ports", put("prefect/ports", ["4200:4200"])),
    ("ports", put("postgres/ports", ["0.0.0.0:5432:5432"])),
    ("reach", put("proxy/networks", ["door", "front", "database"])),
    ("reach", put("postgres/networks", ["database", "door"])),
    ("reach", put("api/networks", ["front"])),
    ("reach", put("nights/environment/PREFECT_API_URL", "http://prefekt:4200/api")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("check", "change"), MUTATIONS, ids=[f"{n:02}-{c}" for n, (c, _) in enumerate(MUTATIONS)]
)
def test_every_check_goes_red(spec, known, check, change):
    broken = copy.deepcopy(spec)
    change(broken)

    assert check in {found for found, _, _ in set(findings(broken)) - known}


def test_the_database_keeps_silent_about_rows_just_as_the_embedded_one(spec):
    told = {word for word in spec["services"]["postgres"]["command"] if "=" in word}
    silent = ("log_error_verbosity", "log_min_error_statement", "log_parameter_max_length_on_error")

    assert {f"{name}={EMBEDDED[name]}" for name in silent} <= told


def test_the_proxy_passes_on_to_a_service_that_listens_there(spec):
    lines = (HOUSE / "deploy" / "Caddyfile").read_text("utf-8")
    passed_on = re.findall(r"reverse_proxy (\w+):(\d+)", lines)
    assert [host for host, _ in passed_on] == ["api", "desk"]
    for host, port in passed_on:
        command = spec["services"][host]["command"]
        assert command[command.index("--port") + 1] == port
    inside = {p.split(":")[-1] for p in spec["services"]["proxy"]["ports"]}
    assert inside == set(re.findall(r"https?_port (\d+)", lines))
    asked = spec["services"]["proxy"]["healthcheck"]["test"][-1].rstrip("/")
    assert f"{asked} {{" in lines


def test_who_stands_behind_the_proxy_answers_to_the_name_it_has_there(spec):
    names = spec["services"]["proxy"]["environment"]

    for service, name in (("api", "SITE"), ("desk", "DESK")):
        known = spec["services"][service]["environment"]["VERHUISKETEN_PUBLIC_URL"]
        assert known == f"https://{names[name]}"


def test_what_the_proxy_reads_is_given(spec):
    lines = (HOUSE / "deploy" / "Caddyfile").read_text("utf-8")
    read = set(re.findall(r"/run/secrets/(\w+)", lines))

    assert read == set(spec["services"]["proxy"]["secrets"])


def test_the_image_runs_our_command_as_the_account_of_the_file(spec):
    lines = (HOUSE / "Dockerfile").read_text("utf-8")

    assert entrypoint_of_the_image() == ["verhuisketen"]
    assert f"USER {spec['services']['api']['user']}" in lines
    folders = re.search(r"install --directory .* (/data.*)", lines)[1].split()
    written = {
        volume.split(":")[1]
        for service in ours(spec).values()
        for volume in service.get("volumes", ())
        if volume.split(":")[0] in spec["volumes"]
    }
    assert written <= set(folders)


def test_the_image_can_copy_the_database_of_the_file(spec):
    lines = (HOUSE / "Dockerfile").read_text("utf-8")
    client = re.search(r"postgresql-client-(\d+)", lines)[1]

    assert spec["services"]["postgres"]["image"] == f"postgres:{client}"


def test_no_secret_enters_the_image_or_the_history():
    kept_out = (HOUSE / ".dockerignore").read_text("utf-8").split()
    allowed = {line[1:] for line in kept_out if line.startswith("!")}

    assert "*" in kept_out
    assert not allowed & {"secrets", "leveringen", "postvak-in", "run", ".env"}
    assert "secrets/" in (HOUSE / ".gitignore").read_text("utf-8")


def test_the_secrets_are_made_once_and_only_their_account_reads_them(spec, tmp_path):
    folder = tmp_path / "secrets"
    first = make_secrets(folder)

    assert make_secrets(folder) == first
    assert first["database_passfile"].endswith(f":{first['database_password']}\n")
    assert len(set(first.values())) == len(first)
    assert all(stat.S_IMODE((folder / name).stat().st_mode) == 0o600 for name in first)
    needed = {name for s in spec["services"].values() for name in s.get("secrets", ())}
    assert needed - set(first) == {"tls_certificate", "tls_key"}  # a corporation has its own


def make_secrets(folder):
    script = HOUSE / "deploy" / "secrets.sh"
    subprocess.run([script, folder], check=True, env={"PATH": os.environ["PATH"]})
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_the_settings_of_the_file_are_settings_that_can_be(spec, monkeypatch):
    for service in ours(spec).values():
        for name, value in service.get("environment", {}).items():
            monkeypatch.setenv(name, str(value))
    assert Settings().log == "json"
    assert "x-ours" in FILE.read_text("utf-8")


def test_the_guide_names_services_commands_and_settings_that_exist(spec):
    guide = (HOUSE / "docs" / "guides" / "beheer.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `(\w+)` \| [^|]+ \| .*\|$", guide, flags=re.MULTILINE))

    assert set(re.findall(r"(?<!-U )verhuisketen ([a-z-]+)", guide)) <= set(GROUP.commands)
    assert set(re.findall(r"VERHUISKETEN_[A-Z_]+", guide)) <= SETTINGS
    assert set(spec["services"]) <= listed
    assert set(re.findall(r"docker compose (?:exec|restart|logs) (\w+)", guide)) <= set(
        spec["services"]
    )
    assert all(
        (HOUSE / "docs/guides" / to).exists() for to in re.findall(r"\]\(([\w.-]+)\)", guide)
    )
