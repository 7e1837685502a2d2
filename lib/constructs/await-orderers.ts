import type { Container } from "cdk8s-plus-28/lib/imports/k8s";
import { helperResources, restrictedContainer } from "./pod-security";
import { lastWords } from "./script";

/** How long a peer waits for the ordering service before it starts without it, in seconds. */
const patienceSeconds = 300;

/**
 * The start order that R6 asks for, asked for and not left to luck: a peer's pod waits until the ordering Services of most
 * ordering organisations accept a connection, which they do while they have a ready node. Not for ever: with the ordering
 * service down for good, peers still start and serve reads (docs/decisions/orderers-first.md).
 *
 * @param image The peer's own image: it has bash, and nothing else needs to be pulled.
 * @param services `host:port` of every ordering organisation's Service. Not of every node: then adding an ordering node
 * would restart every peer.
 */
export function awaitOrderers(image: string, services: readonly string[]): Container {
  return {
    name: "await-orderers",
    image,
    command: ["bash", "-c", awaitScript(services)],
    securityContext: restrictedContainer,
    terminationMessagePolicy: lastWords,
    resources: helperResources(),
  };
}

/** The shell text of {@link awaitOrderers}: bash, and `timeout` and `sleep` of coreutils. */
export function awaitScript(services: readonly string[], patience = patienceSeconds): string {
  const needed = Math.floor(services.length / 2) + 1;
  return `
while :; do
  ready=0
  for service in ${services.join(" ")}; do
    timeout 2 bash -c "exec 3<>/dev/tcp/\${service%:*}/\${service##*:}" 2>/dev/null && ready=$((ready + 1))
  done
  answer="$ready of ${services.length} ordering Services answer"
  if [ "$ready" -ge ${needed} ]; then echo "$answer"; exit 0; fi
  if [ "$SECONDS" -ge ${patience} ]; then echo "$answer after ${patience} s: starting for reads"; exit 0; fi
  echo "$answer, ${needed} needed: waiting"
  sleep 2
done`.trim();
}
