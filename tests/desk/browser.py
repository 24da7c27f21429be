"""A real browser on a real desk: Debian's chromium by Playwright, the desk on a loopback socket.

`browse(client)` opens a page, signed in as that client; whatever a page may never do is told at
the end of the test: ask anybody else for anything, break its own content policy, open a dialog,
log an error. The rest of this file looks at one page: `axe`, `walk`, `small_targets`, `too_wide`.
"""

import os
import shutil
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error("CSP " + event.effectiveDirective + " " + event.blockedURI + " " + event.sample);
});
"""
SMALLEST = 24


@dataclass
class Seen:
    """What the pages of one test did that no page may do."""

    strange: list = field(default_factory=list)
    expected: tuple = ()

    def watch(self, page, origin):
        """Keep an eye on a page."""
        page.on("request", lambda asked: self._asked(asked.url, origin))
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.strange.append(f"fout: {error}"))
        page.on("dialog", self._opened)

    def _asked(self, url, origin):
        if not url.startswith((origin, "data:", "blob:")):
            self.strange.append(f"vraagt elders: {url}")

    def _said(self, said):
        text = said.text
        if said.type == "error" and not any(one in text for one in self.expected):
            self.strange.append(f"console: {text} ({said.location.get('url', '')})")

    def _opened(self, dialog):
        self.strange.append(f"dialoog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture(scope="module")
def chromium():
    """Start the browser, once per module: it may not outlive the module (its event loop)."""
    if CHROMIUM is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("chromium is niet geïnstalleerd")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@contextmanager
def serving(app):
    """Serve an application on a loopback socket, and give its origin."""
    with socket.socket() as at:
        at.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, lifespan="on", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [at]}, daemon=True)
        ready = threading.Event()
        server.startup = _told(server.startup, ready)
        thread.start()
        assert ready.wait(60), "het bureau startte niet"
        yield f"http://127.0.0.1:{at.getsockname()[1]}"
        server.should_exit = True
        thread.join(30)


def _told(startup, ready):
    async def started(sockets=None):
        await startup(sockets=sockets)
        ready.set()

    return started


@pytest.fixture
def served(desk):
    """The origin at which the desk of this test is served."""
    with serving(desk) as origin:
        yield origin


@pytest.fixture
def seen():
    """What pages did that they may not; `seen.expected` are parts of console lines to ignore."""
    return Seen()


@pytest.fixture
def browse(chromium, served, seen):
    """Open a page: `browse(as_coach())`; without a client nobody is signed in."""
    contexts = []

    def opened(client=None, *, scheme="light", width=1280, script=True):
        context = chromium.new_context(
            base_url=served,
            color_scheme=scheme,
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            locale="nl-NL",
            timezone_id="Europe/Amsterdam",
        )
        contexts.append(context)
        if client is not None:
            context.add_cookies(
                [{"name": n, "value": v, "url": served} for n, v in client.cookies.items()]
            )
        if script:
            context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(20_000)
        seen.watch(page, served)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert seen.strange == []


def axe(page, *, only=()):
    """Have axe-core look at a page: no violation of WCAG 2.2 A or AA, else which and where."""
    asked = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": LEVELS}
    found = Axe().run(page, options={"runOnly": asked, "resultTypes": ["violations"]})
    wrong = [
        f"{one['id']}: {one['help']} – {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]
    assert wrong == [], f"{page.url}\n" + "\n".join(wrong)


FOCUSED = """async () => {
  await new Promise(requestAnimationFrame);
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const box = at.getBoundingClientRect();
  const style = getComputedStyle(at);
  const name = (at.getAttribute("aria-label") || at.innerText || at.name || at.id || "").trim();
  const middle = document.elementFromPoint(
    Math.min(innerWidth - 1, Math.max(0, box.left + box.width / 2)),
    Math.min(innerHeight - 1, Math.max(0, box.top + Math.min(box.height / 2, 20))));
  return {
    tag: at.tagName.toLowerCase(), name: name.slice(0, 60), top: box.top + scrollY, left: box.left,
    ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    seen: box.width > 0 && box.height > 0 && middle !== null && (at.contains(middle)
      || middle.contains(at) || [...(at.labels || [])].includes(middle)),
  };
}"""
FOCUSABLE = """() => [...document.querySelectorAll(
  "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")]
  .filter((one) => !one.disabled && one.checkVisibility({visibilityProperty: true})).length"""


def walk(page, *, most=300):
    """Walk a page by Tab alone and give every place, in order; each shows that one is there."""
    page.evaluate("document.activeElement.blur()")
    places = []
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUSED)
        if at is None:
            return places
        assert at["ring"], f"geen zichtbare focus: {at}"
        assert at["seen"], f"focus is bedekt: {at}"
        if places[-1:] != [at]:  # a day has three parts, and is one place
            places.append(at)
    raise AssertionError(f"na {most} keer Tab nog niet rond: {places[-1]}")


TARGETS = """(smallest) => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((one) => one.type !== "hidden" && one.checkVisibility({visibilityProperty: true})
      && !one.closest(".utrecht-skip-link"));
  const boxes = all.map((one) => (one.labels && one.labels.length
    && ["radio", "checkbox"].includes(one.type) ? one.labels[0] : one).getBoundingClientRect());
  const inText = (one) => one.tagName === "A"
    && getComputedStyle(one).display === "inline" && one.closest("p, li, td, dd, th") !== null
    && one.closest("p, li, td, dd, th").innerText.trim() !== one.innerText.trim();
  const middle = (box) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const apart = (box, other) => Math.hypot(
    middle(box)[0] - middle(other)[0], middle(box)[1] - middle(other)[1]);
  const near = (box, at) => boxes.some(
    (other, index) => index !== at && apart(box, other) < smallest);
  return all.filter((one, index) => {
    const box = boxes[index];
    const small = box.width < smallest - 0.5 || box.height < smallest - 0.5;
    return small && !inText(one) && near(box, index);
  }).map((one) => one.outerHTML.slice(0, 200));
}"""


def small_targets(page):
    """Give what is under 24 by 24 pixels and has a neighbour within 24 pixels (WCAG 2.5.8)."""
    return page.evaluate(TARGETS, SMALLEST)


def too_wide(page):
    """Whether one must scroll sideways to read: at 320 pixels nobody should (WCAG 1.4.10)."""
    return page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")


def at_night_on_a_phone(page):
    """Show the same page in the dark, 320 pixels wide."""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 640})
