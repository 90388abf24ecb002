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

from deploy import ROOT, deploy, packed
from emulator import start
from less import Less
from merchant import merchant
from processes import Processes, free_ports
from relay import relay
from report import Report
from story import Story


def arguments() -> argparse.Namespace:
    """What the caller wants."""
    built = ROOT / "target" / "debug"
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="Build first: cargo build --workspace --bins. Python packages: see .ci/run.",
    )
    parser.add_argument("--binaries", type=Path, default=built, metavar="DIR", help=f"where they were built (default {built})")
    parser.add_argument(
        "--every-permission", action="store_true", help="take every permission away once, and not one for each function and service"
    )
    parser.add_argument("--logs", type=Path, metavar="DIR", help="keep the output of all processes there (default: nowhere)")
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
            emulator_port, street_port = free_ports(2)
            report.step("start the emulator")
            emulator = start(processes, emulator_port, folder)
            with relay(emulator.url) as between:
                report.step("deploy the template")
                stack = deploy(emulator, wanted.binaries, between.url)
                shops = merchant(wanted.binaries / "sluis", street_port, folder)
                tell(Story(emulator, stack, shops, between, report), processes, wanted.binaries, every=wanted.every_permission)
            report.step("stop everything")
    return report.end()


def tell(story: Story, processes: Processes, binaries: Path, *, every: bool) -> None:
    """The whole story, in its order."""
    report = story.report
    story.deployment()
    report.step("open three shops, write connections and catalogue")
    story.merchant.open_shops(processes)
    report.step(story.merchant.apply(story.emulator, story.stack))
    report.step("knock on the doors")
    story.doors()
    report.step("try what a function has no permission for")
    story.cross_reads()
    report.step("run the schedules' tasks")
    story.schedules()
    report.step("one sale")
    delivery = story.sale()
    report.step("the same delivery again")
    story.again(delivery)
    report.step("take the permission to store deliveries away")
    story.ingest_permission()
    report.step("take the permission to note what shops were told away")
    story.fanout_permission()
    report.step("have a channel leave its notifications in a queue")
    story.notified(packed(binaries / "queued-channel-poll"))
    report.step("put the table back as it was before a sale")
    story.restored()
    Less(story, delivery).tell(every=every)
    report.step("have one shop refuse its keys")
    story.failing()
    story.leftovers()


if __name__ == "__main__":
    sys.exit(main())
