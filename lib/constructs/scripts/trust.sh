# Init container "trust": bash and coreutils of the stock fabric-ca image. It puts the certificates of an organisation's
# authorities on all of its sites together, for the init container "enrol" behind it. What it works on comes in the
# environment (lib/constructs/trust.ts).
#
# - The authorities of this site come first: of a bundle the first one is that which the pod enrols with.
# - A node's first start waits until all sites are among them, as a node knows its colleagues by them. Later ones do not: a
#   site that is to come must not keep nodes from starting that have run without it, and what running nodes go by stands in
#   the channels' configs.
set -euo pipefail
umask 022

say() { printf 'trust: %s\n' "$*"; }
fail() {
  say "$*"
  printf '%s\n' "$*" > "$TRUST_TERMINATION_MESSAGE" || true
  exit 1
}
# The sites that are awaited and not in the bundle yet.
missing() {
  local site list=''
  for site in $TRUST_SITES; do
    grep -qxF -- "$site" "$TRUST_ABROAD/sites" 2>/dev/null || list+=" $site"
  done
  printf '%s' "${list# }"
}

if [ ! -e "$TRUST_VOLUME/msp" ]; then
  told='' begun=$SECONDS
  while waited=$(missing) && [ -n "$waited" ]; do
    what="ConfigMap msp-abroad in $TRUST_NAMESPACE has no certificates of $TRUST_ORGANISATION's authorities on $waited yet"
    if [ $((SECONDS - begun)) -ge "$TRUST_PATIENCE" ]; then
      fail "$what: see whether the Jobs ca-init have ended there, then \`pulumi up\` brings what they published"
    fi
    [ "$told" = "$waited" ] || say "$what; waiting"
    told=$waited
    sleep 1
  done
fi

for name in mspid cacert.pem intermediatecert.pem tlscacert.pem; do
  own='' abroad=''
  [ ! -f "$TRUST_OWN/$name" ] || own=$(cat "$TRUST_OWN/$name")
  [ "$name" = mspid ] || [ ! -f "$TRUST_ABROAD/$name" ] || abroad=$(cat "$TRUST_ABROAD/$name")
  # Whose authority is the same on all sites has one, not several.
  if [ -z "$abroad" ] || [ "$own" = "$abroad" ]; then text=$own; else text=$own$'\n'$abroad; fi
  rm -f "$TRUST_ALL/$name"
  # What this site itself has not published is told of by enrol.
  if [ -n "$own" ]; then printf '%s\n' "$text" > "$TRUST_ALL/$name"; fi
done
say "the authorities of $TRUST_ORGANISATION are known"
