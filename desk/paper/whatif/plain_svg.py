"""An SVG made plain: no style attributes, no ids but its own, words for who cannot see it.

What matplotlib writes says its looks in `style`, which the content policy of the desk refuses, and
uses ids that are the same in every chart on a page.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from desk.paper.whatif.look import FAMILIES

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"
LEADS = re.compile(r"#([A-Za-z0-9_-]+)")
DROPPED = frozenset({"metadata", "style"})
FOR_ALL = {"stroke-linejoin": "round", "stroke-linecap": "butt", "font-family": FAMILIES}
"""What holds for the whole drawing. The typeface is ours: matplotlib's is only measured with."""


def plain(drawn: bytes, *, name: str, title: str) -> bytes:
    """Give a chart as a file of its own: `title` is what it says in one sentence."""
    ET.register_namespace("", SVG.strip("{}"))
    told: bytes = ET.tostring(_made(drawn, name, title), encoding="utf-8", xml_declaration=True)
    return told


def inline(svg: bytes) -> str:
    """Give a plain chart as a part of a page: there its namespace goes without saying."""
    told = svg.decode().partition("?>")[2].strip()
    return told.replace(f' xmlns="{SVG.strip("{}")}"', "", 1)


def _made(drawn: bytes, name: str, title: str) -> ET.Element:
    # Our own drawing a moment ago, not anybody's file: nothing in it can be an entity or a bomb.
    root = ET.fromstring(drawn)  # noqa: S314 - we drew it ourselves
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.removeprefix(SVG) in DROPPED:
                parent.remove(child)
    ids = _ids(root, name)
    for element in root.iter():
        _restyled(element)
        _renamed(element, ids)
    _, _, wide, high = root.attrib["viewBox"].split()
    root.attrib.update(FOR_ALL, width=wide, height=high, role="img")
    root.set("aria-labelledby", f"{name}-zegt")
    said = ET.Element(f"{SVG}title", {"id": f"{name}-zegt"})
    said.text = title
    root.insert(0, said)
    return root


def _restyled(element: ET.Element) -> None:
    """Say looks as attributes, which no content policy minds."""
    for part in element.attrib.pop("style", "").split(";"):
        what, _, value = (one.strip() for one in part.partition(":"))
        if what and what != "font-family":
            element.set(what, value)


def _ids(root: ET.Element, name: str) -> dict[str, str]:
    """Number the ids that something leads to, in the order of the drawing."""
    led = {
        found
        for element in root.iter()
        for value in element.attrib.values()
        for found in LEADS.findall(value)
    }
    found = [e.attrib["id"] for e in root.iter() if e.attrib.get("id") in led]
    return {old: f"{name}-{number}" for number, old in enumerate(found, start=1)}


def _renamed(element: ET.Element, ids: dict[str, str]) -> None:
    if "id" in element.attrib:
        known = ids.get(element.attrib.pop("id"))
        if known:
            element.set("id", known)
    for what, value in list(element.attrib.items()):
        if "#" in value and (what.endswith("href") or value.startswith("url(")):
            del element.attrib[what]
            led = LEADS.sub(lambda found: f"#{ids.get(found[1], found[1])}", value)
            element.set(what.removeprefix(XLINK), led)
