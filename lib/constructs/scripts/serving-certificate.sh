# Init container "serving-certificate" of a certificate authority: bash, the stock fabric-ca-server and -client, and coreutils.
#
# The pair that both servers of the pod show, made anew at every start by the organisation's TLS authority and kept in
# memory: nothing to renew, nothing that could be half written. The authority's own server cannot be asked, as it is only
# about to start; another one signs, on the loopback address, for one identity, with a password that ends with it.
set -euo pipefail
umask 077

say() { printf 'serving-certificate: %s\n' "$*"; }
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
home=$RUN/serving
trap 'stop_server; rm -rf "$home"' EXIT
last() { grep -a 'Error\|FATAL' "$1" | tail -n 1 | sed 's#//[^/@ ]*@#//#g' | cut -c 1-400; }

[ -f "$TLS_CERTIFICATE" ] || fail "there is no TLS authority at $TLS_CERTIFICATE: volume data-$POD_NAME is not the one that Job ca-init made it on, or that has not run; to run it once more: $INIT_AGAIN"
rm -rf "$home"
mkdir -p "$home" "$STATE/ca/msp/keystore" "$STATE/tls-ca/msp/keystore" || fail "nothing can be written to the volume of $POD_NAME: $(df -P "$STATE" | tail -n 1); make the volume larger"
password=$(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
text=$(cat "$CONFIGURATION/serving.yaml")
text=${text//@PASSWORD@/$password}
printf '%s\n' "${text//@POD@/$POD_NAME}" > "$home/config.yaml"
fabric-ca-server start -c "$home/config.yaml" > "$home/log" 2>&1 &
server=$!
until (exec 3<> "/dev/tcp/127.0.0.1/$SERVING_PORT") 2>/dev/null; do
  kill -0 "$server" 2>/dev/null || fail "the TLS authority does not start: $(last "$home/log")"
  [ "$SECONDS" -lt 120 ] || fail "the TLS authority does not listen after 2 minutes"
  sleep 0.2
done
FABRIC_CA_CLIENT_URL="http://$POD_NAME:$password@127.0.0.1:$SERVING_PORT" timeout 60 fabric-ca-client enroll \
  --home "$home/client" --mspdir "$home/msp" --enrollment.profile tls --csr.names "O=$ORGANISATION" --csr.hosts "$HOSTS" \
  > "$home/client.log" 2>&1 || fail "the TLS authority signs no certificate for $POD_NAME: $(last "$home/client.log")"
stop_server
mv "$home/msp/signcerts/cert.pem" "$SERVING/tls.crt"
mv "$home"/msp/keystore/*_sk "$SERVING/tls.key"
say "$POD_NAME has a new certificate"
