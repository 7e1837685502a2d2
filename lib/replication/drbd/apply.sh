#!/bin/sh
# Brings DRBD 9 of this machine to the resource files in $FILES, and keeps it there. Makes metadata only where there is none and
# no data either (drbdadm asks before it writes over anything, and here nobody answers); makes nobody primary; throws nothing away.
set -u
files="${FILES:-/etc/fabric-topologies/drbd}"
target="${TARGET:-/etc/drbd.d}"
every="${EVERY:-15}"
module="${MODULE:-/sys/module/drbd/version}"

say() { printf '%s\n' "$*"; }

# What the kernel itself brings is DRBD 8.4, which knows neither three machines nor quorum.
version="$(cat "$module" 2>/dev/null || true)"
case "$version" in
  9.*) say "DRBD $version" ;;
  *)
    say "found ${version:-nothing}; this needs DRBD 9: install the module, or take the node's label away" >&2
    exit 1
    ;;
esac

apply() {
  name="$(basename "$1" .res)"
  if ! said="$(drbdadm -c "$1" sh-nop 2>&1)"; then
    say "$name: refused, and left as it was: $said" >&2
    return 1
  fi
  # Written whole, or not at all: drbdadm may be called by somebody else at any time.
  cp "$1" "$target/.$name.new" && mv "$target/.$name.new" "$target/$name.res" || return 1
  # Fails where there is neither a device that runs nor metadata of one.
  if ! drbdadm dstate "$name" >/dev/null 2>&1; then
    arguments="$(cat "$files/$name.create-md")"
    # shellcheck disable=SC2086 # The arguments are words.
    if ! drbdadm $arguments </dev/null; then
      say "$name: no metadata made: its device is missing, or holds something already" >&2
      return 1
    fi
    say "$name: made metadata"
  fi
  drbdadm adjust "$name" || return 1
}

trap 'exit 0' TERM INT
while :; do
  failed=0
  for file in "$files"/*.res; do
    [ -e "$file" ] || continue
    apply "$file" || failed=1
  done
  [ "${ONCE:-}" = 1 ] && exit "$failed"
  # In the background, so that the end is not waited for.
  sleep "$every" &
  wait $!
done
