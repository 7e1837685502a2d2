#!/bin/sh
# Posts what a pull request would change as one comment of it, and changes that comment at every later run.
#
# usage: scripts/comment-diff.sh BASE HEAD [options of `fabric-topologies diff`, such as --stack production]
#
# GITHUB_REPOSITORY  owner/name
# PULL_REQUEST       its number
# GITHUB_TOKEN       may write comments of pull requests
# GITHUB_API_URL     default: https://api.github.com
#
# Exit code: that of `diff` (0 no change, 2 changes, 3 changes that need care, 1 an error), or 4 where the comment could not
# be posted. An error of `diff` is posted too, so that people see why there is nothing to look at.
set -u

usage() { sed -n '2,13s/^# \{0,1\}//p' "$0"; }
case "${1:-}" in -h | --help) usage; exit 0 ;; esac
[ $# -ge 2 ] || { usage >&2; exit 1; }
for name in GITHUB_REPOSITORY PULL_REQUEST GITHUB_TOKEN; do
  eval "value=\${$name:-}"
  [ -n "$value" ] || { echo "comment-diff: $name is not set" >&2; exit 1; }
done
base="$1"; head="$2"; shift 2

here="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

node "$here/bin/fabric-topologies.mjs" diff "$base" "$head" --markdown "$@" >"$work/diff.md" 2>"$work/diff.err"
verdict=$?
if [ "$verdict" = 1 ]; then
  { echo "## This change cannot be shown"; echo; echo '```text'; sed 's/```/'"'''"'/g' "$work/diff.err"; echo '```'; } >"$work/diff.md"
  cat "$work/diff.err" >&2
fi

node "$here/scripts/post-comment.mjs" "$work/diff.md" || exit 4
exit "$verdict"
