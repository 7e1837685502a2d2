#!/bin/sh
# Real nodes need programs of the system, and so do tests of gateways and of replication, and those that open reports in a
# browser: this installs the ones that are missing, where it may (root, apt-get), and says what. It is silent where nothing is
# missing, and never fails: what cannot run without them says so itself, or is skipped.
#
#     sh scripts/prerequisites.sh                for real nodes
#     sh scripts/prerequisites.sh browser        for tests in a browser
#     sh scripts/prerequisites.sh gateway        for tests of gateways
#     sh scripts/prerequisites.sh replication    for tests of replication
#     sh scripts/prerequisites.sh storage        for tests of snapshots on real file systems
set -u

case "${1:-}" in
  browser)
    what="tests in a browser"
    alone=chromium
    [ -z "${CHROMIUM:-}" ] || exit 0
    for program in chromium chromium-browser google-chrome; do command -v "$program" >/dev/null 2>&1 && exit 0; done
    ;;
  gateway)
    what="tests of gateways"
    alone=haproxy
    command -v haproxy >/dev/null 2>&1 && exit 0
    ;;
  storage)
    what="tests of snapshots"
    alone="btrfs-progs zstd"
    if command -v mkfs.btrfs >/dev/null 2>&1 && command -v zstd >/dev/null 2>&1; then exit 0; fi
    ;;
  replication)
    what="tests of replication"
    alone=drbd-utils
    command -v drbdadm >/dev/null 2>&1 && exit 0
    [ ! -x /usr/sbin/drbdadm ] || exit 0
    ;;
  *)
    what="real nodes"
    alone=""
    ;;
esac
say() { printf '%s: %s\n' "$what" "$*" >&2; }

[ "$(uname -s)" = Linux ] || { say "they need Linux; what needs them is skipped"; exit 0; }
[ "$(id -u)" = 0 ] || { say "they need root; what needs them is skipped"; exit 0; }

# Program, and the package that Debian and Ubuntu have it in; the compiler is for Fabric CA's registry in SQLite.
missing="$alone"
[ -n "$alone" ] || while read -r program package; do
  command -v "$program" >/dev/null 2>&1 && continue
  case " $missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
done <<'PACKAGES'
containerd containerd
ctr containerd
runc runc
nft nftables
ip iproute2
nsenter util-linux
unshare util-linux
mount mount
sysctl procps
gcc gcc
PACKAGES
case " $missing " in *" gcc "*) missing="$missing libc6-dev" ;; esac
[ -n "$alone" ] || [ -x /usr/lib/cni/ptp ] || [ -x /opt/cni/bin/ptp ] || missing="$missing containernetworking-plugins"
missing="${missing# }"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
  say "they need $missing, and there is no apt-get to install that with; what needs them is skipped"
  exit 0
fi

say "installing $missing"
log="$(mktemp)"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # The names of packages are words.
if apt-get update >"$log" 2>&1 && apt-get install --yes --no-install-recommends $missing >>"$log" 2>&1; then
  # Such a package starts a service of the whole system. The sandbox runs a containerd of its own for each zone, and tests
  # a gateway of their own.
  for service in containerd haproxy; do
    case " $missing " in
      *" $service "*) ! command -v systemctl >/dev/null 2>&1 || systemctl disable --now "$service.service" >>"$log" 2>&1 ;;
    esac
  done
else
  say "apt-get could not install that; what needs them is skipped. The end of what it said:"
  tail -n 5 "$log" | sed 's/^/    /' >&2
fi
rm -f "$log"
exit 0
