"""ministack: AWS in one process on the loopback address, with permissions enforced."""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import boto3
from botocore.config import Config

from processes import Processes, wait_for

REGION = "eu-central-1"
# The emulator's root: it may do everything. Functions get sessions of their own roles.
ROOT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class Emulator:
    """One that is running."""

    url: str
    # Where it serves HTTP APIs, each under its id. (What the stack puts out is where AWS would.)
    api_path: ClassVar[str] = "/_aws/execute-api/"

    def client(self, service: str) -> Any:
        """A client as the emulator's root."""
        return self.client_of(service, ROOT["AWS_ACCESS_KEY_ID"], ROOT["AWS_SECRET_ACCESS_KEY"], None)

    def client_of(self, service: str, key: str, secret: str, session: str | None) -> Any:
        """A client with these credentials."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=session,
            config=Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"}, read_timeout=120),
        )

    def api(self, api_id: str) -> str:
        """Where the emulator serves an HTTP API."""
        return f"{self.url}{self.api_path}{api_id}"

    def environment(self) -> dict[str, str]:
        """For programs that are to take it for AWS."""
        return ROOT | {"AWS_ENDPOINT_URL": self.url, "AWS_REGION": REGION}


def start(processes: Processes, port: int, folder: Path) -> Emulator:
    """Starts it with its state in `folder` and waits until it answers."""
    emulator = Emulator(f"http://127.0.0.1:{port}")
    home = folder / "emulator"
    home.mkdir()
    process = processes.start(
        "emulator",
        [Path(sys.executable).with_name("ministack")],
        emulator.environment()
        | {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "TMPDIR": str(home),
            "AUTH": "true",
            "GATEWAY_PORT": str(port),
            "MINISTACK_REGION": REGION,
            "MINISTACK_HOST": "127.0.0.1",
            # Its default is to listen on every address; the second would open another port.
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
        },
    )

    def healthy() -> bool | None:
        if process.poll() is not None:
            raise SystemExit(f"the emulator ended with {process.returncode}; see {processes.log('emulator')}")
        with urllib.request.urlopen(f"{emulator.url}/_ministack/health", timeout=2) as answer:
            return True if json.load(answer) is not None else None

    wait_for("the emulator answers", healthy, 60)
    return emulator
