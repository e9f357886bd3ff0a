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
from pathlib import Path

from chuangpei_embedded.postgres_process import Account, PostgresError, end_leftovers, processes_in

log = logging.getLogger(__name__)


def server_account(data: Path) -> Account | None:
    """The user to run as when we are root, else None: owner of the data, SUDO_UID, postgres or nobody."""
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if owner not in (None, os.geteuid()):
            raise PostgresError(f"the data in {data} belong to another user (id {owner})")
        return None
    sudo_user = os.environ.get("SUDO_UID", "")
    for candidate in (owner, int(sudo_user) if sudo_user.isdigit() else None, "postgres", "nobody"):
        entry = _user_entry(candidate)
        if entry is not None and entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, entry.pw_name)
    raise PostgresError(
        "PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as"
    )


def _user_entry(user: int | str | None) -> pwd.struct_passwd | None:
    try:
        if user is None:
            return None
        return pwd.getpwnam(user) if isinstance(user, str) else pwd.getpwuid(user)
    except KeyError:
        return None


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
    return own_folder(hashlib.sha256(str(folder).encode()).hexdigest()[:16])


def own_folder(name: str) -> Path:
    """A folder of our own that every user may pass through; refused if somebody else planted it."""
    base = Path("/var/tmp")  # noqa: S108 - ownership is checked, names are never trusted
    home = (base if base.is_dir() else Path(tempfile.gettempdir())) / f"chuangpei-{os.geteuid()}-{name}"
    try:
        home.mkdir()
    except FileExistsError:
        _trusted(home)
    home.chmod(0o711)
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
