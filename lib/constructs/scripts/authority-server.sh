# The servers of a certificate authority: bash, the stock fabric-ca-server, and coreutils. Puts the registrar's password into
# the configuration, in memory, and becomes the server.
set -euo pipefail
umask 077
fail() {
  printf 'authority-server: %s\n' "$*"
  printf '%s\n' "$*" > "$TERMINATION_MESSAGE" || true
  exit 1
}
[ -f "$PASSWORD_FILE" ] || fail "Secret ca-registrar has no key ${PASSWORD_FILE##*/}: Job ca-init makes it; to run it once more: $INIT_AGAIN"
password=$(cat "$PASSWORD_FILE")
[[ $password =~ ^[A-Za-z0-9_-]+$ ]] || fail "key ${PASSWORD_FILE##*/} of Secret ca-registrar is not a password of ours (letters, digits, - and _); remove the key, then let Job ca-init make it anew: $INIT_AGAIN"
if [ -n "${DATASOURCE_FILE:-}" ]; then
  FABRIC_CA_SERVER_DB_DATASOURCE=$(cat "$DATASOURCE_FILE")
  export FABRIC_CA_SERVER_DB_DATASOURCE
fi
text=$(cat "$CONFIGURATION")
printf '%s\n' "${text//@PASSWORD@/$password}" > "$RUN/config.yaml"
exec fabric-ca-server start -c "$RUN/config.yaml"
