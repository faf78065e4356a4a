"""Edits archives at random and demands that an updated index equals a new one.

usage: edits.py [--count N] [--seed N] [--steps N]

Each script makes two trees of archives, edits them (append, cut, rewrite, rotate, compress, flag, move,
delete ...), purges and lifts purges, forgets and adds sources; after each step all records and the answers
to some queries must be those of an index built anew. Prints the seed and the script of a failure, so that
it can be made again; exit code 1 where there was one.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.edits import check_script


def main() -> int:
    parser = argparse.ArgumentParser(description="Demands that an updated index equals a new one.")
    parser.add_argument("--count", type=int, default=500, help="scripts")
    parser.add_argument("--seed", type=int, default=0, help="of the first script; the others follow")
    parser.add_argument("--steps", type=int, default=4, help="updates of a script")
    options = parser.parse_args()
    failed = 0
    for seed in range(options.seed, options.seed + options.count):
        with tempfile.TemporaryDirectory() as folder:
            try:
                check_script(Path(folder), seed, options.steps)
            except AssertionError as error:
                failed += 1
                print(f"seed {seed}: {error}"[:2000], flush=True)
        if sys.stderr.isatty():
            print(f"\r{seed - options.seed + 1}/{options.count}", end="", file=sys.stderr)
    print(f"{options.count} scripts, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
