"""What must be true of docker-compose.yml, as a list of what is wrong; and its commands to run."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from compose_spec import PyCompose
from prefect.settings.legacy import _get_settings_fields
from prefect.settings.models.root import Settings as PrefectSettings
from typer import TyperException
from typer.main import get_command

from pipelines.cli import app
from pipelines.settings import Settings

HOUSE = Path(__file__).parents[1]
FILE = HOUSE / "docker-compose.yml"
OURS = "verhuisketen"
ONCE = "service_completed_successfully"
DOOR = "proxy"
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY|AUTH")
INSIDE = re.compile(r"://[^/\s:@]+:[^/\s@]+@")
FILLED_IN = re.compile(r"\$\{\w+:-([^}]*)\}")
"""A variable of whoever starts it, with what it is otherwise."""
PLAIN_FILES = ("_FILE", "PGPASSFILE")
GROUP = get_command(app)
SETTINGS = {f"VERHUISKETEN_{name.upper()}" for name in Settings.model_fields}
PREFECT = set(_get_settings_fields(PrefectSettings))


def compose(text=None):
    """The file with its anchors filled in."""
    return yaml.safe_load(text or FILE.read_text("utf-8"))


def entrypoint_of_the_image():
    """What our image runs when a service says nothing else: the last line of the Dockerfile."""
    line = (HOUSE / "Dockerfile").read_text("utf-8").splitlines()[-1]
    return yaml.safe_load(line.removeprefix("ENTRYPOINT "))


def command_line(service):
    """The words a container of a service starts with; compose writes a dollar twice."""
    words = [*service.get("entrypoint", entrypoint_of_the_image()), *service.get("command", ())]
    return [word.replace("$$", "$") for word in words]


def ours(spec):
    return {name: s for name, s in spec["services"].items() if s.get("image") == OURS}


def findings(spec):
    """Everything that is wrong with the file: (check, service, what)."""
    return [
        *_says_the_specification(spec),
        *(
            (check.__name__, name, wrong)
            for name, service in spec["services"].items()
            for check in CHECKS
            for wrong in check(spec, name, service)
        ),
    ]


def _says_the_specification(spec):
    try:
        PyCompose.from_yaml(yaml.safe_dump(spec)).validate()
    except ValueError as error:
        yield "specification", "", str(error)


def names(spec, _name, service):
    """Everything a service names is declared, and everything has one clear image."""
    for kind in ("secrets", "networks"):
        yield from set(service.get(kind, ())) - set(spec[kind])
    yield from set(service.get("depends_on", ())) - set(spec["services"])
    for volume in service.get("volumes", ()):
        source = volume.split(":")[0]
        if not source.startswith("./") and source not in spec["volumes"]:
            yield source
        if source.startswith("./deploy") and not (HOUSE / source).exists():
            yield source
    if "image" not in service or ("build" in service) != (service["image"] == OURS):
        yield "image"


def careful(_spec, _name, service):
    """No root, nothing to write on, no rights, an end to its logs, and somewhere to be."""
    account = str(service.get("user", "0")).split(":")[0]
    if not account.isdigit() or int(account) == 0:
        yield "user"
    if service.get("read_only") is not True:
        yield "read_only"
    if service.get("cap_drop") != ["ALL"]:
        yield "cap_drop"
    if set(service.get("cap_add", ())) - {"NET_BIND_SERVICE"}:
        yield "cap_add"
    if "no-new-privileges:true" not in service.get("security_opt", ()):
        yield "security_opt"
    if not {"max-size", "max-file"} <= set(service.get("logging", {}).get("options", ())):
        yield "logging"
    if not service.get("networks"):
        yield "networks"
    yield from {"privileged", "network_mode", "pid", "ipc", "devices"} & set(service)


def healthy(spec, name, service):
    """A service that stays is watched and started again; one that ends is waited for."""
    once = name in {
        on
        for other in spec["services"].values()
        for on, how in other.get("depends_on", {}).items()
        if how["condition"] == ONCE
    }
    if service.get("restart") != ("on-failure" if once else "unless-stopped"):
        yield "restart"
    if not once and not service.get("healthcheck", {}).get("test"):
        yield "healthcheck"
    for on, how in service.get("depends_on", {}).items():
        watched = spec["services"].get(on, {}).get("healthcheck")
        if how["condition"] == "service_healthy" and not watched:
            yield f"depends_on {on}"
    if how_it_is_asked(service) == ["python", "-m", "pipelines.beat"]:
        beat = service.get("environment", {}).get("VERHUISKETEN_BEAT", "")
        if not beat.startswith("/tmp/"):  # noqa: S108 - inside a container, on its own tmpfs
            yield "beat"


def how_it_is_asked(service):
    return service.get("healthcheck", {}).get("test", [""])[1:]


def migrated_first(_spec, name, service):
    """Whoever opens the database waits until it has the schema of this version."""
    opens = "VERHUISKETEN_DATABASE_URL" in service.get("environment", {})
    waits = service.get("depends_on", {}).get("migrate", {}).get("condition") == ONCE
    if opens and name != "migrate" and not waits:
        yield "migrate"


def commands(_spec, _name, service):
    """What our services run exists, and so does every option of it."""
    words = command_line(service)
    if service.get("image") != OURS or OURS not in words:
        return
    arguments = words[words.index(OURS) + 1 :]
    try:
        _read(GROUP, arguments)
    except TyperException as error:
        yield str(error) or " ".join(arguments)


def _read(group, arguments):
    """Let the command line read the words without doing anything."""
    context = group.make_context(OURS, list(arguments))
    while hasattr(group, "resolve_command"):
        name, group, arguments = group.resolve_command(context, arguments)
        context = group.make_context(name, list(arguments), parent=context)


def settings(_spec, _name, service):
    """Every variable of ours and of Prefect's is a setting that exists."""
    for variable in service.get("environment", {}):
        if variable.startswith("VERHUISKETEN_") and variable not in SETTINGS:
            yield variable
        if variable.startswith("PREFECT_") and variable not in PREFECT:
            yield variable


def secrets(_spec, _name, service):
    """No secret is written in the file, and no file is read that was not given."""
    given = {f"/run/secrets/{name}" for name in service.get("secrets", ())}
    environment = {k: str(v) for k, v in service.get("environment", {}).items()}
    told = [*environment.values(), *command_line(service)]
    yield from (k for k in environment if SECRET.search(k) and not k.endswith(PLAIN_FILES))
    yield from (value for value in told if INSIDE.search(value))
    for value in told:
        yield from set(re.findall(r"/run/secrets/\w+", value)) - given


def ports(_spec, name, service):
    """Only the door is open to the outside; anything else that is published is for this machine."""
    for port in service.get("ports", ()):
        if name != DOOR and not str(port).startswith("127.0.0.1:"):
            yield str(port)


def reach(spec, name, service):
    """Who names a host shares a network with it; the door and the database share none."""
    here = set(service.get("networks", ()))
    for given in service.get("environment", {}).values():
        value = FILLED_IN.sub(r"\1", str(given))
        host = urlsplit(value).hostname if "://" in value else None
        if host is None or host.split(".")[-1] == "localhost":
            continue
        if not here & set(spec["services"].get(host, {}).get("networks", ())):
            yield host
    inside = {n for n in here if (spec["networks"].get(n) or {}).get("internal")}
    if name == "postgres" and here != inside:
        yield "database open"
    if name == DOOR and here & set(spec["services"]["postgres"]["networks"]):
        yield "postgres"


CHECKS = (
    *(names, careful, healthy, migrated_first, commands),
    *(settings, secrets, ports, reach),
)
