"""One server process under measurement: ``python -m bench.serve module:function port '{json}'``.

Ours and the peers' are served alike: uvicorn with uvloop and httptools, imports frozen, no access log.
"""

import importlib
import json
import sys

from chuangpei.service import serve


def main() -> None:
    """Serves until told to stop."""
    module, _, function = sys.argv[1].partition(":")
    app = getattr(importlib.import_module(module), function)(**json.loads(sys.argv[3]))
    serve(app, "127.0.0.1", int(sys.argv[2]))


if __name__ == "__main__":
    main()
