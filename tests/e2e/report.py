"""Tells what is going on, and counts what was checked."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Report:
    """Everything that was checked so far."""

    started: float = field(default_factory=time.monotonic)
    passed: int = 0
    failed: list[str] = field(default_factory=list)

    def step(self, text: str) -> None:
        """What begins now."""
        print(f"[{time.monotonic() - self.started:6.1f} s] {text}", flush=True)

    def check(self, what: str, holds: bool, found: object = "") -> bool:
        """Counts one check; `found` is shown when it does not hold."""
        if holds:
            self.passed += 1
            print(f"           ok    {what}", flush=True)
        else:
            self.failed.append(what)
            print(f"           FAIL  {what}; found: {found}", flush=True)
        return holds

    def end(self) -> int:
        """The last line, and the exit status. Nothing checked is a failure."""
        print(f"{self.passed} passed, {len(self.failed)} failed", flush=True)
        return 1 if self.failed or not self.passed else 0
