# The virtual environment, made from a lock file whose every package is checked by its hash.
# shellcheck shell=bash

python_fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in "${ONEMAP_PYTHON:-}" python3.11 /usr/bin/python3 python3 python3.12 python3.13; do
        [ -n "$candidate" ] && python_fits "$candidate" && printf '%s\n' "$candidate" && return
    done
    fail "Python" \
        "no Python 3.11 or newer with its venv module (found: $(python3 --version 2>&1 || true))" \
        "Debian 12: apt-get install python3-venv; elsewhere install Python 3.11 and set ONEMAP_PYTHON"
}

install_locked() {
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
        --require-hashes "$@"
}

install_ourselves() {
    .venv/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off \
        --no-deps --no-build-isolation --editable .
}

# need_python server|test. The test lock holds everything of the other, at the same versions.
need_python() {
    local lock=requirements.lock kind=runtime wanted ours
    if [ "$1" = test ]; then lock=requirements-test.lock kind=test; fi
    if ! [ -x .venv/bin/python ] || ! .venv/bin/python -c '' 2>/dev/null; then
        local python
        python=$(find_python)
        step "Python environment (.venv)" "remove the folder .venv" "$python" -m venv --clear .venv
    fi
    wanted=$(hash_of requirements-build.lock "$lock")
    if ! stamped ".venv/onemap-$kind" "$wanted"; then
        if [ "$kind" = runtime ] &&
            stamped .venv/onemap-test "$(hash_of requirements-build.lock requirements-test.lock)"; then
            : # a test environment holds the runtime too
        else
            step "Python packages of $lock (first time: some minutes)" \
                "check that pypi.org, or the mirror in your pip configuration, can be reached" \
                install_locked -r requirements-build.lock -r "$lock"
            stamp ".venv/onemap-$kind" "$wanted"
        fi
    fi
    ours=$(printf '%s %s' "$root" "$(hash_of setup.cfg pyproject.toml)")
    if ! stamped .venv/onemap-self "$ours" || ! [ -x .venv/bin/onemap ]; then
        step "The program itself" "look at setup.cfg" install_ourselves
        stamp .venv/onemap-self "$ours"
    fi
}
