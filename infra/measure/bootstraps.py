"""Measures every bootstrap: size, time from start to the first poll of the Lambda runtime API, and peak memory.

    python3 infra/measure/bootstraps.py [--profile release] [--runs 9]

Starts each binary as Lambda would, against a runtime API and an AWS endpoint played on 127.0.0.1. Times are of this machine
under its present load; they are for comparison, and no test depends on them.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = ["webhook-ingest", "channel-poll", "order-intake", "stock-fanout", "order-updates", "stock-reconcile", "invoice-generation", "read-model", "api"]


class Runtime(ThreadingHTTPServer):
    """Notes when the first poll comes in, and lets it wait."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.polled = threading.Event()
        self.polled_at = 0.0

    def handle_error(self, *_: object) -> None:
        """Binaries are killed while their poll waits: that is no error here."""


class Answer(BaseHTTPRequestHandler):
    """The runtime API and every AWS service in one: polls wait, all else is answered with an empty result."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Runtime)
        if self.path.endswith("/invocation/next") and not server.polled.is_set():
            server.polled_at = time.perf_counter()
            server.polled.set()
            time.sleep(5)
        self.answer(b"{}")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.answer(b"{}")

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/x-amz-json-1.0")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def settings(api: str) -> dict[str, str]:
    """What the template gives every function."""
    return {
        "AWS_LAMBDA_RUNTIME_API": api,
        "AWS_ENDPOINT_URL": f"http://{api}",
        "AWS_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "measure",
        "AWS_SECRET_ACCESS_KEY": "measure",
        "AWS_LAMBDA_FUNCTION_NAME": "measure",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_LOG_GROUP_NAME": "measure",
        "AWS_LAMBDA_LOG_STREAM_NAME": "measure",
        "SLUIS_TABLE": "measure",
        "SLUIS_INBOUND_QUEUE_URL": f"http://{api}/0/inbound",
        "SLUIS_STOCK_HINTS_QUEUE_URL": f"http://{api}/0/stock-hints",
        "SLUIS_ORDER_UPDATES_QUEUE_URL": f"http://{api}/0/order-updates",
        "SLUIS_DOCUMENTS_BUCKET": "documents",
        "SLUIS_BUS": "measure",
        "SLUIS_SECRETS_PREFIX": "/sluis/measure",
        "SLUIS_PUBLIC_URL": "https://measure.example.test",
    }


def one_start(binary: Path) -> tuple[float, int]:
    """Milliseconds to the first poll, and the peak of resident memory in KB at that moment."""
    runtime = Runtime()
    threading.Thread(target=runtime.serve_forever, daemon=True).start()
    api = f"127.0.0.1:{runtime.server_address[1]}"
    began = time.perf_counter()
    process = subprocess.Popen([binary], env=settings(api), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        if not runtime.polled.wait(10):
            process.kill()
            said = process.stdout.read().decode(errors="replace") if process.stdout else ""
            sys.exit(f"{binary.name} never polled; it said:\n{said}")
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        return (runtime.polled_at - began) * 1000, peak
    finally:
        process.kill()
        process.wait()
        runtime.shutdown()


def zipped(binary: Path) -> int:
    """Bytes as uploaded to Lambda."""
    with TemporaryDirectory() as folder:
        archive = Path(folder) / "bootstrap.zip"
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
            out.write(binary, "bootstrap")
        return archive.stat().st_size


def main() -> None:
    """Prints a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--profile", default="release", help="which build in target/ to measure (default: release)")
    parser.add_argument("--target", type=Path, default=Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")))
    parser.add_argument("--runs", type=int, default=9, help="starts of each binary (default: 9)")
    arguments = parser.parse_args()
    print("| function | binary MB | zip MB | start to first poll ms (min / median) | peak memory MB |\n|---|--:|--:|--:|--:|")
    for name in FUNCTIONS:
        binary = arguments.target / arguments.profile / name
        if not binary.exists():
            sys.exit(f"{binary} is missing; build it with: cargo build --profile {arguments.profile} -p {name}")
        starts = [one_start(binary) for _ in range(arguments.runs)]
        times = [ms for ms, _ in starts]
        peak = max(kb for _, kb in starts) / 1024
        size, packed = binary.stat().st_size / 1e6, zipped(binary) / 1e6
        print(f"| {name} | {size:.2f} | {packed:.2f} | {min(times):.1f} / {statistics.median(times):.1f} | {peak:.1f} |", flush=True)


if __name__ == "__main__":
    main()
