"""Child processes that are surely gone when the run is over, and waiting with an end to it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


def free_ports(count: int) -> list[int]:
    """Ports of the loopback address that nobody uses at this moment, all different."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(what: str, probe: Callable[[], T | None], timeout_s: float = 30.0) -> T:
    """Asks until there is an answer. Fails with the last error when the time is over."""
    end = time.monotonic() + timeout_s
    last: Exception | None = None
    while time.monotonic() < end:
        try:
            answer = probe()
            if answer is not None:
                return answer
        except Exception as error:  # not there yet: connection refused, not found, ...
            last = error
        time.sleep(0.1)
    raise TimeoutError(f"{what}: not so after {timeout_s:g} s" + (f" ({last})" if last else ""))


class Processes:
    """Starts processes, each with its output in a file, and ends them in reverse order."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[tuple[str, subprocess.Popen[bytes]]] = []

    def start(self, name: str, command: Sequence[str | Path], env: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Starts one with exactly this environment: nothing of the caller's leaks into a Lambda."""
        with self.log(name).open("wb") as log:
            process = subprocess.Popen(
                [str(part) for part in command],
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._running.append((name, process))
        return process

    def log(self, name: str) -> Path:
        """Where a process's output goes."""
        return self._logs / f"{name}.log"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for name, process in reversed(self._running):
            self._end(name, process)

    def _end(self, name: str, process: subprocess.Popen[bytes]) -> None:
        for sign, patience_s in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            # The whole group, so that Lambdas that the emulator started go with it. The group may outlive its leader.
            try:
                os.killpg(process.pid, sign)
                process.wait(patience_s)
            except ProcessLookupError:
                process.wait(patience_s)
                return
            except subprocess.TimeoutExpired:
                print(f"           {name} does not end, trying harder", flush=True)
