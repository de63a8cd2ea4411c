# Steps with progress, stamps that say what is done already, and failures that say what to do.
# Sourced by the scripts beside this folder; expects `root` and `set -euo pipefail`.
# shellcheck shell=bash

setup_dir="$root/var/setup"
mkdir -p "$setup_dir/log"

say() { printf '%s\n' "$*" >&2; }

# fail STEP WHY WHAT-TO-DO
fail() {
    say ""
    say "FAILED: $1"
    say "  why:  $2"
    say "  do:   $3"
    say "  Then run the same command again: what is done stays done."
    exit 1
}

# Only one set-up at a time; a second one waits for the first.
take_turn() {
    exec 9>"$setup_dir/lock"
    if ! flock -n 9; then
        say "Another set-up of this folder is running; waiting for it."
        flock 9
    fi
}

hash_of() { cat -- "$@" | sha256sum | cut -d' ' -f1; }

# stamped FILE VALUE: is the stamp there and does it say this?
stamped() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

stamp() { printf '%s\n' "$2" >"$1"; }

# step NAME HINT COMMAND...: run a command, show its last line while it runs, keep its output.
step() {
    local name=$1 hint=$2 log started shown='' last code=0
    shift 2
    log="$setup_dir/log/$(printf '%s' "$name" | tr -c 'A-Za-z0-9\n' '-').log"
    started=$SECONDS
    say "- $name ..."
    "$@" >"$log" 2>&1 9>&- &
    local child=$!
    trap 'kill "$child" 2>/dev/null; exit 130' INT TERM
    while kill -0 "$child" 2>/dev/null; do
        last=$(tail -n 1 "$log" 2>/dev/null | tr -d '\r' | cut -c1-96) || last=''
        if [ -t 2 ]; then
            printf '\r\033[K  %4d s  %s' $((SECONDS - started)) "$last" >&2
        elif [ $(((SECONDS - started) % 15)) = 14 ] && [ "$last" != "$shown" ]; then
            say "    $((SECONDS - started)) s  $last"
            shown=$last
        fi
        sleep 0.3
    done
    wait "$child" || code=$?
    trap - INT TERM
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
    if [ "$code" != 0 ]; then
        tail -n 15 "$log" | sed 's/^/    | /' >&2
        fail "$name" "the command below ended with code $code: $*
        (all of its output: $log)" "$hint"
    fi
    say "  done in $((SECONDS - started)) s"
}
