"""The benchmarks run: once each, with nothing timed, where pytest-benchmark is not installed too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_each_benchmark_runs_once() -> None:
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:benchmark", "-W", "error", "--messages", "200"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "benchmarks"],
        cwd=ROOT,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ran = re.search(r"^(\d+) passed in", done.stdout, re.MULTILINE)
    assert ran is not None and int(ran.group(1)) >= 30, done.stdout


def test_the_tests_do_not_collect_them() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "--collect-only",
            "-p",
            "no:cacheprovider",
            "tests/test_benchmarks.py",
        ],
        cwd=ROOT,
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "2 tests collected" in done.stdout
    assert "bench_" not in done.stdout
