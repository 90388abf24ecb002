"""The pages in a real browser: what a merchant sees, opens and enters, held against what the API says then; and whether everybody can use them.

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
from everybody import everybody, kept, keyboard, without_script
from machine import SLUIS, Machine, machine
from playwright.sync_api import Browser, expect, sync_playwright
from playwright.sync_api import TimeoutError as TooLong
from report import Report
from sign_in import signing_in
from visit import PATIENCE_S, SHOP, Visit
from web import call

# Chromium talks to nobody but the page.
FLAGS = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", FLAG]
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


def lists(visit: Visit) -> None:
    """The first screens."""
    page, report = visit.page, visit.report
    report.step("the lists")
    visit.open("/")
    report.check("the address alone leads to what is to be done today", page.url.endswith("/today"), page.url)
    visit.sees("the merchant's name", page.locator("header").get_by_text("A life of an order"))
    visit.sees("nothing left to send, in words", page.get_by_text("nothing is left to send"))
    report.check("the title says where one is", page.title().startswith("Today · A life of an order"), page.title())
    visit.picture("today")
    page.locator("#places").get_by_role("link", name="Stock").click()
    lamp = visit.row("LAMP")
    visit.sees("a product with its figures", lamp.locator(".figures").get_by_text("7"))
    visit.sees("each channel is told the right figure", lamp.locator("tr").nth(3).get_by_text("in step"))
    visit.comes_to("on all channels", lambda: (page.reload(), visit.row("LAMP").get_by_text("in step").count())[1], 3)
    told = visit.row("LAMP").locator('td[data-label="Published quantity"]').all_inner_texts()
    report.check("what each was told is said to be that", all(text.startswith("7") for text in told) and len(told) == 3, told)
    visit.sees("the list says where it ends", page.get_by_text("This is the end of the list."))
    visit.picture("stock")
    search = page.get_by_role("searchbox")
    search.fill("<img src=x onerror=alert(1)>")
    search.press("Enter")
    visit.sees("what was searched for is text, whatever it is", page.get_by_text("<img src=x onerror=alert(1)>"))
    search = page.get_by_role("searchbox")
    search.fill("bulb")
    search.press("Enter")
    visit.sees("a search finds a product by its title", visit.row("BULB"))
    expect(page.locator("article")).to_have_count(2, timeout=PATIENCE_S * 1000)
    report.check("and stands in the address", "q=bulb" in page.url, page.url)
    page.locator("#places").get_by_role("link", name="Orders").click()
    visit.sees("no orders yet, in words", page.get_by_text("No orders of today or yesterday fit this."))
    page.locator("#places").get_by_role("link", name="Needs attention").click()
    visit.comes_to("nothing waits for a person", lambda: visit.get("attention")["parked"], [])
    visit.sees("which is said in words, once all connections are known to work", page.get_by_text("Nothing needs attention."))
    visit.picture("attention-none")


def order(visit: Visit) -> str:
    """An order is sent in part, cancelled in part, and comes back in part."""
    page, report = visit.page, visit.report
    report.step("an order")
    visit.open("/orders")
    number = str(visit.at_the_shop("buy", {"lines": [{"sku": "LAMP", "quantity": 3}, {"sku": "BULB", "quantity": 2}], "ship_to": "NL"})["order"])
    link = page.locator(f'a.order[href="/orders/{SHOP}/{number}"]')
    if not visit.sees("a new order comes up by itself", link):
        return number
    shown = visit.get(f"orders/{SHOP}/{number}")["display_number"]
    report.check("under the number that people know", shown is None or shown in link.inner_text(), (shown, link.inner_text()))
    visit.picture("orders")
    link.click()
    visit.sees("its own screen", page.get_by_role("heading", level=1, name=re.compile(SHOP)))
    path = f"orders/{SHOP}/{number}"

    def told() -> list[str]:
        now = visit.get(path)
        return [one["channel_sync"]["type"] for one in now["shipments"] + now["cancellations"] + [i for r in now["returns"] for i in r.get("inspections", [])]]

    visit.act("ship", {"location": "main", "carrier": "postnl", "tracking": "3SPAGE01", "by": "Mo"}, {"LAMP": 1, "BULB": 2})
    visit.sees("the shipment is listed with its code", page.get_by_text("3SPAGE01"))
    visit.sees("and what is in it", page.get_by_text(re.compile(r"1 × LAMP, 2 × BULB")))
    visit.comes_to("the channel has it", told, ["synced"])
    visit.sees("and the screen comes to say so by itself", page.get_by_text("channel has it"))

    form = visit.folded("cancel")
    visit.fill(form, {"reason": "not_found"}, {"LAMP": 0})
    report.check("the name is remembered", form.locator('[name="by"]').input_value() == "Mo")
    visit.send(form)
    visit.sees("no units at all are refused beside the field", page.locator("fieldset").get_by_text("Enter at least one unit"))
    report.check("with what was filled in", page.locator('select[name="reason"]').input_value() == "not_found")
    visit.complaints = [words for words in visit.complaints if "400" not in words]
    visit.act("cancel", {"reason": "not_found"}, {"LAMP": 1})
    visit.comes_to("the channel has the cancellation", told, ["synced"] * 2)
    visit.sees("it says that the unit is not there", page.get_by_text(re.compile("cannot be found · not there: written off")))
    visit.sees("and the timeline that it is written off", page.get_by_text("not there, and written off: 1"))
    visit.comes_to("nobody else is shown it", lambda: visit.get("products/LAMP")["available"], 4)

    visit.act("return", {"reason": "too bright"}, {"LAMP": 1, "BULB": 0})
    visit.act("receive", {})
    visit.act("inspect", {"units": "1", "condition": "sellable", "resolution": "accepted", "restock_at": "store"})
    visit.comes_to("what came back sellable is on sale again", lambda: visit.get("products/LAMP")["available"], 5)
    visit.comes_to("and the channel knows how it was decided", told, ["synced"] * 3)
    visit.sees("amounts as the channel tells them", page.locator("#amounts"))
    visit.picture("order")
    # The same form once more: its key is the shipment's.
    before = len(visit.get(path)["shipments"])
    page.go_back()
    page.reload()
    report.check("going back and loading again ships nothing more", len(visit.get(path)["shipments"]) == before)
    visit.open("/orders")
    find = page.locator("form", has=page.locator("#number"))
    find.locator("select").select_option(SHOP)
    find.locator("#number").fill(number)
    find.locator("button").click()
    visit.sees("an order is opened by its number", page.get_by_text("3SPAGE01"))
    return number


def product(visit: Visit, number: str) -> None:
    """A product's figures, corrected, brought elsewhere, counted and explained."""
    page, report = visit.page, visit.report
    report.step("a product")
    page.locator("main").get_by_role("link", name="LAMP", exact=True).first.click()
    visit.sees("the product's own screen", page.get_by_role("heading", level=1, name="LAMP"))
    at = lambda place: next(one for one in visit.get("products/LAMP")["locations"] if one["location"] == place)
    there, here = at("store")["available"], at("main")["available"]
    visit.act("transfer", {"to": "main", "units": "1", "reason": "counter is empty"}, within=page.locator("#at-store"))
    visit.comes_to("a transfer", lambda: (at("store")["available"], at("main")["available"]), (there - 1, here + 1))
    visit.act("count", {"count": str(at("main")["on_hand"] + 2), "reason": "counted"}, within=page.locator("#at-main"))
    visit.comes_to("a count", lambda: at("main")["available"], here + 3)
    visit.act("set", {"set": str(at("main")["available"] + 1), "reason": "found one"}, within=page.locator("#at-main"))
    visit.comes_to("a correction", lambda: at("main")["available"], here + 4)
    visit.sees("every movement with its reason and name", page.get_by_text("counted, Mo"))
    visit.sees("also what an order wrote off", page.locator("#movements ~ ol li", has=page.locator(f'a[href$="/{number}"]')).get_by_text("1 written off"))
    page.get_by_role("link", name=re.compile("^Explain")).click()
    visit.sees("why the figure is what it is", page.get_by_text(f"not there, and written off · {SHOP}"))
    sums = {caption: page.locator("table.sums", has=page.get_by_text(caption, exact=True)).locator("tfoot td").nth(0).inner_text() for caption in ("main", "store")}
    figures = {place: str(at(place)["available"]) for place in ("main", "store")}
    report.check("the sums are the figures", sums == figures, (sums, figures))
    report.check("and nothing is said to be broken", page.get_by_role("alert").filter(visible=True).count() == 0)
    visit.picture("product")
    rules = page.locator("section", has=page.locator("#which-rules"))
    form = rules.locator(f'details.act:has(input[name="about"][value="{SHOP}"])')
    form.locator("summary").click()
    form.locator('[name="safety_stock"]').fill("1")
    visit.send(form)
    visit.sees("a rule is changed", page.get_by_text("safety stock 1"))
    visit.comes_to("as the API says", lambda: visit.get(f"products/LAMP/rules/{SHOP}")["connections"][0]["effective"]["safety_stock"], 1)


def channels(visit: Visit) -> None:
    """A connection: how it is, what it would be told, and back to nothing."""
    page, report = visit.page, visit.report
    report.step("a channel")
    page.locator("#places").get_by_role("link", name="Channels").first.click()
    visit.sees("every channel is listed, and works", page.locator(f"#channel-{SHOP}").get_by_text("works"))
    page.locator(f"#channel-{SHOP} a").click()
    visit.sees("how far it is", page.get_by_text("Orders read until"))
    visit.picture("channel")
    page.get_by_role("link", name="Preview").first.click()
    row = page.locator("tr", has=page.get_by_role("link", name="LAMP", exact=True))
    visit.sees("what it shows stands beside what it would be told", row.locator('td[data-label="Observed quantity"]'))
    visit.picture("preview")
    visit.open(f"/channels/{SHOP}/listings")
    listing = page.locator("li", has=page.get_by_role("link", name="BULB", exact=True)).filter(has=page.locator("details.act"))
    visit.act("match", {"sku": "BULB"}, within=listing)
    visit.sees("a match by hand is said to be one", page.get_by_text("matched by hand"))
    visit.act("match", {"sku": ""}, within=page.locator("li", has=page.get_by_text("matched by hand")))
    visit.open("/matches")
    offer = visit.get(f"connections/{SHOP}/listings")["listings"][0]
    page.locator("textarea").fill(f"connection,offer,sku\n{SHOP},{offer['listing']['offer']},{offer['matched']}\n{SHOP},none,LAMP\n")
    page.get_by_role("button", name="Read in").click()
    visit.sees("a file of matches is told of row by row", page.get_by_text(re.compile("1 not done")))
    visit.open(f"/channels/{SHOP}")
    visit.act("check", {"by": "Mo"})
    visit.act("publish", {"type": "none", "by": "Mo"})
    visit.sees("back to import only, and said to be so on purpose", page.get_by_text("Nothing is told, on purpose"))
    visit.comes_to("as the API says", lambda: next(one["publishing"]["type"] for one in visit.get("health")["connections"] if one["connection"] == SHOP), "none")
    visit.open("/products")
    visit.sees("each of its listings, too", visit.row("BULB").get_by_text("not told on purpose"))
    report.check("and nothing is on its way to it", visit.row("BULB").locator("tr", has_text=SHOP).get_by_text("updating").count() == 0)


def waits(visit: Visit) -> str:
    """A shop that is told nothing sells what is not there: what waits for a person, and what they do about it. Answers what is left waiting."""
    page, report = visit.page, visit.report
    report.step("what waits for a person")
    # A process remembers for a minute what a connection is told of.
    page.wait_for_timeout(FORGOTTEN_MS)
    for place in ("main", "store"):
        correct(visit, "BULB", place, {"set": 0})
    visit.open("/attention")
    number = visit.buy("BULB")
    entry = visit.parked(number)
    visit.sees("an order that no stock covers waits, and comes up by itself", entry.get_by_text("Sold, and covered by no stock"))
    visit.sees("with since when", entry.get_by_text(re.compile("^since ")))
    one = next(one for one in visit.get("attention")["parked"] if one["order"] == number)
    correct(visit, "BULB", "main", {"set": 1})
    visit.act("retry", {"by": "Mo"}, within=visit.parked(number))
    visit.comes_to("it is covered", lambda: visit.get(f"orders/{SHOP}/{number}")["short"], 0)
    visit.comes_to("and leaves the list by itself", lambda: one["id"] in [each["id"] for each in visit.get("attention")["parked"]], False)
    second, third = visit.buy("BULB"), visit.buy("BULB")
    for other in (second, third):
        visit.sees("another one waits", visit.parked(other))
    form = visit.folded("dismiss", visit.parked(second))
    form.locator("button.main").click()
    still = [each["order"] for each in visit.get("attention")["parked"]]
    report.check("it is not dismissed without a reason", second in still and form.locator('[name="reason"]').is_visible(), still)
    visit.act("dismiss", {"reason": "the supplier brings it tomorrow", "by": "Mo"}, within=visit.parked(second))
    visit.comes_to("what is dismissed waits no longer", lambda: [each["order"] for each in visit.get("attention")["parked"]], [third])
    visit.parked(third).locator("a.order").click()
    # It is not: the shop is asked, and still has it.
    visit.send(visit.folded("deleted"))
    visit.sees("what the shop still shows is not believed to be gone", page.get_by_role("alert").get_by_text("still shows this order"))
    visit.complaints = [words for words in visit.complaints if "422" not in words]
    report.check("and nothing of it is changed", not visit.get(f"orders/{SHOP}/{third}")["deleted"])
    visit.open("/attention")
    visit.picture("attention")
    return third


def correct(visit: Visit, sku: str, place: str, change: dict[str, Any]) -> None:
    """Changes a figure by hand."""
    headers = {"content-type": "application/json", "idempotency-key": uuid.uuid4().hex}
    body = json.dumps({"sku": sku, "location": place, "reason": "count", "by": "Mo", **change}).encode()
    answer = call("POST", f"{visit.stack.api}/api/v1/stock/adjustments", headers, body)
    visit.report.check(f"{sku} at {place}: {change}", answer.status == 200, answer)


def dutch(visit: Visit, number: str) -> None:
    """The other language, and a stack that goes away."""
    page, report = visit.page, visit.report
    report.step("in Dutch, and without a stack")
    visit.open("/products?q=bulb")
    page.get_by_role("button", name="NL").click()
    visit.sees("it speaks Dutch", page.get_by_role("heading", name="Voorraad", exact=True))
    report.check("on the page where one was", "q=bulb" in page.url, page.url)
    report.check("and says so to a screen reader", page.locator("html").get_attribute("lang") == "nl")
    visit.sees("what is told nothing on purpose is said in Dutch", page.get_by_text("wordt bewust niet bijgewerkt"))
    for path in ("/today", "/attention", "/orders", f"/orders/{SHOP}/{number}", "/products/LAMP?explain=1", "/invoices", "/channels", f"/channels/{SHOP}", f"/channels/{SHOP}/listings"):
        visit.open(path)
        words = page.locator("body").inner_text()
        report.check(f"{path}: still Dutch, and no word is missing", page.locator("html").get_attribute("lang") == "nl" and "undefined" not in words, words[:300])
        english = [word for word in ("Ship ", "Cancel", "Orders", "since ", "Needs", "reserved", "available") if word in words]
        report.check(f"{path}: no English among it", not english, english)
    visit.open(f"/orders/{SHOP}/{number}")
    form = visit.folded("deleted")
    form.locator('[name="by"]').fill("Mo")
    visit.send(form)
    visit.sees("what cannot be done is said in Dutch", page.get_by_role("alert").get_by_text("Het kanaal toont deze bestelling nog"))
    visit.complaints = [words for words in visit.complaints if "422" not in words]
    visit.open("/today")
    report.check("nothing was complained of", visit.complaints == [], visit.complaints)
    report.check("nothing was fetched from elsewhere", visit.asked == {visit.stack.api}, visit.asked)
    visit.stack.process.terminate()
    visit.sees("a stack that is gone is said to be gone", page.get_by_text(re.compile("^Geen contact met Sluis sinds")))


def look(browser: Browser, stack: Machine, report: Report, pictures: Path | None) -> None:
    """One visit."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_S * 1000)
    visit = Visit(context.new_page(), stack, report, pictures)
    lists(visit)
    number = order(visit)
    product(visit, number)
    kept(visit)
    without_script(browser, stack, report)
    keyboard(browser, stack, report)
    channels(visit)
    waiting = waits(visit)
    everybody(browser, stack, report, number)
    dutch(visit, waiting)
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
            signing_in(browser, wanted.sluis, wanted.logs, report)
        except (TooLong, AssertionError) as error:
            report.check("the pages go on", False, error)
        browser.close()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
