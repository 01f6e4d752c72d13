"""The readers' pages in a real browser: by keyboard alone, on a small phone, with nothing serious for axe to find."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from subscribers.life import Status
from subscribers.links import Purpose
from tests.contracts.people import NOW, add, sign_up
from tests.subscribers.house import ANN, PENG, House, furnished, house, porch

__all__ = ["furnished", "house", "porch"]

CHROMIUM = shutil.which("chromium")
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
SERIOUS = ("serious", "critical")

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no browser here; to run the browser tests: apt-get install chromium"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, house: House) -> Iterator[Page]:
    """Open a small phone's browser that runs no script of ours, for there is none."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, base_url=str(house.client.base_url))
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def tab_to(page: Page, wanted: Locator) -> None:
    """Go on with the Tab key to a field, button or link, which then shows that it has the focus."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if wanted.evaluate("it => it === document.activeElement && it.matches(':focus-visible')"):
            return
    raise AssertionError(f"the Tab key does not reach {wanted}")


def press(page: Page, name: str) -> None:
    """Go on to a button or link of that name and use it."""
    button, link = (page.get_by_role(role, name=name, exact=True) for role in ("button", "link"))
    tab_to(page, button.or_(link))
    with page.expect_navigation():
        page.keyboard.press("Enter")


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_one_signs_up_confirms_changes_and_leaves_by_keyboard_alone(page: Page, house: House) -> None:
    page.goto("/subscribe")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(PENG)
    press(page, "Subscribe")
    assert heading(page) == "Look into your mailbox"

    page.goto(house.confirmation())
    assert house.person(PENG).status is Status.PENDING
    press(page, "Yes, send it to me")
    assert heading(page) == "You are on the list"
    assert house.person(PENG).status is Status.ACTIVE

    page.goto(f"/preferences/{house.token(PENG)}")
    tab_to(page, page.get_by_role("checkbox", name="Lantern Weekly"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Language of the mail"))
    page.keyboard.press("ArrowDown")
    tab_to(page, page.get_by_label("Time zone"))
    page.keyboard.type("Berlin")
    press(page, "Save")
    person = house.person(PENG)
    assert (person.newsletters, person.language) == (("daily", "weekly"), "zh")
    assert person.timezone == "Europe/Berlin"

    press(page, "退订全部")
    press(page, "退订全部")
    assert heading(page) == "您已退订"
    assert house.person(PENG).status is Status.UNSUBSCRIBED


def test_a_mistake_is_said_beside_its_field_and_can_be_mended_by_keyboard(page: Page, house: House) -> None:
    page.goto("/subscribe")
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type("peng@gmial.com@")
    press(page, "Subscribe")
    field = page.get_by_label("E-mail address")
    assert field.get_attribute("aria-invalid") == "true"
    assert field.get_attribute("aria-describedby") == "problem"
    tab_to(page, page.get_by_role("alert").get_by_role("link"))
    page.keyboard.press("Enter")  # the message leads to its field
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    press(page, "Subscribe")
    press(page, "peng@gmail.com")
    assert heading(page) == "Look into your mailbox"
    assert house.letters("peng@gmail.com") == ["opt-in"]


def ways(house: House) -> dict[str, str]:
    """Return each page, and every state it has."""
    with house.database.write() as connection:
        add(connection, sign_up("pending@x.example.com"), claim=None)
        add(connection, sign_up("gone@x.example.com"))
    house.client.post("/subscribe", data={"email": PENG})
    house.client.post(f"/leave/{house.token('gone@x.example.com')}")
    house.clock.now = NOW - timedelta(days=8)
    too_old = house.link(Purpose.ERASE)
    house.clock.now = NOW
    return {
        "sign up": "/subscribe",
        "confirm": house.confirmation(),
        "preferences": f"/preferences/{house.token(ANN)}",
        "preferences, pending": f"/preferences/{house.token('pending@x.example.com')}",
        "preferences, left": f"/preferences/{house.token('gone@x.example.com')}",
        "leave": f"/leave/{house.token(ANN)}",
        "left": f"/leave/{house.token('gone@x.example.com')}",
        "leave, no link": "/leave",
        "download": house.link(Purpose.DOWNLOAD),
        "erase": house.link(Purpose.ERASE),
        "too old": too_old,
        "unknown": "/leave/nobody",
        "nowhere": "/nowhere",
    }


def blemishes(page: Page) -> list[str]:
    """Return what is wrong with a page as it is shown."""
    found = Axe().run(page).response["violations"]
    serious = [f"{each['id']}: {each['help']}" for each in found if each["impact"] in SERIOUS]
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return serious + ["it scrolls sideways"] * wide


@pytest.mark.parametrize(("language", "scheme"), [("en", "dark"), ("zh", "light")])
def test_every_page_is_fit_for_all_and_for_a_small_phone(
    page: Page, house: House, language: str, scheme: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    for name, path in ways(house).items():
        page.goto(f"{path}?lang={language}")
        assert blemishes(page) == [], name
    page.goto(f"/subscribe?lang={language}")
    page.get_by_role("button").click()
    assert blemishes(page) == [], "a form sent back"
    assert all(url.startswith(str(house.client.base_url)) for url in asked)
