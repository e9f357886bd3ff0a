"""Writes docs/policy-trace.md: each rule with the code and tests that carry it, and those not carried yet.

    python docs/policy_trace.py            writes the page
    python docs/policy_trace.py --check    fails where the page is out of date

The rule ids (and D, decisions of the project) stand in docs/rules.yaml with one line each; an
id counts as carried where a source file names it, and as tested where a test or a test case names it.
"""

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "policy-trace.md"
RULES = ROOT / "docs" / "rules.yaml"
RULE_ID = re.compile(r"(?<![A-Za-z0-9])([TCSBOD]\d{2})(?:\s*[-–—]\s*([TCSBOD])?(\d{2}))?(?![A-Za-z0-9])")
CODE = ("shared/src", "services/*/src", "services/*/migrations")
TESTS = ("shared/tests", "services/*/tests", "tests-e2e", "deploy/*/tests")
READ = {".py", ".yaml", ".sql"}
MOST_PLACES = 6

INTRODUCTION = """\
# Policy trace

<!-- Written by docs/policy_trace.py (`make docs`). -->

Which code and which tests carry each rule of the policy documents. A rule is carried where code names its id
and shown where a test or a test case names it.
"""

Places = dict[str, set[str]]


def ids_in(text: str) -> set[str]:
    """Every rule id in a text; a range such as ``S01-S04`` or ``S01–04`` names all between."""
    found: set[str] = set()
    for first, letter, last in RULE_ID.findall(text):
        found.add(first)
        if last and (not letter or letter == first[0]):
            found.update(f"{first[0]}{number:02d}" for number in range(int(first[1:]), int(last) + 1))
    return found


def files_under(patterns: tuple[str, ...]) -> Iterator[Path]:
    """The source files under the folders."""
    for pattern in patterns:
        for folder in sorted(ROOT.glob(pattern)):
            yield from sorted(path for path in folder.rglob("*") if path.suffix in READ)


def places(patterns: tuple[str, ...]) -> Places:
    """Where each id is named, by file relative to the root."""
    found: Places = defaultdict(set)
    for path in files_under(patterns):
        for rule in ids_in(path.read_text(encoding="utf-8")):
            found[rule].add(path.relative_to(ROOT).as_posix())
    return found


def page(rules: Mapping[str, Mapping[str, str]]) -> str:
    """The whole page."""
    code, tests = places(CODE), places(TESTS)
    lines = [INTRODUCTION]
    missing: list[str] = []
    for group, entries in rules.items():
        lines += [f"## {group}", "", "| id | rule | code | tests |", "|---|---|---|---|"]
        for rule, text in entries.items():
            in_code, in_tests = code.get(rule, set()), tests.get(rule, set())
            lines.append(f"| {rule} | {text} | {_links(in_code)} | {_links(in_tests)} |")
            if not in_code or not in_tests:
                missing.append(f"- **{rule}** {text} ({'no test yet' if in_code else 'not carried yet'})")
        lines.append("")
    lines += ["## Not carried yet", "", *(missing or ["Every rule is carried and tested."]), ""]
    return "\n".join(lines)


def _links(paths: set[str]) -> str:
    shown = sorted(paths)[:MOST_PLACES]
    links = [f"[{_short(path)}](../{path})" for path in shown]
    more = [f"and {len(paths) - MOST_PLACES} more"] if len(paths) > MOST_PLACES else []
    return "<br>".join(links + more) or "—"


def _short(path: str) -> str:
    parts = path.split("/")
    return f"{parts[1]}: {'/'.join(parts[-2:])}" if parts[0] == "services" else "/".join(parts[-2:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="fail where the page is out of date")
    text = page(yaml.safe_load(RULES.read_text(encoding="utf-8")))
    if not parser.parse_args().check:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/policy-trace.md is out of date: run `make docs`", file=sys.stderr)  # noqa: T201  # a command's output
    return 1


if __name__ == "__main__":
    sys.exit(main())
