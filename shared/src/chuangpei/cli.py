"""The command ``chuangpei``: what is done without a running service.

    chuangpei verify certificate.json --trust trust.json

checks a certificate in any carrier with no network: exit 0 where it stands, 1 where it does not, 2 where the
call or a file is no good. ``trust.json`` is what ``GET /cert/v1/trust`` answered; it says nothing of
revocations once its status lists have run out.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from chuangpei.credentials.checking import Checked, Verdict, trusted_in
from chuangpei.credentials.documents import MAX_BYTES, Malformed, read
from chuangpei.kernel.clock import SystemClock

STANDS, DOES_NOT_STAND, NO_GOOD = 0, 1, 2
_MOST_TRUST_BYTES = 64 * MAX_BYTES


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command; the exit code says what was found."""
    parser = argparse.ArgumentParser(prog="chuangpei", description="创培 · Chuangpei")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="核验证书 · check a certificate, offline")
    verify.add_argument(
        "file", type=Path, help="凭证、JWT、PDF 或二维码内容 · a credential, a JWT, a PDF or a code"
    )
    verify.add_argument("--trust", type=Path, required=True, help="/cert/v1/trust 的内容 · what it answered")
    verify.add_argument("--at", type=_instant, help="核验时点 · as of, such as 2026-06-01T12:00:00+08:00")
    verify.add_argument("--json", action="store_true", help="输出 JSON · answer in JSON")
    given = parser.parse_args(arguments)
    try:
        checker = trusted_in(read(_content(given.trust), most_bytes=_MOST_TRUST_BYTES))
        found = checker.check(_content(given.file), given.at or SystemClock().now())
    except (OSError, Malformed) as error:
        sys.stderr.write(f"{error}\n")
        return NO_GOOD
    sys.stdout.write(_as_json(found) if given.json else _as_text(found))
    return STANDS if found.verdict is Verdict.VALID else DOES_NOT_STAND


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.utcoffset() is None:
        raise ValueError("an instant needs its time zone")
    return instant


def _content(file: Path) -> bytes:
    """The file, read no further than any file of ours is long."""
    with file.open("rb") as stream:
        return stream.read(_MOST_TRUST_BYTES + 1)


def _as_json(found: Checked) -> str:
    answer = {"verdict": found.verdict, "carrier": found.carrier, "detail": found.detail, "says": found.says}
    return json.dumps(answer, ensure_ascii=False, indent=1) + "\n"


def _as_text(found: Checked) -> str:
    lines = [f"{found.reason.zh} · {found.reason.en}", *([found.detail] if found.detail else [])]
    if found.says:
        lines.append(json.dumps(found.says, ensure_ascii=False, indent=1))
    return "\n".join(lines) + "\n"
