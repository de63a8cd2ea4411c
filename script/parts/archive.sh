# What goes into the archive for machines without a network.
# shellcheck shell=bash

# Debian 12 is Python 3.11 with glibc 2.36, whatever Python this machine builds with.
fetch_wheels() {
    local platforms=() minor machine
    machine=$(uname -m)
    for minor in $(seq 36 -1 17); do platforms+=(--platform "manylinux_2_${minor}_$machine"); done
    .venv/bin/python -m pip download --disable-pip-version-check --no-input --progress-bar off \
        --require-hashes -r requirements.lock --dest "$1" --only-binary=:all: \
        --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
        "${platforms[@]}" --platform "manylinux2014_$machine" --platform "manylinux1_$machine"
}

# Built from a copy, so that no build/ folder of an earlier version leaks into the wheel.
build_wheel() {
    local copy
    copy=$(mktemp -d)
    tar -cf - --exclude=__pycache__ setup.cfg pyproject.toml README.md LICENSE \
        layers analysis tiles gis_server data_samples | tar -C "$copy" -xf -
    .venv/bin/python -m pip wheel --disable-pip-version-check --no-input --no-deps \
        --no-build-isolation --wheel-dir "$1" "$copy"
    rm -rf "$copy"
    .venv/bin/python -m zipfile -l "$1"/onemap-*.whl | grep -c gis_server/web/index.html >/dev/null
}

wanted_debs=(postgresql-15-postgis-3 python3-venv caddy fonts-noto-cjk tzdata ca-certificates)

# All packages down to the C library, resolved against an empty machine: nothing that happens to be
# installed here is forgotten, and a minimal Debian of an older point release finds the newer
# essential packages that the others name by exact version. apt installs only what is lacking.
fetch_debs() {
    local folder=$1 names=() uris
    apt_empty update
    uris=$(apt_empty install -y --no-install-recommends --print-uris "${wanted_debs[@]}")
    mapfile -t names < <(printf '%s\n' "$uris" | sed -n "s/^'[^']*' \([^ _]*\)_.*/\1/p" | LC_ALL=C sort -u)
    (cd "$folder" && chmod 0777 . && apt_empty download "${names[@]}" && chmod 0755 .)
    apt_cache_show "${names[@]}" | index >"$folder/Packages"
    printf '%s\n' "${wanted_debs[@]}" >"$folder/wanted"
    (cd "$folder" && sed -n 's/^SHA256: //p' Packages |
        paste -d ' ' - <(sed -n 's/^Filename: /*/p' Packages) | sha256sum --quiet --check)
}

# A package index whose file names are those that apt-get download writes.
index() {
    local line package version architecture file
    while IFS= read -r line; do
        case $line in
        "Package: "*) package=${line#Package: } ;;
        "Version: "*) version=${line#Version: } ;;
        "Architecture: "*) architecture=${line#Architecture: } ;;
        "Filename: "*)
            file="${package}_${version//:/%3a}_$architecture.deb"
            line="Filename: ./$file"
            ;;
        esac
        printf '%s\n' "$line"
    done
}

empty_apt_options() {
    empty_state=$(mktemp -d)
    mkdir -p "$empty_state/lists/partial" "$empty_state/archives/partial"
    : >"$empty_state/status"
    empty_options=(-o "Dir::State::Status=$empty_state/status" -o "Dir::State::Lists=$empty_state/lists"
        -o "Dir::Cache::Archives=$empty_state/archives" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
        -o APT::Sandbox::User=root -o Acquire::Languages=none)
}

apt_empty() {
    [ -n "${empty_state:-}" ] || empty_apt_options
    apt-get "${empty_options[@]}" "$@"
}

apt_cache_show() { apt-cache "${empty_options[@]}" show --no-all-versions "$@"; }

pack() { tar -C "$1" --owner=0 --group=0 --sort=name -czf "$3.part" "$2" && mv "$3.part" "$3"; }
