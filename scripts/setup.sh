# Sourced by the scripts beside it; needs bash. `set_up run` or `set_up test` leaves a virtual
# environment in .venv with searcharc (editable) and exact versions of all it needs, and sets:
#   root    the checkout
#   python  the environment's interpreter
#
# An environment that is good is used again: the mark of a finished set-up is written last. One whose
# set-up was interrupted may hold half a package, and is made anew.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$root/.venv
python=$venv/bin/python
unset PYTHONHOME PYTHONPATH
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }

# Whether a command is Python 3.11 or later that can make virtual environments.
is_python() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local name
    for name in python3 python3.13 python3.12 python3.11 python; do
        if is_python "$name"; then
            printf '%s\n' "$name"
            return
        fi
    done
    say "searcharc needs Python 3.11 or later with its venv module, and none was found."
    say "Looked for: python3 python3.13 python3.12 python3.11 python"
    for name in python3 python3.13 python3.12 python3.11 python; do
        if "$name" -c '' >/dev/null 2>&1; then
            say "  $name is $("$name" -c 'import platform; print(platform.python_version())')"
        fi
    done
    say "On Debian and Ubuntu: apt install python3 python3-venv"
    return 1
}

# What an environment depends on: if any of it changes, packages are installed anew.
fingerprint() {
    printf '%s\n' "$root"
    "$python" -c 'import sys; print(sys.version)'
    cat "$root/pyproject.toml" "$root"/requirements*.txt
}

is_ready() {
    local mark=$venv/searcharc-$1
    [[ -f $mark ]] && [[ $(fingerprint 2>/dev/null) == "$(<"$mark")" ]] \
        && "$venv/bin/searcharc" --version >/dev/null 2>&1
}

set_up() {
    local what=$1
    if is_ready "$what" || { [[ $what == run ]] && is_ready test; }; then
        return
    fi
    local unfinished=$venv/searcharc-unfinished
    if [[ -e $unfinished ]] || ! is_python "$python" || ! "$python" -m pip --version >/dev/null 2>&1; then
        local found
        found=$(find_python)
        say "Making a virtual environment in $venv"
        "$found" -m venv --clear "$venv"
    fi
    local wanted=(-r "$root/requirements.txt" -r "$root/requirements-build.txt")
    if [[ $what == test ]]; then
        wanted=(-r "$root/requirements-dev.txt")
    fi
    say "Installing packages (once)"
    rm -f "$venv/searcharc-run" "$venv/searcharc-test"
    : >"$unfinished"
    "$python" -m pip install --quiet "${wanted[@]}"
    "$python" -m pip install --quiet --no-deps --no-build-isolation --editable "$root"
    fingerprint >"$venv/searcharc-$what"
    rm -f "$unfinished"
}
