"""Becomes a program of PostgreSQL: gives up root, asks to end with the launcher, then executes it.

Run as `python -I -S postgres_shim.py PARENT SIGNAL UID GID PROGRAM ARGUMENT...`; UID -1 keeps the user.
It stands alone because the interpreter may lie where the user of the server cannot read: it starts as root,
lets go, and only the program's own file is opened afterwards. Doing this between fork and exec inside the
launcher (`preexec_fn`) would run Python code in a copy of a process with threads, which can deadlock.
"""

import os
import sys
from collections.abc import Callable

PRCTL: Callable[..., int] | None = None
try:
    # Here, not later: once root is given up, the interpreter's own files may be out of reach.
    import ctypes

    PRCTL = ctypes.CDLL(None).prctl
except ImportError:
    sys.stderr.write("this Python has no ctypes: the server will outlive a killed launcher\n")

PR_SET_PDEATHSIG = 1


def end_with_parent(signal_number: int) -> None:
    """Ask the kernel for the signal when the parent ends; without it, the next start ends what was left."""
    if PRCTL is not None and PRCTL(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        sys.exit("the kernel refused PR_SET_PDEATHSIG")


def main(arguments: list[str]) -> None:
    """Never returns: the process becomes the program, or exits with a message on standard error."""
    parent, signal_number, uid, gid = (int(word) for word in arguments[:4])
    program = arguments[4:]
    if uid != -1:
        os.setgroups([gid])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    # Only now: the kernel forgets this wish whenever credentials change.
    end_with_parent(signal_number)
    if os.getppid() != parent:
        sys.exit("the launcher has already ended")
    os.execv(program[0], program)  # noqa: S606 - no shell is wanted here


if __name__ == "__main__":
    main(sys.argv[1:])
