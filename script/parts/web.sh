# The web map, built from webmap/ into gis_server/web/ when its sources changed.
# shellcheck shell=bash

node_fits() {
    command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number);
                 process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

web_sources() {
    find webmap gis_server/text -name node_modules -prune -o -type f -print0 | LC_ALL=C sort -z
}

web_hash() { web_sources | xargs -0 sha256sum | sha256sum | cut -d' ' -f1; }

need_node() {
    node_fits && return
    fail "Node.js" \
        "building the web map needs Node.js 20.19 or newer with npm (found: $(node --version 2>/dev/null || echo none); Debian 12 itself has 18)" \
        "install Node.js 20 from https://nodejs.org/en/download (or deb.nodesource.com); or use the
        bundle made by script/bundle, which carries the built web map and needs no Node"
}

need_node_modules() {
    local wanted
    wanted=$(hash_of webmap/package-lock.json)
    stamped webmap/node_modules/.onemap "$wanted" && return
    need_node
    step "Web packages (npm ci)" "check that registry.npmjs.org, or your npm mirror, can be reached" \
        npm --prefix webmap ci --no-audit --no-fund
    stamp webmap/node_modules/.onemap "$wanted"
}

need_web() {
    local wanted
    wanted=$(web_hash)
    if stamped "$setup_dir/web" "$wanted" && [ -f gis_server/web/index.html ]; then return; fi
    need_node
    need_node_modules
    step "Web map (npm run build)" "read the error above; npm --prefix webmap run build shows it again" \
        npm --prefix webmap run build
    stamp "$setup_dir/web" "$wanted"
}
