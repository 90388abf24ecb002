"""Signing in at the pages: who may, what they then see, and the way out."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from everybody import RULES
from machine import machine
from playwright.sync_api import Browser, Page
from report import Report
from visit import PATIENCE_S, SHOP, Visit

# Invented, and known to a stack that ends with the run.
OWNER, PACKER = "ada", "willem"
USERS = {OWNER: ("owner", "correct horse battery"), PACKER: ("warehouse", "another horse entirely")}


def signing_in(browser: Browser, sluis: Path, logs: Path | None, report: Report) -> None:
    """A stack with users."""
    report.step("a stack in which people sign in")
    with machine(sluis, "page-users", logs, users=USERS) as stack:
        context = browser.new_context(locale="nl-NL", viewport={"width": 1280, "height": 900})
        context.set_default_timeout(PATIENCE_S * 1000)
        visit = Visit(context.new_page(), stack, report)
        page = visit.page
        visit.open("/channels?from=a-mail")
        report.check("whoever is not known comes to where one signs in", "/sign-in?back=" in page.url, page.url)
        visit.sees("in Dutch", page.get_by_role("heading", name="Aanmelden"))
        report.check("and sees nothing of the merchant's", "A life of an order" not in page.content() and page.locator("nav").count() == 0)
        found = [one["id"] for one in Axe().run(page, options=RULES).response["violations"]]
        report.check("everybody can use it", not found, found)
        visit.picture("sign-in")
        enter(page, OWNER, "wrong wrong wrong")
        visit.sees("a wrong password is said in Dutch", page.get_by_role("alert").get_by_text("De naam of het wachtwoord klopt niet."))
        report.check("the name stays, the password does not", page.locator("#sign-in-name").input_value() == OWNER and not page.locator("#sign-in-password").input_value())
        enter(page, OWNER, USERS[OWNER][1])
        visit.sees("who signs in comes to where they wanted", page.get_by_role("heading", level=1, name="Verkoopkanalen"))
        report.check("with what stood behind the question mark", page.url.endswith("/channels?from=a-mail"), page.url)
        visit.sees("and is named, with the role", page.locator(".whoever").get_by_text("eigenaar"))
        session = next(cookie for cookie in context.cookies() if cookie["name"] == "sluis-session")
        report.check("no script reads the session", session["httpOnly"] and session["sameSite"] == "Lax", {**session, "value": "…"})
        visit.open(f"/channels/{SHOP}")
        forms = lambda: page.locator('input[name="do"]').evaluate_all("all => all.map(one => one.value)")
        report.check("an owner sees the forms of a channel", set(forms()) == {"publish", "check"}, forms())
        report.check("and nobody asks for a name that is known", page.locator('[name="by"]').count() == 0)
        page.get_by_role("button", name="Afmelden").click()
        visit.sees("who signs out is back at the beginning", page.get_by_role("heading", name="Aanmelden"))
        visit.open("/today")
        report.check("and is not known any more", "/sign-in" in page.url, page.url)

        enter(page, PACKER, USERS[PACKER][1])
        visit.sees("somebody of the warehouse signs in", page.locator(".whoever").get_by_text("magazijn"))
        visit.open(f"/channels/{SHOP}")
        report.check("and sees no button of a channel", forms() == [], forms())
        visit.open("/products/LAMP")
        report.check("but those of the stock, and no rules", "count" in forms() and not {"rules", "rules-on"} & set(forms()), forms())
        visit.act("count", {"count": "9", "reason": "geteld"}, within=page.locator("#at-main"))
        visit.sees("a count is entered", page.get_by_text("Opgeslagen."))
        visit.sees("under the name that signed in", page.locator("#movements ~ ol li").get_by_text(PACKER))
        visit.complaints = [words for words in visit.complaints if "401" not in words]
        report.check("nothing was complained of", visit.complaints == [], visit.complaints)
        page.wait_for_load_state()
        context.clear_cookies()
        visit.sees("a page that is open when its session ends leads to where one signs in", page.get_by_role("heading", name="Aanmelden"))
        context.close()


def enter(page: Page, name: str, password: str) -> None:
    """Fills in name and password, and sends them."""
    page.locator("#sign-in-name").fill(name)
    page.locator("#sign-in-password").fill(password)
    page.get_by_role("button", name="Aanmelden").click()
    page.wait_for_load_state()
