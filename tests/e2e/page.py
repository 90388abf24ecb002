"""The page in a real browser: what a merchant sees, clicks and enters, held against what the API says then; and whether everybody can use it.

Needs Chromium and the packages `playwright` and `axe-playwright-python`. The stack of one machine is started with three simulated shops; nothing listens on any other
address than 127.0.0.1, and nothing is left running. Ends with one line `N passed, N failed`, and status 0 if none failed.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import sys
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from attack import FLAG, attack
from axe_playwright_python.sync_playwright import Axe
from machine import SLUIS, Machine, machine
from playwright.sync_api import Browser, Locator, Page, TimeoutError as TooLong, expect, sync_playwright
from processes import wait_for
from report import Report
from web import call

# Longer than the slowest step takes on a busy machine.
PATIENCE_S = 60.0
# Chromium talks to nobody but the page.
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", FLAG]
SHOP = "shopify"
# Longer than a process remembers how a connection is configured.
FORGOTTEN_MS = 65_000


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluis", type=Path, default=SLUIS, help="the program to run (default %(default)s)")
    parser.add_argument("--chromium", type=Path, default=shutil.which("chromium"), help="the browser (default %(default)s)")
    parser.add_argument("--logs", type=Path, metavar="DIR", help="keep the output of the stack there (default: nowhere)")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="keep a picture of every screen there (default: nowhere)")
    return parser.parse_args()


class Visit:
    """Somebody at the page."""

    def __init__(self, page: Page, stack: Machine, report: Report, pictures: Path | None) -> None:
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

    def sees(self, what: str, where: Locator) -> bool:
        """Checks that something comes to be visible."""
        try:
            expect(where).to_be_visible(timeout=PATIENCE_S * 1000)
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
        """Keeps a picture, and checks that nothing sticks out at the side of a telephone."""
        self.page.set_viewport_size({"width": 360, "height": 740})
        width = self.page.evaluate("document.documentElement.scrollWidth")
        self.report.check(f"{name}: a telephone shows all of it without scrolling sideways", width <= 360, f"{width} px")
        self._keep(f"{name}-360")
        self.page.set_viewport_size({"width": 1280, "height": 900})
        self._keep(name)

    def _keep(self, name: str) -> None:
        if self._pictures:
            self._pictures.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self._pictures / f"{name}.png", full_page=True)

    def form(self, key: str, fields: dict[str, str], lines: dict[str, int] | None = None) -> None:
        """Opens a form by its button, fills it in and sends it."""
        self.page.locator(f'[data-key="{key}"]').click()
        self.fill(fields, lines)
        self.page.locator("#ask-save").click()
        self.closed(f"the form of `{key}` is taken")

    def fill(self, fields: dict[str, str], lines: dict[str, int] | None = None) -> None:
        """Fills in the open form."""
        form = self.page.locator("#ask-fields")
        for label, units in (lines or {}).items():
            form.get_by_label(re.compile(f"^{label}")).fill(str(units))
        for name, value in fields.items():
            field = form.locator(f'[name="{name}"]')
            if field.evaluate("one => one.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def closed(self, what: str) -> None:
        """Checks that the form is gone, with what it complained of if it is not."""
        try:
            expect(self.page.locator("#ask")).to_be_hidden(timeout=PATIENCE_S * 1000)
            self.report.check(what, True)
        except AssertionError:
            self.report.check(what, False, self.page.locator("#ask").inner_text())
            self.page.locator("#ask-cancel").click()


def lists(visit: Visit) -> None:
    """The first screen."""
    page, report = visit.page, visit.report
    report.step("the lists")
    page.goto(visit.stack.api)
    visit.sees("it says that it is live", page.get_by_text(re.compile("^Live, ")))
    lamp = page.locator("article", has=page.get_by_role("link", name="LAMP", exact=True))
    visit.sees("a product with its figure at a place", lamp.get_by_text("3 available, 0 reserved at main"))
    expect(lamp.locator("li.up_to_date")).to_have_count(3, timeout=PATIENCE_S * 1000)
    shown = lamp.locator("li.up_to_date").all_inner_texts()
    report.check("and what every channel shows of it", all("shows 7" in text for text in shown), shown)
    visit.sees("no orders yet, in words", page.locator("#orders .empty"))
    visit.sees("nothing waits for a person, in words", page.locator("#parked .empty"))
    visit.picture("lists")
    search = page.get_by_role("searchbox")
    search.fill("<img src=x onerror=alert(1)>")
    visit.sees("what was searched for is text, whatever it is", page.get_by_text("<img src=x onerror=alert(1)>"))
    search.fill("bulb")
    visit.sees("a search finds a product by its title", page.get_by_role("link", name="BULB", exact=True))
    expect(page.locator("article")).to_have_count(2, timeout=PATIENCE_S * 1000)
    search.fill("")


def order(visit: Visit) -> str:
    """An order is sent in part, cancelled in part, and comes back in part."""
    page, report = visit.page, visit.report
    report.step("an order")
    number = visit.at_the_shop("buy", {"lines": [{"sku": "LAMP", "quantity": 3}, {"sku": "BULB", "quantity": 2}], "ship_to": "NL"})["order"]
    link = page.get_by_role("link", name=f"{SHOP} {number}")
    if not visit.sees("a new order comes up by itself", link):
        return number
    link.click()
    title = page.locator("#one-title")
    visit.sees("its own screen", title)
    try:
        expect(title).to_be_focused(timeout=PATIENCE_S * 1000)
        focused = True
    except AssertionError:
        focused = False
    report.check("which has the focus, so that it is read out", focused)
    path = f"orders/{SHOP}/{number}"

    def told() -> list[str]:
        now = visit.get(path)
        return [one["channel_sync"]["type"] for one in now["shipments"] + now["cancellations"] + [i for r in now["returns"] for i in r.get("inspections", [])]]

    visit.form("ship", {"location": "main", "carrier": "postnl", "tracking": "3SPAGE01", "by": "Mo"}, {"LAMP": 1, "BULB": 2})
    visit.sees("the shipment is listed with its code", page.get_by_text(re.compile(r"1 × LAMP, 2 × BULB")).first)
    visit.comes_to("the channel has it", told, ["synced"])
    visit.sees("and the screen says so", page.get_by_text("channel has it").first)

    page.locator('[data-key="cancel"]').click()
    visit.fill({"reason": "not_found"}, {"LAMP": 0})
    page.locator("#ask-save").click()
    visit.sees("no units at all are refused beside the field", page.get_by_text("Enter at least one unit."))
    report.check("the name is remembered", page.locator('#ask [name="by"]').input_value() == "Mo")
    page.locator("#ask-cancel").click()
    report.check("a closed form gives the focus back to its button", page.evaluate("document.activeElement.dataset.key") == "cancel")
    visit.form("cancel", {"reason": "not_found"}, {"LAMP": 1})
    visit.comes_to("the channel has the cancellation", told, ["synced"] * 2)
    visit.sees("it says that the unit is not there", page.get_by_text("cannot be found · not there: written off"))
    visit.sees("and the timeline that it is written off", page.get_by_text("not there, and written off: 1"))
    visit.comes_to("nobody else is shown it", lambda: visit.get("products/LAMP")["available"], 4)

    visit.form("announce", {"reason": "too bright", "by": "Mo"}, {"LAMP": 1, "BULB": 0})
    back = visit.get(path)["returns"][0]["id"]
    visit.form(f"receive|{back}", {"by": "Mo"})
    visit.form(f"inspect|{back}", {"units": "1", "condition": "sellable", "resolution": "accepted", "restock_at": "store", "by": "Mo"})
    visit.comes_to("what came back sellable is on sale again", lambda: visit.get("products/LAMP")["available"], 5)
    visit.comes_to("and the channel knows how it was decided", told, ["synced"] * 3)
    visit.picture("order")
    return number


def product(visit: Visit, number: str) -> None:
    """A product's figures, corrected, brought elsewhere, counted and explained."""
    page, report = visit.page, visit.report
    report.step("a product")
    page.locator("#one-body").get_by_role("link", name="LAMP", exact=True).first.click()
    visit.sees("the product's own screen", page.locator("#one-title", has_text="LAMP"))
    at = lambda place: next(one for one in visit.get("products/LAMP")["locations"] if one["location"] == place)
    there, here = at("store")["available"], at("main")["available"]
    visit.form("transfer|LAMP|store", {"to": "main", "units": "1", "reason": "counter is empty", "by": "Mo"})
    visit.comes_to("a transfer", lambda: (at("store")["available"], at("main")["available"]), (there - 1, here + 1))
    visit.form("count|LAMP|main", {"count": str(at("main")["on_hand"] + 2), "reason": "counted", "by": "Mo"})
    visit.comes_to("a count", lambda: at("main")["available"], here + 3)
    visit.sees("every movement with its reason and name", page.get_by_text("counted, Mo"))
    visit.sees("also what an order wrote off", page.get_by_text(re.compile(rf"{SHOP} {number} \(1 written off\)")))
    page.locator('[data-key="why|LAMP"]').click()
    visit.sees("why the figure is what it is", page.get_by_text(f"not there, and written off · {SHOP}"))
    sums = {caption: page.locator("table.sums", has=page.get_by_text(caption, exact=True)).locator("tfoot td").nth(0).inner_text() for caption in ("main", "store")}
    figures = {place: str(at(place)["available"]) for place in ("main", "store")}
    report.check("the sums are the figures", sums == figures, (sums, figures))
    report.check("and nothing is said to be broken", page.get_by_role("alert").filter(visible=True).count() == 0)
    visit.picture("product")
    page.get_by_role("link", name="Back to the lists").click()
    visit.sees("back at the lists", page.get_by_role("searchbox"))


def waits(visit: Visit) -> str:
    """A shop that is told nothing sells what is not there: what waits for a person, and what they do about it. Answers what is left waiting."""
    page, report = visit.page, visit.report
    report.step("what waits for a person")
    publish(visit, {"type": "none"})
    bulb = page.locator("article", has=page.get_by_role("link", name="BULB", exact=True))
    visit.sees("a shop that is told nothing is said to be so, and why", bulb.get_by_text(f"{SHOP} not published, on purpose: only orders are taken in"))
    report.check("and nothing is on its way to it", bulb.locator("li.not_published").filter(has_text="on its way").count() == 0)
    visit.sees("so do the connections", page.locator("#health").get_by_text("not published, on purpose: only orders are taken in"))
    # A process remembers for a minute what a connection is told of.
    page.wait_for_timeout(FORGOTTEN_MS)
    for place in ("main", "store"):
        correct(visit, "BULB", place, {"set": 0})
    number = visit.at_the_shop("buy", {"lines": [{"sku": "BULB", "quantity": 1}], "ship_to": "NL"})["order"]
    entry = page.locator("#parked li", has=page.get_by_role("link", name=f"{SHOP} {number}"))
    visit.sees("an order that no stock covers waits", entry.locator("b").get_by_text("sold, and covered by no stock"))
    visit.sees("with since when", entry.locator("time").first)
    one = next(one for one in visit.get("attention")["parked"] if one["order"] == number)
    correct(visit, "BULB", "main", {"set": 1})
    visit.form(f"retry|{one['id']}", {"by": "Mo"})
    visit.comes_to("it is covered", lambda: visit.get(f"orders/{SHOP}/{number}")["short"], 0)
    visit.comes_to("and leaves the list by itself", lambda: one["id"] in [each["id"] for each in visit.get("attention")["parked"]], False)
    second, third = (visit.at_the_shop("buy", {"lines": [{"sku": "BULB", "quantity": 1}], "ship_to": "NL"})["order"] for _ in range(2))
    for other in (second, third):
        visit.sees("another one waits", page.locator("#parked").get_by_role("link", name=f"{SHOP} {other}"))
    found = {each["order"]: each["id"] for each in visit.get("attention")["parked"]}
    page.locator(f'[data-key="dismiss|{found[second]}"]').click()
    page.locator("#ask-fields [name='by']").fill("Mo")
    page.locator("#ask-save").click()
    report.check("it is not dismissed without a reason", page.locator("#ask").is_visible())
    page.locator("#ask-cancel").click()
    visit.form(f"dismiss|{found[second]}", {"reason": "the supplier brings it tomorrow", "by": "Mo"})
    visit.comes_to("what is dismissed waits no longer", lambda: [each["order"] for each in visit.get("attention")["parked"]], [third])
    page.locator("#parked").get_by_role("link", name=f"{SHOP} {third}").click()
    # It is not: the shop is asked, and still has it.
    page.locator('[data-key="deleted"]').click()
    page.locator("#ask-fields [name='by']").fill("Mo")
    page.locator("#ask-save").click()
    visit.sees("what the shop still shows is not believed to be gone", page.locator("#ask").get_by_text(re.compile("still showed the order")))
    visit.complaints = [words for words in visit.complaints if "422" not in words]
    page.locator("#ask-cancel").click()
    report.check("and nothing of it is changed", not visit.get(f"orders/{SHOP}/{third}")["deleted"])
    page.get_by_role("link", name="Back to the lists").click()
    fourth = visit.at_the_shop("buy", {"lines": [{"sku": "BULB", "quantity": 1}], "ship_to": "NL"})["order"]
    visit.sees("the last one waits", page.locator("#parked").get_by_role("link", name=f"{SHOP} {fourth}"))
    visit.picture("attention")
    return next(each["id"] for each in visit.get("attention")["parked"] if each["order"] == fourth)


def publish(visit: Visit, what: dict[str, Any]) -> None:
    """Says what the shop is told of."""
    answer = call("PUT", f"{visit.stack.api}/api/v1/connections/{SHOP}/publishing", {"content-type": "application/json"}, json.dumps(what).encode())
    visit.report.check(f"publishing: {what}", answer.status in (200, 202), answer)


def correct(visit: Visit, sku: str, place: str, change: dict[str, Any]) -> None:
    """Changes a figure by hand."""
    headers = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex}
    body = json.dumps({"sku": sku, "location": place, "reason": "count", "by": "Mo", **change}).encode()
    answer = call("POST", f"{visit.stack.api}/api/v1/stock/adjustments", headers, body)
    visit.report.check(f"{sku} at {place}: {change}", answer.status == 200, answer)


def dutch(visit: Visit) -> None:
    """The other language, and a stack that goes away."""
    page, report = visit.page, visit.report
    report.step("in Dutch, and without a stack")
    page.get_by_role("button", name="NL").click()
    visit.sees("it speaks Dutch", page.get_by_role("heading", name="Voorraad", exact=True))
    page.reload()
    visit.sees("it is live again", page.get_by_text(re.compile("^Live, ")))
    visit.sees("and still does when it is opened again", page.get_by_role("heading", name="Voorraad", exact=True))
    report.check("and says so to a screen reader", page.locator("html").get_attribute("lang") == "nl")
    visit.sees("what is told nothing on purpose is said in Dutch", page.locator("article").get_by_text(re.compile("wordt bewust niet bijgewerkt: alleen bestellingen importeren")).first)
    visit.sees("and what waits", page.locator("#parked").get_by_text("verkocht, maar niet op voorraad").first)
    words = page.locator("body").inner_text()
    report.check("no word is missing", "undefined" not in words and "NaN" not in words, words[:500])
    report.check("nothing was complained of", visit.complaints == [], visit.complaints)
    report.check("nothing was fetched from elsewhere", visit.asked == {visit.stack.api}, visit.asked)
    visit.stack.process.terminate()
    visit.sees("a stack that is gone is said to be gone", page.get_by_text(re.compile("^Geen contact met Sluis sinds")))


def everybody(browser: Browser, visit: Visit, number: str, waiting: str) -> None:
    """What the rules of WCAG 2.2, level AA, say that a program can tell: by day and by night, on every screen and in a form of each."""
    report, api = visit.report, visit.stack.api
    report.step("for everybody")
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    for scheme in ("light", "dark"):
        # The policy of the page lets no script in but its own.
        context = browser.new_context(locale="en-GB", color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        for screen, name, form in (
            ("", "the lists", "LAMP|main"),
            ("", "what waits for a person", f"dismiss|{waiting}"),
            ("#product/LAMP", "a product", "count|LAMP|main"),
            (f"#order/{SHOP}/{number}", "an order", "ship"),
        ):
            page.goto("about:blank")
            page.goto(f"{api}/{screen}")
            opens = page.locator(f'[data-key="{form}"]')
            expect(opens).to_be_visible(timeout=PATIENCE_S * 1000)
            if name == "a product":
                page.locator('[data-key="why|LAMP"]').click()
                expect(page.locator("table.sums").first).to_be_visible(timeout=PATIENCE_S * 1000)
            clear(report, f"{scheme}: {name}", page, rules)
            opens.click()
            clear(report, f"{scheme}: a form of {name}", page, rules)
        context.close()


def clear(report: Report, what: str, page: Page, rules: dict[str, Any]) -> None:
    """Checks one screen."""
    found = Axe().run(page, options=rules).response
    wrong = [(one["id"], one["impact"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found["violations"]]
    report.check(f"{what} breaks none of the rules, and {len(found['passes'])} apply", not wrong and bool(found["passes"]), wrong)


def look(browser: Browser, stack: Machine, report: Report, pictures: Path | None) -> None:
    """One visit."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_S * 1000)
    visit = Visit(context.new_page(), stack, report, pictures)
    lists(visit)
    number = order(visit)
    product(visit, number)
    everybody(browser, visit, number, waits(visit))
    dutch(visit)
    context.close()


def main() -> int:
    """Runs everything."""
    wanted = arguments()
    # An exit like any other, so that a build server's patience running out leaves no process behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if wanted.chromium is None:
        raise SystemExit("there is no chromium here: install Debian's package `chromium`, or name one with --chromium")
    report = Report()
    report.step("start the stack and the browser")
    with machine(wanted.sluis, "page", wanted.logs) as stack, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(wanted.chromium), args=FLAGS, chromium_sandbox=False)
        try:
            attack(browser, stack, report)
            look(browser, stack, report, wanted.pictures)
        except (TooLong, AssertionError) as error:
            report.check("the page goes on", False, error)
        browser.close()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
