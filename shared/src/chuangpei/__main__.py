"""``python -m chuangpei``: the same as the command ``chuangpei``."""

import sys

from chuangpei.cli import main

if __name__ == "__main__":
    sys.exit(main())
