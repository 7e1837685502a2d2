# Init container "authorities" of the Job ca-init: bash, the stock fabric-ca-server, and coreutils of the stock image.
#
# Makes the organisation's authorities where there are none: the root, which signs the intermediate and then stops for good,
# and the authority for TLS. Each is made in a folder beside its own and takes its place in one rename: killed at any line,
# an authority is there as a whole or not at all. At the end the public certificates are handed to the next container.
set -euo pipefail
umask 077

say() { printf 'authorities: %s\n' "$*"; }
fail() {
  say "$*"
  printf '%s\n' "$*" > "$TERMINATION_MESSAGE" || true
  exit 1
}
server=''
stop_server() {
  [ -n "$server" ] || return 0
  kill "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
  server=''
}
trap 'stop_server; rm -rf "$RUN"/*' EXIT
last() { grep -a 'Error\|FATAL' "$1" | tail -n 1 | sed 's#//[^/@ ]*@#//#g' | cut -c 1-400; }

# make <folder> <configuration>
make() {
  if [ -d "$1" ]; then
    say "$1 is there already"
    return
  fi
  rm -rf "$1.new"
  mkdir -p "$1.new" || fail "nothing can be written to ${1%/*}: $(df -P "${1%/*}" | tail -n 1); make the volume larger"
  cp "$CONFIGURATION/$2" "$1.new/$2"
  fabric-ca-server init -c "$1.new/$2" > "$RUN/log" 2>&1 || fail "no authority could be made in $1: $(last "$RUN/log"); see its configuration $2 and its volume"
  compgen -G "$1.new/msp/keystore/*_sk" > /dev/null || fail "fabric-ca-server put the key of $1 somewhere else: its configuration $2 does not fit its version"
  rm -f "$1.new/$2" "$1.new/temporary.db"
  sync -f "$1.new" 2>/dev/null || sync
  mv -T "$1.new" "$1"
  say "made $1"
}

# The root's server, with a password that nobody knows and that ends with it.
start_root() {
  local home=$RUN/root-server text
  # A run that was killed in this pod has left a registry with its own password.
  rm -rf "$home"
  mkdir -p "$home"
  password=$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
  text=$(cat "$CONFIGURATION/root-server.yaml")
  printf '%s\n' "${text//@PASSWORD@/$password}" > "$home/config.yaml"
  fabric-ca-server start -c "$home/config.yaml" > "$home/log" 2>&1 &
  server=$!
  until (exec 3<> "/dev/tcp/127.0.0.1/$ROOT_PORT") 2>/dev/null; do
    kill -0 "$server" 2>/dev/null || fail "the root authority does not start: $(last "$home/log")"
    [ "$SECONDS" -lt 120 ] || fail "the root authority does not listen after 2 minutes"
    sleep 0.2
  done
}

if [ ! -d "$ENROLMENT_AUTHORITY" ]; then
  make "$ROOT_AUTHORITY" root.yaml
  start_root
  FABRIC_CA_SERVER_INTERMEDIATE_PARENTSERVER_URL="http://$INTERMEDIATE:$password@127.0.0.1:$ROOT_PORT" make "$ENROLMENT_AUTHORITY" intermediate.yaml
  stop_server
fi
make "$TLS_AUTHORITY" tls.yaml

mkdir -p "$PUBLISHED"
cat "$ENROLMENT_AUTHORITY/ca-chain.pem" > "$PUBLISHED/ca-chain.pem"
cat "$TLS_AUTHORITY/ca-cert.pem" > "$PUBLISHED/tlscacert.pem"
chmod 0644 "$PUBLISHED"/*.pem
say "the authorities of $ORGANISATION are there"
