"""The data of the embedded PostgreSQL, made once, whole or not at all, and the settings it runs with."""

import os
import random
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from chuangpei_embedded.postgres_process import Account, PostgresError, spawn

USER = "chuangpei"
HOST = "127.0.0.1"
# The launcher's own business: anything else may be set by the caller.
RESERVED = frozenset({"data_directory", "hba_file", "listen_addresses", "port", "unix_socket_directories"})
DEFAULTS = {
    "jit": "off",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
}
LOG_LIMIT = 10 * 1024 * 1024


def kept_password(folder: Path, data: Path) -> str:
    """The superuser's password, readable by the launcher alone (0600); generated before the data are made."""
    file = folder / "password"
    if file.exists() and (password := file.read_text().strip()):
        return password
    if data.exists():
        raise PostgresError(f"{file} is missing, and with it the access to the data in {data}")
    password = secrets.token_urlsafe(24)
    _write_private(file, password)
    return password


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(descriptor)
    _sync(file.parent)


def create_cluster(
    home: Path, programs: Path, account: Account | None, password: str, *, durable: bool
) -> None:
    """Run initdb beside and rename its result to `home/data`: an interrupted attempt leaves no `data`."""
    for leftover in home.glob("initdb-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix="initdb-", dir=home))
    try:
        _write_private(staging / "password", password)
        if account is not None:
            os.chown(staging / "password", account.uid, account.gid)
            os.chown(staging, account.uid, account.gid)
        _initdb(staging, programs, account, durable=durable)
        (staging / "data").rename(home / "data")
        _sync(home)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _initdb(staging: Path, programs: Path, account: Account | None, *, durable: bool) -> None:
    command = [str(programs / "initdb"), f"--pgdata={staging / 'data'}", f"--pwfile={staging / 'password'}"]
    command += [f"--username={USER}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
    command += ["--data-checksums", "--no-instructions", *(() if durable else ("--no-sync",))]
    process = spawn(command, account, signal.SIGKILL, subprocess.PIPE)
    try:
        output, _ = process.communicate()
    except BaseException:
        process.kill()
        process.communicate()
        raise
    if process.returncode != 0:
        raise PostgresError(f"initdb failed: {output.decode(errors='replace').strip()}")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def server_command(
    programs: Path, data: Path, port: int, settings: Mapping[str, str], *, durable: bool
) -> list[str]:
    """The postmaster's command line; without durability, a crash of the machine (alone) loses data."""
    fixed = {"listen_addresses": HOST, "port": str(port), "unix_socket_directories": ""}
    speed = {} if durable else {"fsync": "off", "full_page_writes": "off"}
    chosen = {**DEFAULTS, **speed, **settings, **fixed}
    command = [str(programs / "postgres"), "-D", str(data)]
    return command + [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]


def is_free(port: int) -> bool:
    """Whether nobody listens on the loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port(remembered: int | None) -> int:
    """The remembered port if still free, else another one, outside the range of outgoing connections.

    Inside it any outgoing connection could take the port while the server restarts; a client that retries
    could even connect to itself.
    """
    if remembered is not None and is_free(remembered):
        return remembered
    first_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    for port in random.sample(range(15000, max(first_outgoing, 15100)), 50):
        if is_free(port):
            return port
    raise PostgresError(f"no free port was found on {HOST}")


def remembered_port(folder: Path) -> int | None:
    """The port of the last run, if its note is there and sound."""
    try:
        port = int((folder / "port").read_text())
    except (FileNotFoundError, ValueError):
        return None
    return port if 0 < port < 65536 else None


def open_log(file: Path) -> BinaryIO:
    """The server's log, opened to append; a log over 10 MB is first moved to `.1`."""
    if file.exists() and file.stat().st_size > LOG_LIMIT:
        file.replace(file.with_name(f"{file.name}.1"))
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600), "ab")


def log_since(file: Path, begin: int) -> str:
    """What the server said since `begin`, at most the last 2000 characters."""
    with file.open("rb") as stream:
        stream.seek(begin)
        return stream.read().decode(errors="replace").strip()[-2000:]
