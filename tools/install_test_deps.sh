#!/bin/sh
# Installs what the tests drive besides Python packages: a browser, curl, PostgreSQL, Redis, ClamAV, Prometheus and its Alertmanager.
set -eu
missing=""
command -v chromium >/dev/null || missing="$missing chromium"
command -v curl >/dev/null || missing="$missing curl"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v redis-server >/dev/null || missing="$missing redis-server"
{ command -v prometheus && command -v promtool; } >/dev/null || missing="$missing prometheus"
command -v amtool >/dev/null || missing="$missing prometheus-alertmanager"
[ -x /usr/sbin/clamd ] || missing="$missing clamav-daemon"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    policy=/usr/sbin/policy-rc.d
    # The tests start servers of their own; the machine's are left as they are, and nothing is downloaded for them.
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        trap 'rm -f "$policy"' EXIT
    fi
    apt-get update -qq
    # shellcheck disable=SC2086 - a list of words
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "The tests need:$missing. On Debian: sudo apt-get install$missing" >&2
    exit 1
fi
