import type { Container } from "cdk8s-plus-28/lib/imports/k8s";
import { helperResources, restrictedContainer } from "./pod-security";

/** How long a peer waits for the ordering service before it starts without it, in seconds. */
const patienceSeconds = 300;

/**
 * The start order that R6 asks for, asked for and not left to luck: a peer's pod waits until a majority of the ordering
 * nodes accepts connections (only ready ones are in DNS). Not for ever: with the ordering service down for good, peers
 * still start and serve reads (docs/decisions/0004-orderers-first.md).
 *
 * @param image The peer's own image: it has bash, and nothing else needs to be pulled.
 * @param addresses `host:port` of every ordering node.
 * @param needed How many of them must answer.
 */
export function awaitOrderers(image: string, addresses: readonly string[], needed: number): Container {
  return {
    name: "await-orderers",
    image,
    command: ["bash", "-c", awaitScript(addresses, needed)],
    securityContext: restrictedContainer,
    resources: helperResources(),
  };
}

/** The shell text of {@link awaitOrderers}; bash only, no other program but `timeout` and `sleep` of coreutils. */
export function awaitScript(addresses: readonly string[], needed: number, patience = patienceSeconds): string {
  return `
while :; do
  ready=0
  for address in ${addresses.join(" ")}; do
    timeout 2 bash -c "exec 3<>/dev/tcp/\${address%:*}/\${address##*:}" 2>/dev/null && ready=$((ready + 1))
  done
  if [ "$ready" -ge ${needed} ]; then echo "$ready of ${addresses.length} ordering nodes answer"; exit 0; fi
  if [ "$SECONDS" -ge ${patience} ]; then echo "only $ready of ${addresses.length} ordering nodes answer after ${patience} s; starting for reads"; exit 0; fi
  echo "waiting: $ready of ${addresses.length} ordering nodes answer, ${needed} needed"
  sleep 2
done`.trim();
}
