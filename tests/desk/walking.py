"""The routes of the desk as the application itself knows them, and what they ask for."""

import re

PART = re.compile(r"{(\w+)(?::\w+)?}")


def routes(app):
    """Give every route as it is served: {"GET /voorstellen": route}."""
    found = {}
    for route in _leaves(app.routes):
        for method in sorted((route.methods or set()) - {"HEAD"}):
            found[f"{method} {route.path}"] = route
    return found


def _leaves(routes_):
    for route in routes_:
        below = getattr(route, "effective_route_contexts", None)
        if below is None:
            yield route
        else:
            yield from _leaves(below())


def asked(route):
    """Give the roles a route asks for; None where it asks for no role, or not even for a viewer."""
    calls = list(_calls(route.dependant))
    for call in calls:
        if hasattr(call, "roles"):
            return call.roles
    return None


def _calls(dependant):
    for one in dependant.dependencies:
        yield one.call
        yield from _calls(one)


def filled(path, things):
    """Fill in what an address names."""
    return PART.sub(lambda part: str(things[part[1]]), path)


def parts(path):
    """Name the parts of an address that are filled in."""
    return PART.findall(path)
