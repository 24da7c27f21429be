"""The NL API Design Rules 2.2 as checks of an OpenAPI document, where no Spectral is at hand.

Written after the rules (https://logius-standaarden.github.io/API-Design-Rules/), each by its name.
"""

import re

from jsonschema import Draft202012Validator

PROBLEM = "application/problem+json"
SEMVER = re.compile(
    r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
)
PATH = re.compile(r"(/([a-z0-9]+(-[a-z0-9]+)*(\.json)?|\{[^}/]+\}))+")
CAMEL = re.compile(r"[a-z][a-z0-9]*([A-Z][a-z0-9]*)*")
PASCAL = re.compile(r"([A-Z][a-z0-9]*)+")
DATE_NAME = re.compile(r"(datum|date)|\w+(D|_[dD])(ate|atum)\w*")
VERA_OWN = {"extra-attributen"}
"""Names that VERA gave, not we."""


def resolved(document, node):
    """Follow a reference within the document."""
    while isinstance(node, dict) and "$ref" in node:
        found = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def operations(document):
    """Give every call: its path, its method and what is said of it."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def complaints(document):
    """Say everything that is not by the rules, as `rule: where`."""
    return [
        f"{rule.__name__}: {where}"
        for rule in RULES
        for where in rule(document)
        if where is not None
    ]


def openapi3(document):
    if not re.fullmatch(r"3(\.\d+){1,2}", document.get("openapi", "")):
        yield "openapi"


def semver(document):
    if not SEMVER.fullmatch(document["info"]["version"]):
        yield "info.version"


def contact(document):
    yield from {"name", "email", "url"} - set(document["info"].get("contact", {}))


def license_named(document):
    if not document["info"].get("license", {}).get("name"):
        yield "info.license"


def servers_with_version(document):
    servers = document.get("servers") or [{"url": ""}]
    for server in servers:
        if not re.search(r"/v\d+$", server["url"]):
            yield server["url"]
        if server["url"].startswith("http://"):
            yield f"not https: {server['url']}"


def paths_by_name(document):
    for path in document["paths"]:
        if not PATH.fullmatch(path):
            yield path


def standard_methods(document):
    for path, method, _ in operations(document):
        if method not in {"get", "post", "put", "patch", "delete", "parameters"}:
            yield f"{method} {path}"


def unique_operations(document):
    names = [operation.get("operationId") for *_, operation in operations(document)]
    yield from {str(name) for name in names if name is None or names.count(name) > 1}


def path_parameters(document):
    for path, _, operation in operations(document):
        said = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        if said != set(re.findall(r"\{([^}]+)\}", path)):
            yield path


def query_in_camel_case(document):
    for path, _, operation in operations(document):
        for one in operation.get("parameters", ()):
            if one["in"] == "query" and not CAMEL.fullmatch(one["name"]):
                yield f"{path}: {one['name']}"


def version_in_every_answer(document):
    for path, method, operation in operations(document):
        for status, told in operation["responses"].items():
            if "API-Version" not in resolved(document, told).get("headers", {}):
                yield f"{method} {path} {status}"


def errors_are_problems(document):
    for path, method, operation in operations(document):
        for status, told in operation["responses"].items():
            if status[0] not in "45":
                continue
            content = resolved(document, told).get("content", {})
            schema = resolved(document, content.get(PROBLEM, {}).get("schema", {}))
            if set(content) != {PROBLEM} or not {"status", "title", "detail"} <= set(
                schema.get("required", ())
            ):
                yield f"{method} {path} {status}"


def invalid_input_is_400(document):
    for path, method, operation in operations(document):
        asks = method != "get" or operation.get("parameters")
        if asks and "400" not in operation["responses"]:
            yield f"{method} {path}"
        if method == "get" and "422" in operation["responses"]:
            yield f"{method} {path} 422"


def repeatable_changes(document):
    for path, method, operation in operations(document):
        names = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "header"}
        if method != "get" and "Idempotency-Key" not in names:
            yield f"{method} {path}"


def documented(document):
    for path, method, operation in operations(document):
        if not operation.get("summary") or not operation.get("tags"):
            yield f"{method} {path}"
    tags = [tag["name"] for tag in document.get("tags", ())]
    if len(set(tags)) < len(tags):
        yield "tags"


def names_of_schemas(document):
    for name, schema in document["components"]["schemas"].items():
        if not PASCAL.fullmatch(name):
            yield name
        for field in schema.get("properties", {}):
            if not CAMEL.fullmatch(field) and field not in VERA_OWN:
                yield f"{name}.{field}"


def dates_with_a_format(document):
    for name, schema in document["components"]["schemas"].items():
        for field, said in schema.get("properties", {}).items():
            if DATE_NAME.fullmatch(field) and said.get("format") in (None, "date-time"):
                yield f"{name}.{field}"


def closed_shapes(document):
    for name, schema in document["components"]["schemas"].items():
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            yield name


def schemas_are_schemas(document):
    for name, schema in document["components"]["schemas"].items():
        if not Draft202012Validator(Draft202012Validator.META_SCHEMA).is_valid(schema):
            yield name


def references_lead_somewhere(document, node=None):
    for key, value in (document if node is None else node).items():
        if key == "$ref":
            try:
                resolved(document, {"$ref": value})
            except KeyError:
                yield value
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield from references_lead_somewhere(document, one)


RULES = (
    openapi3,
    semver,
    contact,
    license_named,
    servers_with_version,
    paths_by_name,
    standard_methods,
    unique_operations,
    path_parameters,
    query_in_camel_case,
    version_in_every_answer,
    errors_are_problems,
    invalid_input_is_400,
    repeatable_changes,
    documented,
    names_of_schemas,
    dates_with_a_format,
    closed_shapes,
    schemas_are_schemas,
    references_lead_somewhere,
)
