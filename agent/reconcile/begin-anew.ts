import { couchdbLayout, dataVolume, peerLayout } from "../../lib/fabric/layout";

/**
 * How a node that runs is emptied, so that it begins anew when its pod starts. Its claim stays: a StatefulSet would make
 * one without a volume in place of it, before Pulumi makes the right one.
 */
const ledger = peerLayout().ledger;

/** Of an ordering node keys and ledger go together: under its old key Raft takes it for a member that remembers. */
export function emptyOrderer(namespace: string, pod: string): string {
  return `\`kubectl exec -n ${namespace} ${pod} -c orderer -- rm -rf ${ledger} ${dataVolume}/identity\`, then \`kubectl delete pod ${pod} -n ${namespace}\``;
}

/** Of a peer all ledgers, and where CouchDB keeps its state, that too: it must not know more than the blocks. */
export function emptyPeer(namespace: string, pod: string): string {
  const couchdb = `\`kubectl exec -n ${namespace} ${pod} -c couchdb -- find ${couchdbLayout.data} -mindepth 1 -delete\``;
  return `\`kubectl exec -n ${namespace} ${pod} -c peer -- rm -rf ${ledger}\`, with CouchDB also ${couchdb}, then \`kubectl delete pod ${pod} -n ${namespace}\``;
}
