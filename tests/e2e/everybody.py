"""Whether everybody can use the pages: without a script, with the keyboard alone, by day and by night, on any screen, while they are kept fresh."""

from __future__ import annotations

import re
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from machine import Machine
from playwright.sync_api import Browser, Page
from report import Report
from visit import PATIENCE_S, SHOP, WIDTHS, Visit

# What the rules of WCAG 2.2, level AA, say that a program can tell.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# Longer than it takes a page to notice what was done, and what is told of it afterwards.
FRESH_MS = 30_000


def kept(visit: Visit) -> None:
    """What somebody is at stays while the page is kept fresh: what they typed, the focus, what they selected, where they scrolled."""
    page, report = visit.page, visit.report
    report.step("while the page is kept fresh")
    visit.open("/products/LAMP")
    form = visit.folded("count", page.locator("#at-main"))
    form.locator('[name="reason"]').fill("half a rea")
    page.evaluate("document.activeElement.setSelectionRange(2, 6)")
    page.evaluate("document.getElementById('movements').scrollIntoView()")
    top = page.evaluate("document.getElementById('movements').getBoundingClientRect().top")
    number = visit.buy("LAMP")
    visit.sees("what was sold comes up by itself", page.locator("#movements ~ ol li", has=page.locator(f'a[href$="/{number}"]')))
    page.wait_for_timeout(FRESH_MS)
    state = page.evaluate("({ name: document.activeElement.name, value: document.activeElement.value, from: document.activeElement.selectionStart, to: document.activeElement.selectionEnd })")
    report.check("the focus, what was typed and what was selected stay", state == {"name": "reason", "value": "half a rea", "from": 2, "to": 6}, state)
    moved = abs(page.evaluate("document.getElementById('movements').getBoundingClientRect().top") - top)
    report.check("and where one had scrolled to", moved < 40, f"{moved} px")
    report.check("an unfolded form stays so", form.get_attribute("open") is not None)


def without_script(browser: Browser, stack: Machine, report: Report) -> None:
    """A browser that runs no scripts: an order is found, opened and shipped."""
    report.step("without a script")
    context = browser.new_context(locale="en-GB", java_script_enabled=False)
    context.set_default_timeout(PATIENCE_S * 1000)
    visit = Visit(context.new_page(), stack, report)
    number = visit.buy("BULB")
    visit.comes_to("an order came in", lambda: visit.get(f"orders/{SHOP}/{number}").get("number"), number)
    visit.open("/orders?show=to_ship")
    visit.page.locator(f'a.order[href$="/{number}"]').click()
    visit.act("ship", {"location": "main", "carrier": "postnl", "tracking": "3SPLAIN", "by": "Mo"})
    visit.comes_to("it is shipped", lambda: [one["tracking"] for one in visit.get(f"orders/{SHOP}/{number}")["shipments"]], ["3SPLAIN"])
    visit.page.get_by_role("button", name="NL").click()
    visit.sees("and the language is changed", visit.page.get_by_text("De zending is ingevoerd.").or_(visit.page.get_by_role("heading", name="Zendingen")))
    visit.open("/products")
    visit.page.locator("#q").fill("lamp")
    visit.page.locator("#q").press("Enter")
    visit.sees("and a product is found", visit.row("LAMP"))
    context.close()


def keyboard(browser: Browser, stack: Machine, report: Report) -> None:
    """With the keyboard alone: from today to an order, which is shipped."""
    report.step("with the keyboard alone")
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_S * 1000)
    visit = Visit(context.new_page(), stack, report)
    page = visit.page
    number = visit.buy("LAMP")
    visit.comes_to("an order came in", lambda: visit.get(f"orders/{SHOP}/{number}").get("number"), number)
    # Today is made from the index, which follows within seconds: the stops are counted on the page as it is opened.
    to_ship = lambda: number in [one["number"] for one in visit.get(f"orders?stage=to_ship&connection={SHOP}&limit=200")["orders"]]
    visit.comes_to("and is in the index", to_ship, True)
    visit.open("/today")
    page.keyboard.press("Tab")
    report.check("the first stop leads past the navigation", page.evaluate("document.activeElement.className") == "skip")
    page.keyboard.press("Enter")
    reached = tab_to(page, f'a.order[href$="/{number}"]', 40)
    report.check("an order is reached within forty stops", reached)
    page.keyboard.press("Enter")
    visit.sees("and opened", page.get_by_role("heading", level=1, name=re.compile(SHOP)))
    report.check("its form is reached", tab_to(page, "#ship > summary", 60))
    page.keyboard.press("Enter")
    report.check("the field of the carrier is reached", tab_to(page, '#ship [name="carrier"]', 20))
    page.keyboard.type("postnl")
    report.check("the field of the code is reached", tab_to(page, '#ship [name="tracking"]', 20))
    page.keyboard.type("3SKEYS")
    if tab_to(page, '#ship [name="by"]', 5):
        page.keyboard.press("Control+A")
        page.keyboard.type("Mo")
    page.keyboard.press("Enter")
    visit.comes_to("it is shipped", lambda: [one["tracking"] for one in visit.get(f"orders/{SHOP}/{number}")["shipments"]], ["3SKEYS"])
    # The page that says so is there before the browser is closed on it: one that is closed on its way somewhere may never be closed.
    visit.sees("and said to be", page.get_by_text("The shipment is entered."))
    context.close()


def tab_to(page: Page, selector: str, most: int) -> bool:
    """Goes from stop to stop until one is reached."""
    for _ in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return True
        page.keyboard.press("Tab")
    return bool(page.evaluate("selector => document.activeElement.matches(selector)", selector))


def everybody(browser: Browser, stack: Machine, report: Report, number: str) -> None:
    """Every page in both languages, by day and by night, at every width, with its forms unfolded."""
    report.step("for everybody")
    pages = ["/today", "/attention", "/orders", f"/orders/{SHOP}/{number}", "/products", "/products/LAMP?explain=1", "/channels", f"/channels/{SHOP}"]
    pages += [f"/channels/{SHOP}/listings", f"/channels/{SHOP}/preview", "/matches", "/products/NONE"]
    for scheme in ("light", "dark"):
        for locale in ("en-GB", "nl-NL"):
            # The policy of the pages lets no script in but their own.
            context = browser.new_context(locale=locale, color_scheme=scheme, bypass_csp=True)
            page = context.new_page()
            for path in pages:
                page.goto(f"{stack.api}{path}")
                page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
                for width in WIDTHS:
                    page.set_viewport_size({"width": width, "height": 800})
                    clear(report, f"{path} in {locale}, {scheme}, {width} px", page)
            context.close()


def clear(report: Report, what: str, page: Page) -> None:
    """Checks one screen."""
    found: Any = Axe().run(page, options=RULES).response
    wrong = [(one["id"], one["impact"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]]
    report.check(f"{what}: breaks none of the rules, and {len(found['passes'])} apply", not wrong and bool(found["passes"]), wrong)
