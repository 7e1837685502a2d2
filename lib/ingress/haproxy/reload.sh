# HAProxy that begins anew when one of its files changes, and every so many seconds where none does: bash, coreutils and the
# stock haproxy. The kubelet replaces the files of a ConfigMap without telling anybody, hence the look at them every second.
# Usage: reload.sh <seconds> <file> …
set -euo pipefail
every=$1
shift
arguments=()
for file in "$@"; do arguments+=(-f "$file"); done
haproxy -W -db "${arguments[@]}" &
master=$!
trap 'kill -TERM "$master" || true' TERM INT
seen=$(sha256sum "$@")
begun=$SECONDS
while kill -0 "$master" 2> /dev/null; do
  sleep 1 &
  wait $! || true
  # A look in the midst of the kubelet's exchange finds no file; the next one does.
  now=$(sha256sum "$@" 2> /dev/null) || continue
  if [ "$now" != "$seen" ] || ((SECONDS - begun >= every)); then
    # What HAProxy would refuse is left alone: the files of before are still in force.
    if haproxy -c -q "${arguments[@]}"; then kill -USR2 "$master" || true; fi
    seen=$now
    begun=$SECONDS
  fi
done
wait "$master"
