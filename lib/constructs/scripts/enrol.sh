# Init container "enrol": bash, the stock fabric-ca-client, and coreutils, grep and sed of the stock image. What it works on
# comes in the environment (lib/constructs/enrol.ts).
#
# - A private key is born on the pod's own volume and stays there.
# - Certificates and keys of a pod form a generation, a folder of its own. A new one is put together beside the one in use
#   and takes its place in one rename: killed at any line, the pod has the old one or the new one, never a mixture.
# - How long a certificate lasts is read from the certificate itself (there is no openssl in the image): in DER the two
#   times of its validity stand one behind the other, as text. A file with the date of expiry would be one more thing to
#   disagree, and wrong where the authority had shortened the life to its own.
# - A pod whose certificates still hold starts although the authority is away; it says so, and renews at its next start.
set -euo pipefail
umask 077
home=$ENROL_VOLUME/identity current=$ENROL_VOLUME/identity/current next=$ENROL_VOLUME/identity/next
scratch=$ENROL_SCRATCH/enrol
log=$scratch/log

say() { printf 'enrol: %s\n' "$*"; }
told=''
fail() {
  told=yes
  say "$*"
  printf '%s\n' "$*" > "$ENROL_TERMINATION_MESSAGE" || true
  exit 1
}
space() { df -P "$ENROL_VOLUME" | tail -n 1; }
# A command that fails has said why in the log, whose end Kubernetes shows; a full volume is what it mostly is.
finish() {
  rm -rf "$scratch"
  [ "$1" = 0 ] || [ -n "$told" ] || say "this failed on the volume of $ENROL_POD, which has $(space): $2"
}
trap 'finish "$?" "$BASH_COMMAND"' EXIT

# Seconds since 1970 of a time as certificates write it, YYYYMMDDHHMMSS.
epoch() {
  local year=$((10#${1:0:4})) month=$((10#${1:4:2})) day=$((10#${1:6:2}))
  local before=$(((14 - month) / 12))
  local y=$((year + 4800 - before)) m=$((month + 12 * before - 3))
  local julian=$((day + (153 * m + 2) / 5 + 365 * y + y / 4 - y / 100 + y / 400 - 32045))
  echo $(((julian - 2440588) * 86400 + 10#${1:8:2} * 3600 + 10#${1:10:2} * 60 + 10#${1:12:2}))
}
# UTCTime has a year of two digits, GeneralizedTime one of four.
moment() {
  local digits=${1// 3/}
  case ${#digits} in
    12) if [ "${digits:0:2}" -ge 50 ]; then epoch "19$digits"; else epoch "20$digits"; fi ;;
    *) epoch "$digits" ;;
  esac
}
# What to do where there is no way on with the pair that is there. An ordering node must not just lose its key.
begin_anew() {
  if [ -n "$ENROL_KEEP_TLS_KEY" ]; then
    echo "as channels know $ENROL_POD by its key, it must begin anew, keys and ledger together, and only while a majority of the other ordering nodes is up: docs/operator.md, An ordering node must begin anew"
  else
    echo "remove $home there, and it enrols anew"
  fi
}
# Sets begins and ends from the first certificate of a file.
read_validity() {
  local bytes time=' (17 0d|18 0f)(( 3[0-9]){12,14}) 5a'
  bytes=$(sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/{/-----/d;p;};/END CERTIFICATE/q' "$1" | base64 -d | od -An -v -tx1 | tr -d '\n') || bytes=''
  [[ $bytes =~ $time$time ]] || fail "$1 on the volume of $ENROL_POD is not a certificate; $(begin_anew)"
  begins=$(moment "${BASH_REMATCH[2]}")
  ends=$(moment "${BASH_REMATCH[5]}")
}
now() { printf '%(%s)T' -1; }
utc() { TZ=UTC printf '%(%Y-%m-%d %H:%M:%S UTC)T' "$1"; }
same() { [ -f "$1" ] && [ -f "$2" ] && [ "$(cat "$1")" = "$(cat "$2")" ]; }

# The first certificate of a bundle: of authorities, the one that is in force; former ones stand behind it.
first() { sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p;/END CERTIFICATE/q' "$1"; }
same_authority() { [ -f "$1" ] && [ -f "$2" ] && [ "$(first "$1")" = "$(first "$2")" ]; }
# divide <bundle> <folder> <name>: a file for each certificate, as Fabric reads of a file the first one only.
divide() {
  local line text='' count=0
  mkdir -p "$2"
  while IFS= read -r line || [ -n "$line" ]; do
    case $line in *'BEGIN CERTIFICATE'*) text='' ;; esac
    text+=$line$'\n'
    case $line in *'END CERTIFICATE'*)
      count=$((count + 1))
      if [ "$count" = 1 ]; then printf '%s' "$text" > "$2/$3.pem"; else printf '%s' "$text" > "$2/$3-$count.pem"; fi
      ;;
    esac
  done < "$1"
}

# Runs fabric-ca-client in $work until the authority answers: ask <its address> <seconds> <arguments>. Where it fails, trouble says
# why, and answer whether it was the authority that refused.
ask() {
  local server=$1 patience=$2 pause=1 begun=$SECONDS said leftover
  shift 2
  while :; do
    answer='' trouble=''
    # A try that failed leaves the key that it made, and the pair that comes of this one must not take it.
    for leftover in "$work"/keystore/*; do [ "${leftover##*/}" = former.pem ] || rm -f "$leftover"; done
    if timeout 30 fabric-ca-client "$@" --home "$scratch" > "$log" 2>&1; then return 0; fi
    said=$(grep -a '^Error' "$log" | tail -n 1 | sed 's#//[^/@ ]*@#//#g' | cut -c 1-400) || true
    if grep -aiq 'no space left on device\|disk quota exceeded' "$log"; then
      trouble="nothing can be written to the volume of $ENROL_POD, no space left on device: $(space); make the volume larger"
      return 1
    elif grep -aq 'Error Code: ' "$log"; then
      answer=refused trouble="$server refuses: $said"
      return 1
    elif grep -aq 'certificate has expired or is not yet valid' "$log"; then
      trouble="the certificate of $server does not hold at $(utc "$(now)"), the time of this node: $said; set the node's clock, or, where the clock is right, restart the pods of the authority: they get a new one at every start"
    elif grep -aq 'signed by unknown authority' "$log"; then
      answer=refused trouble="$server shows a certificate of another TLS authority than ConfigMap msp in $ENROL_NAMESPACE names: $said; to publish what holds now: $ENROL_INIT_AGAIN"
      return 1
    else
      trouble="$server does not answer: ${said:-no answer within 30 s}; look at the pods ca-$ENROL_ORGANISATION in $ENROL_NAMESPACE"
    fi
    if [ $((SECONDS - begun + pause)) -gt "$patience" ]; then return 1; fi
    say "$trouble; next try in $pause s"
    sleep "$pause"
    pause=$((pause < 16 ? pause * 2 : 16))
  done
}

# The key that is not the former one; where there is none, the former one was kept.
new_key() {
  local file
  for file in "$1"/*; do
    case $file in */former.pem | */Issuer*) ;; *) echo "$file" && return ;; esac
  done
  echo "$1/former.pem"
}

# look <name> <certificate> <key> <server> <trust now> <trust then> <hosts> …: says in reason why there must be another pair,
# in usable whether the present one would still do, in holds whether it has not ended, and in waits whether it could wait for another start.
look() {
  local name=$1 certificate=$2 key=$3 trust=$5 former_trust=$6 hosts=$7
  reason='' usable='' holds='' waits=''
  if [ -f "$current/$certificate" ] && [ -f "$current/$key" ]; then
    read_validity "$current/$certificate"
    local left=$((ends - $(now)))
    if [ "$(now)" -lt "$begins" ]; then
      fail "the $name certificate of $ENROL_IDENTITY holds from $(utc "$begins"), and this node's clock says $(utc "$(now)"); set the clock of the node that $ENROL_POD runs on"
    fi
    [ "$left" -le 0 ] || holds=yes
    if ! same_authority "$trust" "$former_trust"; then reason="its authority is another one"
    elif [ "$left" -le 0 ]; then reason="it expired at $(utc "$ends")"
    else
      usable=yes
      if [ "$(cat "$current/$name.hosts")" != "$hosts" ]; then reason="its host names are others now"
      elif [ "$left" -le "$ENROL_RENEW_BEFORE" ]; then reason="it expires at $(utc "$ends")" waits=yes; fi
    fi
  else
    reason="there is none yet"
  fi
}
# obtain <name> <certificate> <key> <server> <trust now> <trust then> <hosts> <arguments>: puts a pair into $next, the
# present one where it will do.
obtain() {
  local name=$1 certificate=$2 key=$3 server=$4 hosts=$7 reason usable holds waits keep='' work
  look "$@"
  if [ -z "$reason" ] && [ -n "$due" ]; then reason="another one of this pod is due, and they are to end together" waits=yes; fi
  shift 7
  [ "$name" != TLS ] || keep=$ENROL_KEEP_TLS_KEY
  # Of a former authority it does as long as it holds: others may trust that one still, and there is no other key.
  [ -z "$keep" ] || usable=$holds
  mkdir -p "$next/${certificate%/*}" "$next/${key%/*}"
  printf '%s\n' "$hosts" > "$next/$name.hosts"
  if [ -z "$reason" ]; then
    cp "$current/$certificate" "$next/$certificate"
    cp "$current/$key" "$next/$key"
    return
  fi
  say "$name certificate of $ENROL_IDENTITY: $reason"
  local patience=$ENROL_PATIENCE
  [ -z "$usable" ] || patience=$ENROL_SHORT_PATIENCE
  work=$next/work
  rm -rf "$work"
  mkdir -p "$work/signcerts" "$work/keystore"
  set -- --mspdir "$work" --tls.certfiles "$trust_folder/tlscacert.pem" --csr.names "O=$ENROL_ORGANISATION" --csr.hosts "$hosts" "$@"
  answer=''
  if [ -n "$usable$keep" ] && [ -f "$current/$key" ]; then
    cp "$current/$certificate" "$work/signcerts/cert.pem"
    cp "$current/$key" "$work/keystore/former.pem"
    local reuse=()
    [ -z "$keep" ] || reuse=(--csr.keyrequest.reusekey)
    if ask "$server" "$patience" reenroll -u "https://$server" "$@" "${reuse[@]}"; then
      take "$certificate" "$key"
      gained
      say "$name certificate of $ENROL_IDENTITY: renewed"
      return
    fi
    if [ -n "$keep" ] && [ "$answer" = refused ] && [ -z "$usable" ]; then
      fail "the key of $ENROL_IDENTITY cannot be certified again, and channels know a consenter by it: $trouble. Where no authority will certify it: $(begin_anew)"
    fi
  fi
  if [ -z "$keep" ] || [ ! -f "$current/$key" ]; then
    if [ "$answer" = refused ] || [ -z "$usable" ]; then
      read_secret
      rm -rf "$work"
      mkdir -p "$work"
      if FABRIC_CA_CLIENT_URL="https://$ENROL_IDENTITY:$secret@$server" ask "$server" "$patience" enroll "$@"; then
        take "$certificate" "$key"
        gained
        say "$name certificate of $ENROL_IDENTITY: enrolled"
        return
      fi
      case $trouble in
        *'Error Code: 20'*) trouble="$server does not take the enrolment secret of $ENROL_IDENTITY: Secret enrolment in $ENROL_NAMESPACE and its registry differ; Job register makes them the same again: $ENROL_REGISTER_AGAIN" ;;
      esac
    fi
  fi
  [ -n "$usable" ] || fail "no $name certificate for $ENROL_IDENTITY: $trouble"
  say "warning: $trouble; going on with the present certificate, which holds until $(utc "$ends")"
  behind=yes
  rm -rf "$work"
  cp "$current/$certificate" "$next/$certificate"
  cp "$current/$key" "$next/$key"
  cp "$current/$name.hosts" "$next/$name.hosts"
}
# A pair that could wait may not go ahead of one that cannot be had: whoever watches one date would miss the other.
gained() { if [ -n "$waits" ]; then renewed=yes; else changed=yes; fi; }
take() {
  mv "$work/signcerts/cert.pem" "$next/$1"
  mv "$(new_key "$work/keystore")" "$next/$2"
  rm -rf "$work"
}
read_secret() {
  [ -f "$ENROL_SECRET" ] || fail "Secret enrolment in $ENROL_NAMESPACE has no key $ENROL_IDENTITY: Job register has not registered it; to run it once more: $ENROL_REGISTER_AGAIN"
  secret=$(cat "$ENROL_SECRET")
  [[ $secret =~ ^[A-Za-z0-9_-]+$ ]] || fail "key $ENROL_IDENTITY of Secret enrolment in $ENROL_NAMESPACE is not a secret of ours (letters, digits, - and _): remove the key, then let Job register make it anew: $ENROL_REGISTER_AGAIN"
}
# A file as the inside of a JSON text: certificates and keys have nothing but line ends to escape.
json() {
  local text
  text=$(cat "$1")
  printf '%s\\n' "${text//$'\n'/\\n}"
}

for name in msp tls chaincode; do
  if [ -e "$ENROL_VOLUME/$name" ] && [ ! -L "$ENROL_VOLUME/$name" ]; then
    fail "$ENROL_VOLUME/$name on the volume of $ENROL_POD is not ours: move it away"
  fi
done
trust_folder=$ENROL_TRUST
for name in mspid cacert.pem tlscacert.pem; do
  [ -s "$trust_folder/$name" ] || fail "ConfigMap msp in $ENROL_NAMESPACE has no $name: Job ca-init has not published it; to run it once more: $ENROL_INIT_AGAIN"
done
rm -rf "$next" "$scratch"
mkdir -p "$next" "$scratch" 2>/dev/null || fail "nothing can be written to the volume of $ENROL_POD: $(space); make the volume larger"
changed='' renewed='' behind='' due=''
issuer=cacerts/cacert.pem source=cacert.pem
if [ -s "$trust_folder/intermediatecert.pem" ]; then
  issuer=intermediatecerts/intermediatecert.pem source=intermediatecert.pem
fi
# pair <command> <part>: calls it with what it has to know of this part's pair.
pair() {
  case $2 in
    msp) "$1" identity msp/signcerts/cert.pem msp/keystore/key.pem "$ENROL_CA" "$trust_folder/$source" "$current/msp/$issuer" "$ENROL_IDENTITY" ;;
    tls) "$1" TLS tls/server.crt tls/server.key "$ENROL_TLS_CA" "$trust_folder/tlscacert.pem" "$current/tls/ca.crt" "$ENROL_HOSTS" --enrollment.profile tls ;;
    chaincode) "$1" chaincode-client chaincode/client.crt chaincode/client.key "$ENROL_TLS_CA" "$trust_folder/tlscacert.pem" "$current/tls/ca.crt" "$ENROL_IDENTITY" --enrollment.profile tls ;;
  esac
}

for part in $ENROL_PARTS; do
  pair look "$part"
  [ -z "$reason" ] || due=yes
done
for part in $ENROL_PARTS; do
  case $part in
    msp)
      mkdir -p "$next/msp"
      divide "$trust_folder/cacert.pem" "$next/msp/cacerts" cacert
      divide "$trust_folder/tlscacert.pem" "$next/msp/tlscacerts" tlscacert
      [ "$source" = cacert.pem ] || divide "$trust_folder/intermediatecert.pem" "$next/msp/intermediatecerts" intermediatecert
      printf '%s' "$ENROL_NODE_OUS" > "$next/msp/config.yaml"
      same "$next/msp/config.yaml" "$current/msp/config.yaml" || changed=yes
      for folder in cacerts intermediatecerts tlscacerts; do
        [ "$(cat "$next/msp/$folder"/* 2>/dev/null)" = "$(cat "$current/msp/$folder"/* 2>/dev/null)" ] || changed=yes
      done
      ;;
    tls)
      mkdir -p "$next/tls"
      cp "$trust_folder/tlscacert.pem" "$next/tls/ca.crt"
      same "$next/tls/ca.crt" "$current/tls/ca.crt" || changed=yes
      ;;
  esac
  pair obtain "$part"
done
[ -z "$renewed" ] || [ -n "$behind" ] || changed=yes
case $ENROL_PARTS in
  *chaincode*)
    printf '{"peer":"%s","namespace":"%s","domain":"%s","root_cert":"%s","client_cert":"%s","client_key":"%s"}\n' \
      "$ENROL_POD" "$ENROL_NAMESPACE" "$ENROL_DOMAIN" "$(json "$trust_folder/tlscacert.pem")" \
      "$(json "$next/chaincode/client.crt")" "$(json "$next/chaincode/client.key")" > "$next/chaincode/builder.json"
    if [ -z "$renewed" ]; then same "$next/chaincode/builder.json" "$current/chaincode/builder.json" || changed=yes; fi
    # Built chaincode holds the former pair. The peer builds anew what it does not find. Removed before the new pair is
    # in place: killed in between, the next start comes to this line again.
    if [ -n "$changed" ] && ! same "$next/chaincode/builder.json" "$current/chaincode/builder.json"; then
      rm -rf "$ENROL_BUILDS"
    fi
    ;;
esac

if [ -n "$changed" ]; then
  generation=$home/generation-$(now)-$RANDOM
  sync -f "$next" 2>/dev/null || sync
  mv -T "$next" "$generation"
  ln -sfn "${generation##*/}" "$home/current.new"
  mv -T "$home/current.new" "$current"
  say "$ENROL_IDENTITY has its certificates"
else
  rm -rf "$next"
  if [ -n "$behind" ]; then say "$ENROL_IDENTITY goes on with all of its certificates: they are renewed together"
  else say "$ENROL_IDENTITY has its certificates, and none is due"; fi
fi
for part in $ENROL_PARTS; do ln -sfn "identity/current/$part" "$ENROL_VOLUME/$part"; done
used=$(readlink "$current")
for generation in "$home"/generation-*; do
  [ "${generation##*/}" = "$used" ] || rm -rf "$generation"
done
