#!/usr/bin/env python3
"""A gzip file of N MiB (default 1100) from a few kB a MiB, and a mail beside it.
usage: make.py OUT [N]"""

import gzip
import sys
from pathlib import Path

out = Path(sys.argv[1])
out.mkdir(parents=True, exist_ok=True)
size = int(sys.argv[2]) if len(sys.argv) > 2 else 1100
head = b"From a@example.org Mon Mar  3 10:01:00 2014\nFrom: a@example.org\nSubject: %s\n\n"
member = gzip.compress(bytes(1 << 20))  # members follow one another: RFC 1952 2.2
with (out / "bomb.mbox.gz").open("wb") as file:
    file.write(gzip.compress(head % b"bomb"))
    for _ in range(size):
        file.write(member)
(out / "ok.mbox").write_bytes(head % b"ok" + b"fine\n")
