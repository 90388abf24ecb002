"""The shops of the run as processes and rows: everything that knows the command line of `sluis`."""

from __future__ import annotations

import subprocess
from pathlib import Path

from deploy import Stack
from emulator import Emulator
from fixtures.shops import EAN, OPENING_STOCK, SHOPS, SKU, Shop
from processes import Processes, wait_for
from web import call


def start_far_side(processes: Processes, sluis: Path, port: int) -> str:
    """Starts the shops' simulators in one process of their own and answers their address."""
    address = f"http://127.0.0.1:{port}"
    channels = [part for shop in SHOPS for part in ("--channel", shop.channel)]
    far_side = processes.start("far-side", [sluis, "far-side", "--listen", f"127.0.0.1:{port}", *channels], {"PATH": "/usr/bin:/bin"})

    def listening() -> bool | None:
        if far_side.poll() is not None:
            raise SystemExit(f"the shops ended with {far_side.returncode}; see {processes.log('far-side')}")
        return True if call("GET", f"{address}/").status else None

    wait_for("the shops answer", listening)
    return address


def base_url(far_side: str, shop: Shop) -> str:
    """Where a shop's simulator is served."""
    return f"{far_side}/{shop.channel}"


def shown(far_side: str, shop: Shop) -> int | None:
    """The figure that a shop's window shows, asked of its simulator."""
    answer = call("GET", f"{base_url(far_side, shop)}/_far-side/shown/{SKU}").json()
    return answer.get("shown") if isinstance(answer, dict) else None


def apply(emulator: Emulator, stack: Stack, sluis: Path, far_side: str, folder: Path) -> None:
    """Writes connections, catalogue and opening stock with `sluis apply`, and the credentials to SSM."""
    ssm = emulator.client("ssm")
    for shop in SHOPS:
        for name, value in shop.credentials.items():
            path = f"/sluis/{stack.environment}/{shop.connection}/{name}"
            ssm.put_parameter(Name=path, Value=value, Type="SecureString")
    config = folder / "sluis.toml"
    config.write_text(configuration(far_side))
    environment = emulator.environment() | {"PATH": "/usr/bin:/bin", "SLUIS_TABLE": stack.outputs["TableName"]}
    done = subprocess.run([sluis, "apply", "--config", config], env=environment, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise SystemExit(f"sluis apply ended with {done.returncode}:\n{done.stdout}{done.stderr}")


def configuration(far_side: str) -> str:
    """The merchant's configuration file."""
    lines = [
        "[[article]]",
        f'sku = "{SKU}"',
        f'ean = "{EAN}"',
        'title = "Lamp"',
        f"stock = {OPENING_STOCK}",
    ]
    for shop in SHOPS:
        lines += ["", "[[connection]]", f'id = "{shop.connection}"', f'channel = "{shop.channel}"']
        lines += [f'base_url = "{base_url(far_side, shop)}"']
        if shop.settings:
            lines += ["[connection.settings]"] + [f'{name} = "{value}"' for name, value in shop.settings.items()]
    return "\n".join(lines) + "\n"
