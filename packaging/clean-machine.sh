#!/usr/bin/env bash
# A Debian 12 with nothing on it becomes a server with two tablets, by the commands of docs/OPERATIONS.md
# and no others: each line that is followed must stand there.
#
#     packaging/clean-machine.sh PACKAGES CHROOT
#
# As root. PACKAGES: the folder that `./dev package` made. CHROOT: made by debootstrap where it is not there.
# Port 443 of this machine must be free. There is no systemd in the chroot: the unit's command line is
# started by hand, as its user and with its one right. All that is started ends with the script.
set -euo pipefail

packages=$(realpath "$1")
root=$2
manual=$(realpath "$(dirname "$0")/../docs/OPERATIONS.md")

if [ "${3:-}" != inside ]; then
    [ -d "$root/usr" ] || debootstrap --variant=minbase --include=ca-certificates,openssl bookworm "$root"
    exec unshare --mount --pid --fork --kill-child "$0" "$1" "$2" inside
fi
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"

say() { printf '\n\033[1m%s\033[0m\n' "$*" >&2; }
fail() { printf '\nclean-machine: %s\n' "$*" >&2; exit 1; }

# inside COMMAND: as root in the chroot, with nothing of this machine's environment.
inside() {
    env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        SAMSYN_DATA="${tablet:-}" chroot "$root" /bin/bash -c "cd /root && $1"
}

# follow LINE [WORD=VALUE]...: the line must stand in the manual; then it is run, with each WORD replaced.
follow() {
    local line=$1 pair
    shift
    grep -qF -- "$line" "$manual" || fail "not in docs/OPERATIONS.md: $line"
    printf '    %s\n' "$line" >&2
    line=${line/#sudo -u samsyn/runuser -u samsyn --}  # there is no sudo; the manual says so
    for pair in "$@"; do line=${line//"${pair%%=*}"/"${pair#*=}"}; done
    inside "$line ${more:-}"
}

# The same where a new PIN is asked for, which a person would type twice, and a phrase shown.
follow_with_pin() { more="--pin-fd 0 --show-phrase" follow "$@" <<<"471147"; }

# What a person would read in the answer, taken from its JSON.
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -1; }
answer() { follow "$@" "samsyn --data=samsyn --json --data" "samsyn enrol=samsyn --json enrol"; }
answer_with_pin() { more="--pin-fd 0 --show-phrase" answer "$@" <<<"471147"; }

# await EVENT: until the server has logged it, at most 20 s.
await() {
    for _ in $(seq 200); do
        grep -q "\"$1\"" "$root/root/server.log" && return
        sleep 0.1
    done
    fail "the server has not logged $1: $(cat "$root/root/server.log")"
}

say "Install"
rm -rf "$root/root" "$root/var/lib/samsyn" "$root/srv"
mkdir -p "$root/root" "$root/srv"
cp "$packages"/*.deb "$root/root"
printf 'APT::Get::Assume-Yes "true";\nAPT::Install-Recommends "false";\n' >"$root/etc/apt/apt.conf.d/90clean"
printf '127.0.0.1 localhost samsyn.nora.example\n' >"$root/etc/hosts"
inside "apt-get update -qq && apt-get install -qq openssl >/dev/null; dpkg --purge samsyn-server samsyn 2>/dev/null; true" >/dev/null
follow "apt install ./samsyn-server_*.deb" >/dev/null
follow "apt install ./samsyn_*.deb" >/dev/null

say "Found a federation"
found='samsyn --data /srv/samsyn-admin admin found --name "Norra Örebro län" \
        --organisation Nora --organisation Lindesberg --organisation "Region Örebro län" \
        --out founding.samsyn'
while read -r line; do
    grep -qF -- "$line" "$manual" || fail "not in docs/OPERATIONS.md: $line"
done <<<"$found"
printf '    %s\n' "$found" >&2
inside "$found --pin-fd 0 --show-phrase" <<<"471147" >/dev/null

say "Start the server"
follow "install -m 0644 founding.samsyn /tmp/founding.samsyn"
key=$(follow "sudo -u samsyn samsyn-server init --config /etc/samsyn/server.toml --founding /tmp/founding.samsyn" |
    sed -n 's/^Server key: *//p')
[ -n "$key" ] || fail "init printed no key"
follow "sudo -u samsyn samsyn-server check --config /etc/samsyn/server.toml"

# `systemctl enable --now samsyn-server`, by hand.
start=$(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/samsyn-server.service")
right=+net_bind_service
printf '    %s\n' "$start" >&2
inside "exec setpriv --reuid=samsyn --regid=samsyn --init-groups --no-new-privs --bounding-set=-all,$right \
    --inh-caps=-all,$right --ambient-caps=-all,$right $start" >"$root/root/server.out" 2>"$root/root/server.log" &
await started
cat "$root/root/server.out" >&2

say "Certify the server"
follow "samsyn --data /srv/samsyn-admin admin certify-server --address samsyn.nora.example:443 --key KEY" "KEY=$key"
follow "samsyn --data /srv/samsyn-admin sync"

say "Provision people and devices"
follow "samsyn --data /srv/samsyn-admin admin unit add Elevhälsan --organisation Lindesberg --regime school_pupil_health"
add='samsyn --data /srv/samsyn-admin admin user add "Cecilia Ås" --unit Elevhälsan --role school_counsellor'
invite='samsyn --data /srv/samsyn-admin admin invite "Cecilia Ås"'
for person in "Cecilia Ås" "David Öst"; do
    tablet=""
    follow "$add" "Cecilia Ås=$person"
    invitation=$(answer "$invite" "Cecilia Ås=$person" | field invitation)
    tablet="/srv/tablet-${person%% *}"
    reply=$(answer_with_pin "samsyn enrol INVITATION" "INVITATION=$invitation" | field answer)
    tablet=""
    text=$(answer "samsyn --data /srv/samsyn-admin admin accept ANSWER" "ANSWER=$reply" | field reveal)
    tablet="/srv/tablet-${person%% *}"
    digits=$(answer "samsyn enrol compare TEXT" "TEXT=$text" | field code)
    tablet=""
    follow "samsyn --data /srv/samsyn-admin admin accept ANSWER --code DIGITS" "ANSWER=$reply" "DIGITS=$digits"
    follow "samsyn --data /srv/samsyn-admin sync"
done
for person in Cecilia David; do
    tablet=/srv/tablet-$person
    follow "samsyn sync"
    follow "samsyn status"
done

say "Renew the certificate"
inside "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=samsyn.nora.example \
    -keyout privkey.pem -out fullchain.pem 2>/dev/null"
follow "install -o samsyn -g samsyn -m 0644 fullchain.pem /var/lib/samsyn/server/tls-certificate.pem"
follow "install -o samsyn -g samsyn -m 0600 privkey.pem /var/lib/samsyn/server/tls-key.pem"
inside 'kill -HUP $(pidof samsyn-server)'  # systemctl reload samsyn-server
await tls_renewed
for person in Cecilia David; do
    tablet=/srv/tablet-$person
    follow "samsyn sync"
done

say "Stop"
inside 'kill -TERM $(pidof samsyn-server)'  # systemctl stop samsyn-server
await stopped
tablet=""
follow "sudo -u samsyn samsyn-server check --config /etc/samsyn/server.toml"
say "All of it worked."
