"""Becomes a program of PostgreSQL: gives up root, asks to end with the launcher, then executes it.

Run as `python -I -S postgres_shim.py PARENT SIGNAL UID GID PROGRAM ARGUMENT...`; UID -1 keeps the user.
It stands alone because the interpreter may lie where the user of the server cannot read: it starts as root,
lets go, and only the program's own file is opened afterwards. Doing this between fork and exec inside the
launcher (`preexec_fn`) would run Python code in a copy of a process with threads, which can deadlock.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Never returns: the process becomes the program, or exits with a message on standard error."""
    parent, signal_number, uid, gid = (int(word) for word in arguments[:4])
    program = arguments[4:]
    if uid != -1:
        os.setgroups([gid])
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)
    # After the change of user: the kernel forgets this wish whenever credentials change.
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0) != 0:
        sys.exit(f"prctl failed: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:
        sys.exit("the launcher has already ended")
    os.execv(program[0], program)  # noqa: S606 - no shell is wanted here


if __name__ == "__main__":
    main(sys.argv[1:])
