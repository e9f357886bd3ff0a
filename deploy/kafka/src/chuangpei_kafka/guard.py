"""Stands between the launcher and the broker, so that the broker never outlives its launcher.

Run as a script: `guard.py LOG PROGRAM ARGUMENT...`. On standard input `T` asks the broker to stop and `K`
kills it; the end of input means that the launcher is gone, and kills it too. The kernel's parent-death signal
would not do: it follows the thread that started the child, not the process.
"""

import os
import subprocess
import sys
import threading


def obey(broker: "subprocess.Popen[bytes]") -> None:
    while True:
        order = os.read(0, 1)
        if order == b"T":
            broker.terminate()
        else:
            broker.kill()
        if not order:
            return


def main() -> None:
    log, *command = sys.argv[1:]
    with open(log, "ab") as output:  # noqa: PTH123 - pathlib would double this script's start time
        broker = subprocess.Popen(  # noqa: S603 - the launcher's own command
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    threading.Thread(target=obey, args=(broker,), daemon=True).start()
    code = broker.wait()
    # Not sys.exit: the thread above sits in a read that would hold up the interpreter's end.
    os._exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
