"""A page of somebody else's in the merchant's browser, which tries everything that listens on the machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from machine import Machine
from playwright.sync_api import Browser
from report import Report
from web import call

# A name of somebody else's, which leads to this machine: as after a rebinding of its address.
FOREIGN = "evil.example.test"
FLAG = f"--host-resolver-rules=MAP {FOREIGN} 127.0.0.1"

# What a script may try from another site; answers what it could read.
SCRIPT = """async ([ports, correction]) => {
  const told = [];
  const quick = () => AbortSignal.timeout(5000);
  const attempts = (base) => [
    ["read", base + "/api/v1/orders", {}],
    ["read with a name", base + "/api/v1/orders", { credentials: "include" }],
    ["ask the table", base + "/", { method: "POST", body: "{}", headers: { "x-amz-target": "DynamoDB_20120810.ListTables", "content-type": "application/x-amz-json-1.0" } }],
    ["ask the table without a word", base + "/", { method: "POST", body: "{}" }],
    ["correct as JSON", base + "/api/v1/stock/adjustments", { method: "POST", body: correction, headers: { "content-type": "application/json", "idempotency-key": "taken" } }],
    ["correct as text", base + "/api/v1/stock/adjustments", { method: "POST", body: correction, mode: "no-cors", headers: { "content-type": "text/plain" } }],
    ["correct without a kind", base + "/api/v1/stock/adjustments", { method: "POST", body: new Blob([correction]), mode: "no-cors" }],
    ["correct as a form", base + "/products/LAMP", { method: "POST", body: new URLSearchParams({ do: "set", about: "main", key: "taken", set: "0", reason: "broken", by: "Mallory" }), mode: "no-cors" }],
    ["read a page", base + "/today", {}],
    ["chaos", base + "/_local/chaos", { method: "POST", body: '{"rate":0.5}', mode: "no-cors" }],
    ["buy", base + "/_simulator/buy", { method: "POST", body: '{"sku":"LAMP","quantity":1}', mode: "no-cors" }],
  ];
  for (const port of ports) {
    for (const host of ["127.0.0.1", "localhost"]) {
      for (const [what, url, how] of attempts(`http://${host}:${port}`)) {
        try {
          const answer = await fetch(url, { ...how, signal: quick() });
          if (answer.type !== "opaque") told.push(`${what} at ${host}:${port}: ${answer.status} ${(await answer.text()).slice(0, 80)}`);
        } catch { /* nothing was to be had */ }
      }
    }
  }
  return told;
}"""

# A form needs no script's leave, and its text can be JSON: the name before the sign of equality, the rest after it.
FORM = """([action, correction]) => {
  const form = Object.assign(document.createElement("form"), { method: "POST", action, enctype: "text/plain" });
  const at = correction.lastIndexOf("}");
  form.append(Object.assign(document.createElement("input"), { name: correction.slice(0, at) + ',"x":"', value: '"}' }));
  document.body.append(form);
  form.submit();
}"""


# As a page of ours would send it.
PLAIN_FORM = """(action) => {
  const form = Object.assign(document.createElement("form"), { method: "POST", action });
  for (const [name, value] of Object.entries({ do: "set", about: "main", key: "taken", set: "0", reason: "broken", by: "Mallory" })) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}"""


class Empty(BaseHTTPRequestHandler):
    """A page with nothing on it."""

    def do_GET(self) -> None:
        body = b"<!doctype html><title>a page</title><body>"
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


@contextmanager
def page_of_somebody_elses() -> Iterator[str]:
    """Where it is."""
    server = HTTPServer(("127.0.0.1", 0), Empty)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{FOREIGN}:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def listening(process: int) -> list[int]:
    """The ports on which a process waits: all that a search through the machine would find of it."""
    links = (os.readlink(fd) for fd in Path(f"/proc/{process}/fd").iterdir() if fd.is_symlink())
    sockets = {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
    ports = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A" and parts[9] in sockets:
                ports.append(int(parts[1].rsplit(":", 1)[1], 16))
    return sorted(ports)


def attack(browser: Browser, stack: Machine, report: Report) -> None:
    """All of it, and what it came to."""
    report.step("a page of somebody else's")
    state = f"{stack.api}/api/v1/products/LAMP"
    shops = [f"{shop}/_simulator/orders" for shop in stack.shops.values()]

    def held() -> list[Any]:
        return [call("GET", f"{state}/movements").json(), call("GET", f"{stack.api}/api/v1/connections").json(), *(call("GET", s).json() for s in shops)]

    before = held()
    ports = listening(stack.process.pid)
    known = {int(url.rsplit(":", 1)[1].split("/")[0]) for url in [stack.api, *stack.shops.values()]}
    report.check("beside page and shops one more port is open, for deliveries", len(set(ports) - known) == 1 and known <= set(ports), ports)
    correction = json.dumps({"sku": "LAMP", "location": "main", "add": -1, "reason": "broken", "by": "Mallory"})
    with page_of_somebody_elses() as address:
        context = browser.new_context()
        page = context.new_page()
        page.goto(address)
        told = page.evaluate(SCRIPT, [ports, correction])
        report.check(f"its script reads nothing at any of {len(ports)} ports", told == [], told)
        for port in ports:
            page.goto(address)
            with page.expect_navigation():
                page.evaluate(FORM, [f"http://127.0.0.1:{port}/api/v1/stock/adjustments", correction])
            page.goto(address)
            with page.expect_navigation():
                page.evaluate(PLAIN_FORM, f"http://127.0.0.1:{port}/products/LAMP")
        for port in ports:
            for path in ("/", "/today", "/api/v1/orders", "/_local/status"):
                answer = page.goto(f"http://{FOREIGN}:{port}{path}")
                status = answer.status if answer else 0
                report.check(f"under a name of its own it finds nothing at port {port}{path}", status in (403, 404), status)
        context.close()
    after = held()
    report.check("nothing was changed, bought or pointed elsewhere", before == after, (before, after))
