# The packages of the operating system: PostgreSQL with PostGIS, fonts, and what tests need.
# shellcheck shell=bash

is_debian_12() {
    # shellcheck source=/dev/null
    [ -r /etc/os-release ] && (. /etc/os-release && [ "${ID:-}" = debian ] && [ "${VERSION_ID:-}" = 12 ])
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

missing_packages() {
    local package
    for package in "$@"; do installed "$package" || printf '%s\n' "$package"; done
}

# How to become root, or nothing when that is not possible.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        printf 'env\n'
    elif command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        printf 'sudo\n'
    fi
}

apt() {
    local become=$1
    shift
    "$become" DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -y "$@"
}

# Installing postgresql-15 makes and starts a server of its own on port 5432, which we do not use.
no_main_cluster() {
    local become=$1
    installed postgresql-common && return
    apt "$become" install --no-install-recommends postgresql-common
    "$become" sed -ri 's/^#?\s*create_main_cluster\s*=.*/create_main_cluster = false/' \
        /etc/postgresql-common/createcluster.conf
}

apt_install() {
    local become=$1
    shift
    apt "$become" update
    no_main_cluster "$become"
    apt "$become" install --no-install-recommends "$@"
}

need_debian_packages() {
    local missing become
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} = 0 ] && return
    become=$(as_root)
    if [ -z "$become" ]; then
        fail "Debian packages" \
            "not installed: ${missing[*]}; this account ($(id -un)) is not root and has no sudo" \
            "as root, run: apt-get install --no-install-recommends ${missing[*]}"
    fi
    say "Installing Debian packages: ${missing[*]}"
    if [ "$become" = sudo ]; then sudo -v; fi
    step "Debian packages" \
        "check the network and /etc/apt/sources.list, or install by hand: apt-get install ${missing[*]}" \
        apt_install "$become" "${missing[@]}"
}

# On another system we install nothing, and say exactly what is not there.
need_programs() {
    local lacking=()
    ls /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb >/dev/null 2>&1 ||
        command -v initdb >/dev/null || lacking+=("PostgreSQL 15 or newer with its server programs")
    ls /usr/share/postgresql/*/extension/postgis.control /usr/pgsql-*/share/extension/postgis.control \
        >/dev/null 2>&1 || lacking+=("PostGIS 3.3 or newer for that PostgreSQL")
    command -v fc-list >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . ||
        lacking+=("a Chinese font (Noto Sans CJK)")
    if [ "$1" = test ] && ! command -v chromium >/dev/null; then lacking+=("chromium"); fi
    if [ "$1" = test ] && ! command -v ogrinfo >/dev/null; then lacking+=("ogrinfo (GDAL)"); fi
    [ ${#lacking[@]} = 0 ] && return
    fail "System packages" \
        "this is not Debian 12, so nothing is installed by itself; missing: $(printf '%s; ' "${lacking[@]}")" \
        "install these with your system's package manager
        (Debian and Ubuntu names: postgresql postgresql-postgis fonts-noto-cjk chromium gdal-bin;
        Fedora: postgresql-server postgis google-noto-sans-cjk-fonts chromium gdal)"
}
