"""Deploys the template to an AWS emulator and follows one order through it, permissions enforced.

The very template and the very code that go to AWS, in processes on this machine: nothing listens on any other address than
127.0.0.1, and nothing is left running. Ends with one line `N passed, N failed`, and status 0 if none failed.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from deploy import ROOT, deploy
from emulator import start
from merchant import apply, start_far_side
from processes import Processes, free_ports
from report import Report
from story import Story

# What the functions need only here: their shops are on the loopback address.
FOR_LOOPBACK: dict[str, str] = {}


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    built = ROOT / "target" / "emulator"
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Build first: cargo build --profile emulator --workspace --bins. Python packages: see .ci/run.",
    )
    parser.add_argument("--bootstraps", type=Path, default=built, metavar="DIR", help=f"binaries of the functions (default {built})")
    parser.add_argument("--sluis", type=Path, default=built / "sluis", metavar="FILE", help="the sluis program (default: beside them)")
    parser.add_argument("--logs", type=Path, metavar="DIR", help="keep the output of all processes there (default: thrown away)")
    return parser.parse_args()


def main() -> int:
    """Runs everything."""
    wanted = arguments()
    # An exit like any other, so that a build server's patience running out leaves no process behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    report = Report()
    with tempfile.TemporaryDirectory(prefix="sluis-e2e-") as temporary:
        folder = Path(temporary)
        logs = wanted.logs or folder
        logs.mkdir(parents=True, exist_ok=True)
        with Processes(logs) as processes:
            emulator_port, far_side_port = free_ports(2)
            report.step("start the emulator")
            emulator = start(processes, emulator_port, folder)
            report.step("deploy the template")
            stack = deploy(emulator, wanted.bootstraps, FOR_LOOPBACK)
            story = Story(emulator, stack, report)
            story.deployment()
            report.step("open three shops, write connections and catalogue")
            far_side = start_far_side(processes, wanted.sluis, far_side_port)
            apply(emulator, stack, wanted.sluis, far_side, folder)
            report.step("knock on the doors")
            jwt = story.doors()
            report.step("one order")
            story.order(far_side, jwt)
            report.step("take a permission away")
            story.permissions()
            story.leftovers()
            report.step("stop everything")
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
