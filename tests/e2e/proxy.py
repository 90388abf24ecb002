"""The nginx of the guides before the door for deliveries, and before a page where people sign in: what comes through and what does not.

The server block is read from docs/guides/one-machine.md, so that what people copy is what is tried; only the ports are others, and TLS is
left away. A shop's own signed webhooks come through it: no poll runs meanwhile. Nothing listens on any other address than 127.0.0.1, and
nothing is left running. Ends with one line `N passed, N failed`, and status 0 if none failed. Needs nginx.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent))

from machine import CHANNELS, SLUIS, add_user, configuration
from processes import Processes, free_ports, wait_for
from report import Report
from web import call

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
GUIDE, USERS_GUIDE = GUIDES / "one-machine.md", GUIDES / "users.md"
# Invented, and known to a stack that ends with the run.
OWNER, PASSWORD = "ada", "correct horse battery"
PATIENCE_S = 60.0
# So seldom that what is known before came by a webhook.
POLL_S = 3_600
HEADERS = {"content-type": "application/json"}
# What must come no further than the proxy, or the door behind it.
CLOSED = ["/", "/api/v1/orders", "/_local/status", "/hooks", "/hooks/", "/hooks/../api/v1/orders", "/hooks/%2e%2e/api/v1/orders", "/hooks//api"]


def server_block(port: int, hooks: int) -> str:
    """The guide's server, on this port, before this door."""
    found = re.search(r"```nginx\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "the guide shows no nginx"
    text = found[1].replace("listen 443 ssl;", f"listen 127.0.0.1:{port};").replace("127.0.0.1:8081", f"127.0.0.1:{hooks}")
    text = re.sub(r"^\s*ssl_certificate(_key)? .*\n", "", text, flags=re.MULTILINE)
    assert f":{port};" in text and f":{hooks};" in text and "ssl" not in text, text
    return text


def page_block(port: int, pages: int) -> str:
    """The server of the guide to users, on this port, before this page. TLS is left away: what it says of that is said all the same."""
    found = re.search(r"```nginx\n(.*?)```", USERS_GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert found, "the guide to users shows no nginx"
    text = found[1].replace("listen 443 ssl;", f"listen 127.0.0.1:{port};").replace("127.0.0.1:8080", f"127.0.0.1:{pages}")
    text = re.sub(r"^\s*ssl_certificate(_key)? .*\n", "", text, flags=re.MULTILINE).replace("$scheme", "https")
    assert f":{port};" in text and f":{pages};" in text and "ssl" not in text, text
    return text


def nginx(folder: Path, blocks: list[str]) -> Path:
    """A whole configuration that writes nowhere but in this folder."""
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    text = f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{''.join(blocks)}}}\n"
    path = folder / "nginx.conf"
    path.write_text(text)
    return path


def main() -> int:
    """Runs everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sluis", type=Path, default=SLUIS, help="the program to run (default %(default)s)")
    parser.add_argument("--logs", type=Path, metavar="DIR", help="keep the output of all processes there (default: nowhere)")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise SystemExit("nginx is not here; install it (Debian: nginx-light)")
    report = Report()
    with tempfile.TemporaryDirectory(prefix="sluis-e2e-") as temporary:
        folder = Path(temporary)
        logs = wanted.logs or folder
        logs.mkdir(parents=True, exist_ok=True)
        with Processes(logs) as processes:
            through(report, processes, folder, wanted.sluis, Path(program))
        with Processes(logs) as processes:
            signing_in(report, processes, folder / "exposed", wanted.sluis, Path(program))
    return report.end()


def through(report: Report, processes: Processes, folder: Path, sluis: Path, program: Path) -> None:
    """Starts proxy and stack, and asks."""
    pages, hooks, front, wrong = free_ports(4)
    config = configuration(folder, pages)
    text = config.read_text().replace("poll_every_s = 2", f"poll_every_s = {POLL_S}")
    config.write_text(text + f'hooks_listen = "127.0.0.1:{hooks}"\npublic_url = "http://127.0.0.1:{front}"\n')
    # The second is the mistake that the guide warns of: it leads to the page.
    blocks = [server_block(front, hooks), server_block(wrong, pages).replace("location /hooks/", "location /")]
    report.step("start the proxy and the stack")
    processes.start("nginx", [program, "-p", folder, "-c", nginx(folder, blocks)], {"PATH": "/usr/bin:/bin"})
    state = folder / "state"
    processes.start("stack", [sluis, "--state", state, "run", "--config", config], {"PATH": "/usr/bin:/bin"})
    api, public = f"http://127.0.0.1:{pages}/api/v1", f"http://127.0.0.1:{front}"
    wait_for("the stack answers", lambda: True if call("GET", f"{api}/health").status == 200 else None, PATIENCE_S)
    wait_for("the proxy answers", lambda: call("GET", public), PATIENCE_S)

    report.step("knock on the doors")
    for path in CLOSED:
        for method, body in (("GET", None), ("POST", b"{}")):
            answer = call(method, public + path, HEADERS, body)
            report.check(f"{method} {path} is not there through the proxy", answer.status in (400, 404, 405), answer)
    for channel in CHANNELS:
        answer = call("POST", f"{public}/hooks/{channel}/{channel}", HEADERS, b"{}")
        report.check(f"a delivery to {channel} that nobody signed comes through and is refused", answer.status == 401, answer)
    answer = call("POST", f"{public}/hooks/woocommerce/woocommerce", HEADERS, b" " * (1024 * 1024 + 1))
    report.check("more than 1 MiB is refused", answer.status == 413, answer)
    for path in ("/", "/api/v1/orders"):
        answer = call("GET", f"http://127.0.0.1:{wrong}{path}")
        report.check(f"a proxy that leads to the page is turned away: {path}", answer.status == 403, answer)

    report.step("a customer buys on every channel, and no poll is due")
    wait_for("every shop delivers here", lambda: subscribed(api), PATIENCE_S)
    shops = json.loads((state / "shops.json").read_text())
    for channel in CHANNELS:
        sold = call("POST", f"{shops[channel]}/_simulator/buy", HEADERS, b'{"sku":"LAMP","quantity":1}')
        report.check(f"a customer buys on {channel}", sold.status == 200, sold)
    for channel in CHANNELS:
        held = wait_or_none(partial(taken_in, api, channel))
        report.check(f"the webhook of {channel} came through the proxy", bool(held), call("GET", f"{api}/orders"))


def signing_in(report: Report, processes: Processes, folder: Path, sluis: Path, program: Path) -> None:
    """A stack that is exposed behind the proxy of the guide to users: it asks who is there."""
    report.step("a page behind a proxy, where people sign in")
    folder.mkdir()
    pages, front = free_ports(2)
    config, state = configuration(folder, pages), folder / "state"
    run = [sluis, "--state", state, "run", "--config", config, "--expose"]
    refused = processes.start("ownerless", run, {"PATH": "/usr/bin:/bin"})
    report.check("without an owner it does not start", refused.wait(PATIENCE_S) == 1, processes.log("ownerless").read_text())
    add_user(sluis, state, config, OWNER, "owner", PASSWORD)
    (folder / "proxy").mkdir()
    processes.start("nginx-page", [program, "-p", folder / "proxy", "-c", nginx(folder / "proxy", [page_block(front, pages)])], {"PATH": "/usr/bin:/bin"})
    processes.start("exposed", run, {"PATH": "/usr/bin:/bin"})
    public = f"http://127.0.0.1:{front}"
    wait_for("the stack answers through the proxy", lambda: True if call("GET", f"{public}/api/v1/health").status == 401 else None, PATIENCE_S)
    for base in (public, f"http://127.0.0.1:{pages}"):
        for path in ("/api/v1/orders", "/api/v1/users", "/pulse"):
            answer = call("GET", base + path)
            report.check(f"nobody is answered who is not known: {path}", answer.status == 401, answer)
        answer = call("GET", f"{base}/_local/status")
        report.check("nor told what lies underneath", answer.status == 404, answer)
    forged = call("GET", f"{public}/api/v1/orders", {"Host": "evil.example.test"})
    report.check("a forged Host is refused", forged.status == 403, forged)

    form = {"content-type": "application/x-www-form-urlencoded"}
    # As a browser has it that speaks TLS to the proxy.
    ours = {**form, "Origin": "https://127.0.0.1", "Host": "127.0.0.1"}
    right, wrong = (urlencode({"name": OWNER, "password": password, "back": "/today"}).encode() for password in (PASSWORD, "wrong wrong wrong"))
    for what, headers, body, status in (
        ("a foreign Origin signs nobody in", {**form, "Origin": "https://evil.example.test"}, right, 403),
        ("nor does one that says nothing", form, right, 415),
        ("a text is no form", {**ours, "content-type": "text/plain"}, right, 415),
        ("a wrong password is refused", ours, wrong, 401),
    ):
        answer = call("POST", f"{public}/sign-in", headers, body)
        report.check(what, answer.status == status, answer)
    cookie = session(front, ours, right)
    report.check("the owner signs in, and TLS alone has the cookie", cookie.startswith("__Host-sluis-session=") and "; Secure" in cookie and "HttpOnly" in cookie, cookie.split("=")[0])
    signed = {"cookie": cookie.split(";")[0], "Host": "127.0.0.1"}
    answer = call("GET", f"{public}/api/v1/orders", signed)
    report.check("and is answered", answer.status == 200, answer)
    body = b'{"sku":"LAMP","location":"main","set":3,"reason":"count"}'
    change = {**signed, **HEADERS, "Idempotency-Key": "count-1"}
    for what, more, status in (
        ("what a page of another site sends with it is refused", {"Origin": "https://evil.example.test"}, 403),
        ("and what does not say where it stood", {}, 403),
        ("what our page sends is done", {"Origin": "https://127.0.0.1"}, 200),
    ):
        answer = call("POST", f"{public}/api/v1/stock/adjustments", {**change, **more}, body)
        report.check(what, answer.status == status, answer)
    # The proxy tells the address, so whoever tries from there waits, and nobody else.
    tried = [call("POST", f"{public}/sign-in", ours, wrong).status for _ in range(10)]
    report.check("whoever tries too often waits", tried[-1] == 429, tried)
    answer = call("GET", f"{public}/api/v1/orders", signed)
    report.check("who is signed in stays so", answer.status == 200, answer)


def session(port: int, headers: dict[str, str], body: bytes) -> str:
    """Signs in without following where that leads, and answers the cookie."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    connection.request("POST", "/sign-in", body, headers)
    answer = connection.getresponse()
    connection.close()
    return answer.getheader("set-cookie", "") if answer.status == 303 else f"{answer.status}"


def subscribed(api: str) -> bool | None:
    """Whether every connection has its webhooks."""
    duties = [each["tasks"] for each in call("GET", f"{api}/health").json()["connections"]]
    return True if all(any(d["task"] == "subscription" and d["status"] == "ok" for d in each) for each in duties) else None


def taken_in(api: str, channel: str) -> bool | None:
    """Whether an order of a channel is known."""
    orders = call("GET", f"{api}/orders").json()["orders"]
    return True if any(each["connection"] == channel for each in orders) else None


def wait_or_none(probe: Callable[[], bool | None]) -> bool | None:
    """What a probe answers within a while; nothing if it never does."""
    try:
        return wait_for("it", probe, PATIENCE_S)
    except TimeoutError:
        return None


if __name__ == "__main__":
    sys.exit(main())
