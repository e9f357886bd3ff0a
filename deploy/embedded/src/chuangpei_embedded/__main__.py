"""``python -m chuangpei_embedded``: run, demo, token, tools. Each imports what it needs and no more."""

import argparse
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from chuangpei_embedded.commands import INTERRUPTED, Failed

_LOOPBACK = "127.0.0.1,localhost"
_WISH = ("role", "district", "credit_code", "id_number", "name", "subject")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chuangpei_embedded", description="创培 Chuangpei")
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="serve the whole platform; the first start plays the story")
    run.add_argument("--port", type=_port, default=os.environ.get("PORT") or "8000")

    demo = commands.add_parser("demo", help="play the story on a fresh platform, then end")
    demo.add_argument("--bus", choices=("postgres", "kafka"), default="postgres")

    token = commands.add_parser("token", help="print a development token")
    token.add_argument("role")
    token.add_argument("district", nargs="?")
    for option in ("--credit-code", "--id-number", "--name", "--subject"):
        token.add_argument(option)

    tools = commands.add_parser("tools", help="serve the development tools and simulators alone")
    tools.add_argument("--port", type=_port, required=True)
    tools.add_argument("--subsidy", default="", help="the origin of subsidy-svc, for the simulated platform")

    for command in (run, token, tools):
        command.add_argument("--folder", type=Path, default=Path(".data"), help="where the data are kept")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) < 65536:
        raise argparse.ArgumentTypeError(f"not a port: {text}")
    return int(text)


def _command(arguments: argparse.Namespace) -> int:
    match arguments.command:
        case "run":
            from chuangpei_embedded.run import run

            return run(arguments.folder.resolve(), arguments.port)
        case "demo":
            from chuangpei_embedded.demo import demo

            return demo(arguments.bus)
        case "token":
            from chuangpei_embedded.dev.tokens import token

            wish = {name: getattr(arguments, name) for name in _WISH}
            print(token(arguments.folder, wish))  # noqa: T201  # what the command is for
            return 0
        case _:
            from chuangpei_embedded.dev.serve import serve_tools

            environment = os.environ.get("CHUANGPEI_ENVIRONMENT", "production")
            return serve_tools(arguments.folder.resolve(), arguments.port, environment, arguments.subsidy)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """The exit code: 0, 1 with the reason on standard error, or 130 when interrupted before the end."""
    arguments = _arguments()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _as_interrupt)
    # Our processes talk to each other on loopback, never through a proxy.
    direct = f"{os.environ.get('NO_PROXY', '')},{_LOOPBACK}".strip(",")
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = direct
    try:
        return _command(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Failed as failed:
        print(failed, file=sys.stderr)  # noqa: T201  # the reason, for the person at the terminal
        return 1


if __name__ == "__main__":
    sys.exit(main())
