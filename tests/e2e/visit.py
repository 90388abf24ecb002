"""Somebody at the pages: what they see, open, fill in and send."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from machine import Machine
from playwright.sync_api import Locator, Page, expect
from processes import wait_for
from report import Report
from web import call

# Longer than the slowest step takes on a busy machine.
PATIENCE_S = 60.0
SHOP = "shopify"
# A telephone, a tablet, a screen.
WIDTHS = (360, 768, 1440)


class Visit:
    """Somebody at the pages."""

    def __init__(self, page: Page, stack: Machine, report: Report, pictures: Path | None = None) -> None:
        self.page, self.stack, self.report, self._pictures = page, stack, report, pictures
        self.complaints: list[str] = []
        self.asked: set[str] = set()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.add(re.sub(r"(?<=[^/:])/.*", "", request.url)))

    def get(self, path: str) -> Any:
        """What the API says."""
        return call("GET", f"{self.stack.api}/api/v1/{path}").json()

    def at_the_shop(self, door: str, body: dict[str, Any]) -> Any:
        """A customer does something at the simulated shop."""
        return call("POST", f"{self.stack.shops[SHOP]}/_simulator/{door}", {}, json.dumps(body).encode()).json()

    def buy(self, sku: str, quantity: int = 1) -> str:
        """A customer buys; answers the order's id."""
        return str(self.at_the_shop("buy", {"lines": [{"sku": sku, "quantity": quantity}], "ship_to": "NL"})["order"])

    def open(self, path: str) -> None:
        """Goes to a page."""
        self.page.goto(f"{self.stack.api}{path}")

    def sees(self, what: str, where: Locator) -> bool:
        """Checks that something comes to be visible."""
        try:
            expect(where.first).to_be_visible(timeout=PATIENCE_S * 1000)
            seen = True
        except AssertionError:
            seen = False
        return self.report.check(what, seen, "" if seen else self.page.locator("main").inner_text()[:2000])

    def comes_to(self, what: str, probe: Any, wanted: object) -> None:
        """Checks that the API comes to say something."""
        try:
            wait_for(what, lambda: True if probe() == wanted else None, PATIENCE_S)
            found: object = wanted
        except TimeoutError:
            found = probe()
        self.report.check(what, found == wanted, found)

    def picture(self, name: str) -> None:
        """Keeps a picture, and checks that nothing sticks out at the side at any width."""
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 800})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            self.report.check(f"{name}: all of it is there at {width} px without scrolling sideways", wide <= width, f"{wide} px")
            if self._pictures:
                self._pictures.mkdir(parents=True, exist_ok=True)
                self.page.screenshot(path=self._pictures / f"{name}-{width}.png", full_page=True)
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def folded(self, act: str, within: Locator | None = None) -> Locator:
        """A form by what it does, unfolded."""
        form = (within or self.page).locator(f'details.act:has(input[name="do"][value="{act}"])').first
        if form.get_attribute("open") is None:
            form.locator("summary").first.click()
        return form

    def fill(self, form: Locator, fields: dict[str, str], lines: dict[str, int] | None = None) -> None:
        """Fills in a form."""
        for label, units in (lines or {}).items():
            form.get_by_label(re.compile(f"^{label}")).fill(str(units))
        for name, value in fields.items():
            field = form.locator(f'[name="{name}"]')
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def act(self, act: str, fields: dict[str, str], lines: dict[str, int] | None = None, within: Locator | None = None) -> None:
        """Unfolds a form, fills it in, sends it, and checks that it is taken."""
        form = self.folded(act, within)
        self.fill(form, fields, lines)
        self.send(form)
        self.sees(f"`{act}` is taken, and said to be", self.page.locator("#done"))

    def send(self, form: Locator) -> None:
        """Sends a form, and waits for the page that answers it."""
        with self.page.expect_navigation():
            form.locator("button.main").click()

    def row(self, sku: str) -> Locator:
        """A product in the list."""
        return self.page.locator("article", has=self.page.get_by_role("link", name=sku, exact=True))

    def parked(self, number: str) -> Locator:
        """What waits about an order."""
        return self.page.locator(".waits > li", has=self.page.locator(f'a.order[href$="/{number}"]')).filter(has=self.page.locator('input[value="dismiss"]'))
