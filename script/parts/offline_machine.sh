# Runs inside the machine without a network that script/bundle-test makes.
# shellcheck shell=bash
set -euo pipefail
cd /root

if timeout 5 bash -c 'exec 3<>/dev/tcp/deb.debian.org/80' 2>/dev/null; then
    printf 'this machine has a network; it must not\n'
    exit 1
fi
began=$SECONDS
tar -xf archive.tar.gz
kit=$(dirname -- onemap-*/install)
printf 'archive unpacked after %s s\n' $((SECONDS - began))
"$kit/install" --address map.test --address 127.0.0.1 --sample-city 2>&1 | tee install.out
printf 'installed after %s s\n' $((SECONDS - began))

python=/opt/onemap/current/bin/python
/opt/onemap/onemap-run >run.out 2>&1 &
site=$!
"$python" offline_site.py works "$(sed -n 's/.*password \([^ ]*\) .*/\1/p' install.out | head -n 1)" ||
    { tail -n 30 run.out; exit 1; }
took=$((SECONDS - began))
printf 'archive to map: %s s (limit %s s)\n' "$took" "$LIMIT_S"
kill -TERM "$site"
wait "$site" || true

# Installing again keeps the data and shows no password.
"$kit/install" >again.out 2>&1
if grep -q 'password' again.out; then printf 'a second install showed a password\n'; exit 1; fi

# Whatever the settings say, the services never serve in demo mode.
printf 'ONEMAP_DEMO=true\n' >>/etc/onemap/onemap.env
/opt/onemap/onemap-run >run.out 2>&1 &
site=$!
"$python" offline_site.py asks-for-a-password || { tail -n 30 run.out; exit 1; }
kill -TERM "$site"
wait "$site" || true

# And a server that somebody starts in demo mode behind Caddy refuses what Caddy forwards.
sed -i 's/^export ONEMAP_DEMO=false$/export ONEMAP_DEMO=true/' /opt/onemap/onemap-run
/opt/onemap/onemap-run >run.out 2>&1 &
site=$!
"$python" offline_site.py refuses-demo || { tail -n 30 run.out; exit 1; }
kill -TERM "$site"
wait "$site" || true
left=$(cat /proc/[0-9]*/comm 2>/dev/null | grep -cx postgres || true)
printf 'database processes left: %s\n' "$left"
[ "$left" = 0 ] && [ "$took" -le "$LIMIT_S" ]
