"""``python -m bench [--quick] [--only relay,start]``: measures and writes ``bench/results.json``."""

import argparse
import asyncio
import importlib
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

import uvloop

from bench.ground import Ground, prepared
from bench.measure import Row
from bench.scale import FULL, QUICK

RESULTS = Path(__file__).with_name("results.json")
MEASUREMENTS = (
    "certificate_check",
    "class_500",
    "status_list",
    "claim_submit",
    "against_pgbench",
    "with_relay",
    "consume",
    "relay",
    "latency",
    "batch",
    "rank_publish",
    "growth",
    "windows",
    "subsidy_plans",
    "training",
    "start",
)
_MOST_SECONDS = 1_800.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true", default=os.environ.get("QUICK", "") not in ("", "0"))
    parser.add_argument("--only", default="", help="some of: " + ", ".join(MEASUREMENTS))
    parser.add_argument("--output", type=Path, default=RESULTS)
    return parser.parse_args()


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # what the command is for


async def _measure(name: str, ground: Ground) -> list[Row]:
    found = []
    async with asyncio.timeout(_MOST_SECONDS):
        async for row in importlib.import_module(f"bench.rows.{name}").rows(ground):
            found.append(row)
            _print(_line(row))
    return found


def _line(row: Row) -> str:
    met = "" if row.target is None else "met " if row.target.is_met_by(row.ratio) else "MISSED "
    return (
        f"{row.name:<30} {row.value:>12,.5g} {row.unit:<11} against {row.peer:>10,.5g}"
        f"  ratio {row.ratio:6.3f}  {met}{row.target or ''}"
    )


def main() -> int:
    """0 where everything could be measured; 1 where a measurement failed, after the others were written."""
    arguments = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends what was started, as Ctrl-C does
    scale = QUICK if arguments.quick else FULL
    names = arguments.only.split(",") if arguments.only else MEASUREMENTS
    found: list[Row] = []
    failed: list[str] = []
    begun = time.monotonic()
    with prepared(scale) as ground:
        _print(f"{'quick' if scale.quick else 'full'} run; the bus is {ground.bus_name}")
        for name in names:
            try:
                found += uvloop.run(_measure(name, ground))
            except Exception:
                traceback.print_exc()
                failed.append(name)
    lines = ",\n".join(json.dumps(row.as_json(quick=scale.quick), ensure_ascii=False) for row in found)
    arguments.output.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    _print(f"{len(found)} rows in {time.monotonic() - begun:.0f} s, written to {arguments.output}")
    if failed:
        _print(f"could not be measured: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
