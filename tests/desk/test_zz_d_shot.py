import pytest
from tests.desk.browser import browse, chromium, seen, served  # noqa: F401
@pytest.mark.usefixtures("thought")
def test_shot(as_coach, browse):
    client = as_coach()
    page = browse(client)
    page.goto("/voorstellen")
    page.screenshot(path="/tmp/d_list.png", full_page=True)
    page.click("tr[data-row] a")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.screenshot(path="/tmp/d_one.png", full_page=True)
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(8000)
    page.screenshot(path="/tmp/d_one2.png", full_page=True)
    page.click("text=Wie tekent wanneer, en plan B")
    page.wait_for_timeout(6000)
    page.screenshot(path="/tmp/d_keten.png", full_page=True)
