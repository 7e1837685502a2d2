import type { KubeObject } from "./manifests";

/** What a kind of object is for: the object reference is made from these, and a test finds every object in exactly one. */
export interface Purpose {
  readonly kind: string;
  /** How such objects are called, with <placeholders>. */
  readonly called: string;
  /** Whether an object of the kind is one of these; absent where all are. */
  readonly includes?: (object: KubeObject) => boolean;
  readonly why: string;
}

const named = (pattern: RegExp) => (object: KubeObject) => pattern.test(object.metadata.name);

/** Everything that a network consists of, in the order in which it is made. */
export const purposes: readonly Purpose[] = [
  {
    kind: "ValidatingAdmissionPolicy",
    called: "`<network>-<kinds>`, `<network>-<kinds>-advice`",
    why: "The policies that an API server can judge by itself, for the network's namespaces: what breaks a mandatory one is refused, whoever makes it, and what breaks an advisory one is warned of. Not made where the settings say `admission: false`.",
  },
  {
    kind: "ValidatingAdmissionPolicyBinding",
    called: "`<network>-<kinds>`, `<network>-<kinds>-advice`",
    why: "Puts the policies into force.",
  },
  {
    kind: "StorageClass",
    called: "`<network>-<zone>`",
    includes: (object) => object["allowedTopologies"] !== undefined,
    why: "Makes volumes that live in one zone and can grow. A pod follows its volume, so this is what keeps a node in its zone for ever. Not made for a zone whose `storageClass` the settings name.",
  },
  {
    kind: "StorageClass",
    called: "`<network>-claimed-first`",
    includes: named(/-claimed-first$/),
    why: "Makes no volumes. Claim templates name it, so a pod that was added by hand, or whose claim somebody deleted, waits visibly instead of landing in an arbitrary zone.",
  },
  {
    kind: "Namespace",
    called: "`<network>-<organisation>`",
    includes: named(/(?<!-gateway|-recovery)$/),
    why: "An organisation's own room, with Pod Security level `restricted` enforced. Stays when the stack is destroyed, since deleting it would delete the claims in it.",
  },
  {
    kind: "Namespace",
    called: "`<network>-gateway`, `<network>-recovery`",
    includes: named(/-(gateway|recovery)$/),
    why: "The room of a site's gateway where there are several sites, and that of failovers at the witness and the remote one of three centers, with Pod Security level `restricted` enforced.",
  },
  {
    kind: "CustomResourceDefinition",
    called: "`failovers.recovery.fabric-topologies.dev`",
    why: "The kind `Failover`: what a failover is told, and what it shows. At the witness and at the remote center.",
  },
  {
    kind: "ConfigMap",
    called: "`gateway-start`, `gateway-base`",
    includes: named(/^gateway-(start|base)$/),
    why: "How a site's gateway starts, and who is where. It is read again when it changes; only a change of how it starts restarts it.",
  },
  {
    kind: "ConfigMap",
    called: "`gateway-weights`",
    includes: named(/^gateway-weights$/),
    why: "Shares of the sites in each pool, equal on all sites. Gateways watch it, so rewriting it moves traffic and restarts nothing (`fabric-topologies shift`).",
  },
  {
    kind: "ServiceAccount",
    called: "`gateway`",
    includes: named(/^gateway$/),
    why: "The identity of a site's gateway towards Kubernetes, without a token and without rights.",
  },
  {
    kind: "Deployment",
    called: "`gateway`",
    includes: named(/^gateway$/),
    why: "A site's gateway, two pods in different zones: passes connections on by the name that they ask for, and opens none. TLS ends in the node.",
  },
  {
    kind: "Service",
    called: "`gateway`",
    includes: named(/^gateway$/),
    why: "The load balancer of a site's gateway: the one door to a site, for clients and for the other sites.",
  },
  {
    kind: "Service",
    called: "`border`",
    includes: named(/^border$/),
    why: "A site's gateway from inside: the way of its consenters to those of other sites.",
  },
  {
    kind: "NetworkPolicy",
    called: "`gateway`",
    includes: named(/^gateway$/),
    why: "Anybody may come to a gateway; out of it leads nothing but the ports of nodes that take connections from elsewhere, and the other gateways.",
  },
  {
    kind: "ServiceAccount",
    called: "`peer`, `orderer`, `ca`",
    includes: named(/^(peer|orderer|ca)$/),
    why: "The identity of a role's pods towards Kubernetes. Its token is not mounted: no Fabric node talks to the API server.",
  },
  {
    kind: "ServiceAccount",
    called: "`ca-init`, `register`",
    includes: named(/^(ca-init|register)$/),
    why: "The identity of a Job's pods towards Kubernetes. Of their containers only the agent's have its token.",
  },
  {
    kind: "Role",
    called: "`ca-init`, `register`",
    includes: named(/^(ca-init|register)$/),
    why: "What a Job may do: make and keep the Secrets and the ConfigMap that it is there for, by name, in its own namespace.",
  },
  {
    kind: "RoleBinding",
    called: "`ca-init`, `register`",
    includes: named(/^(ca-init|register)$/),
    why: "Gives a Job's account its rights.",
  },
  {
    kind: "ServiceAccount",
    called: "`agent`",
    includes: named(/^agent$/),
    why: "The identity of an organisation's agent towards Kubernetes; the agent alone among the lasting pods has a token.",
  },
  {
    kind: "ServiceAccount",
    called: "`chaincode`, `client`",
    includes: named(/^(chaincode|client)$/),
    why: "The identity of chaincode servers, and of the pods in which clients run their commands, towards Kubernetes, without a token and without rights.",
  },
  {
    kind: "Role",
    called: "`agent`, `agent-public`, `agent-consenter-restart`",
    includes: named(/^agent(-public|-consenter-restart)?$/),
    why: "What agents may do: their own organisation's to look at its pods, to mark and to evict them and to publish; every organisation's to read what is published, by name; those of ordering organisations to take turns at restarting consenters. None reads a Secret.",
  },
  {
    kind: "RoleBinding",
    called: "`agent`, `agent-public`, `agent-consenter-restart`",
    includes: named(/^agent(-public|-consenter-restart)?$/),
    why: "Gives agents their rights.",
  },
  {
    kind: "NetworkPolicy",
    called: "`default-deny`",
    includes: named(/^default-deny$/),
    why: "Nothing goes in or out of the organisation's pods unless another policy names it.",
  },
  {
    kind: "NetworkPolicy",
    called: "`dns`",
    includes: named(/^dns$/),
    why: "Lets pods ask the cluster's DNS.",
  },
  {
    kind: "NetworkPolicy",
    called: "`peer`, `orderer`, `ca`, `ca-init`, `register`, `agent`, `chaincode`, `client`",
    includes: named(/^(peer|orderer|ca|ca-init|register|agent|chaincode|client)$/),
    why: "Exactly the flows that a role needs, both directions read off one list: peers to peers of their channels and to their chaincode, everybody who enrols to the organisation's own authority, agents to their own nodes and to the API server, applications of labelled namespaces to peers, monitoring to the ports with metrics.",
  },
  {
    kind: "ConfigMap",
    called: "`agent-model`",
    includes: named(/^agent-model$/),
    why: "The consortium as agents see it: who is in it, at which addresses, and which channels and chaincodes there are to be. The same for every organisation, and nothing in it is secret.",
  },
  {
    kind: "ConfigMap",
    called: "`msp-abroad`",
    includes: named(/^msp-abroad$/),
    why: "Where there are several sites: the certificates that the organisation's authorities have published on the others. Filled from there at every `pulumi up`; nothing in it is secret.",
  },
  {
    kind: "ResourceQuota",
    called: "`nodes`",
    why: "Where there are several sites: as many StatefulSets as the placement puts on this one, so that nobody makes a second copy of a node that is at home elsewhere.",
  },
  {
    kind: "ConfigMap",
    called: "`<group>-<organisation>-config`, `orderer-config`",
    includes: named(/^(?!ca-).*-config$/),
    why: "`core.yaml` or `orderer.yaml`, written for the network's very Fabric version. Pods carry its digest, so a change restarts exactly the pods that read it.",
  },
  {
    kind: "ConfigMap",
    called: "`ca-<organisation>-config`, `ca-init-config`",
    includes: named(/^ca-.*-config$/),
    why: "What the servers of a certificate authority are told, and how new ones are made. Passwords are put in when a server starts, in memory.",
  },
  {
    kind: "PersistentVolumeClaim",
    called: "`root-ca-<organisation>`",
    includes: named(/^root-ca-/),
    why: "The key of the root authority. Only the Job `ca-init` mounts it: the root is needed once, to sign the intermediate.",
  },
  {
    kind: "PersistentVolumeClaim",
    called: "`data-<pod>`, `couchdb-<pod>`",
    includes: named(/^(data|couchdb)-/),
    why: "The ledger of one node with its keys, its CouchDB, or the keys and the registry of a certificate authority. Made before the pod and bound to its zone; stays when the node, the StatefulSet or the stack goes.",
  },
  {
    kind: "Service",
    called: "`peer-svc`, `orderer-svc`, `ca-svc`",
    includes: (object) => (object["spec"] as { clusterIP?: string } | undefined)?.clusterIP === "None",
    why: "Headless: gives each pod its DNS name. A pod that is not ready leaves DNS, so nobody dials a dead zone.",
  },
  {
    kind: "Service",
    called: "`gateway-<organisation>`",
    includes: named(/^gateway-/),
    why: "Any ready peer of the organisation: where its clients connect.",
  },
  {
    kind: "Service",
    called: "`ordering-<organisation>`",
    includes: named(/^ordering-/),
    why: "Any ready ordering node of the organisation; answers while one of them is there. Peers wait for it before they start.",
  },
  {
    kind: "Service",
    called: "`ca-<organisation>`",
    includes: named(/^ca-(?!.*-\d+$)(?!svc$)/),
    why: "The organisation's certificate authority: 7054 signs identities, 7055 TLS certificates.",
  },
  {
    kind: "Service",
    called: "`raft-<pod>`",
    includes: named(/^raft-/),
    why: "Where there are several sites: the name by which consenters dial each other, the same on every site. At home it leads to the pod, elsewhere to the site's own gateway, which refuses at once what is lost.",
  },
  {
    kind: "Service",
    called: "`<pod>`",
    includes: named(/^(?!gateway-|ordering-|raft-|cc-).*-\d+$/),
    why: "One node by its own name, for clients and organisations that must reach this very one.",
  },
  {
    kind: "Service",
    called: "`agent-board`",
    includes: named(/^agent-board$/),
    why: "Where there are several sites: by it, through the gateways, the agents of other sites read what this one publishes. It answers before the agent is ready, as that waits for the others.",
  },
  {
    kind: "Deployment",
    called: "`agent`",
    includes: named(/^agent$/),
    why: "The organisation's agent, two of them of which one leads: channels, chaincode, renewals, readiness. Available when everything that the network file asks of the organisation is done.",
  },
  {
    kind: "Deployment",
    called: "`cc-<chaincode>-<version>-<zone>`",
    includes: named(/^cc-/),
    why: "A chaincode's server in one zone; its peers there call it. It carries the version in its name, so the next one runs beside it until the channel has gone over.",
  },
  {
    kind: "Service",
    called: "`cc-<chaincode>-<version>-<peer>`",
    includes: named(/^cc-/),
    why: "Where one peer finds the chaincode of its own zone: what the package's template comes to on that peer.",
  },
  {
    kind: "StatefulSet",
    called: "`<group>-<organisation>`, `orderer`, `ca-<organisation>`",
    why: "The nodes themselves, one pod each, with a stable name and `OrderedReady`. Each enrols before it starts: keys are born on its volume and stay there.",
  },
  {
    kind: "Job",
    called: "`ca-init-<digest>`",
    includes: named(/^ca-init-/),
    why: "Makes the root, the intermediate and the TLS authority where there are none, and publishes their certificates in ConfigMap `msp`. Its pod is the only one that ever sees the root's key.",
  },
  {
    kind: "Job",
    called: "`register-<digest>`",
    includes: named(/^register-/),
    why: "Registers every identity of the organisation with both authorities, and makes its secret in Secret `enrolment`. Another one where a node is added.",
  },
  {
    kind: "PodDisruptionBudget",
    called:
      "`peer-disruption`, `orderer-disruption`, `ca-disruption`, `agent-disruption`, `gateway-disruption`, `cc-<chaincode>-<version>-disruption`",
    why: "Drains and upgrades may take one ready node of a role, or one server of a chaincode, at a time; the API server refuses the eviction of a second. A single node may go, and so may any that is not ready.",
  },
  {
    kind: "PodMonitor",
    called: "`peer`, `orderer`, `agent`",
    why: "Tells the Prometheus operator whom to ask for metrics. Made where the settings say `prometheusOperator: true`.",
  },
  {
    kind: "PrometheusRule",
    called: "`fabric`",
    why: "When to wake somebody, and what they should look at first. Made with the PodMonitors.",
  },
  {
    kind: "DNSEndpoint",
    called: "`gateway`",
    why: "Which names lead to this site's gateway, and to which other ones: external-dns tells them the world. Made where the settings say `dns.provider: externalDns`.",
  },
];

/** The purposes of an object; exactly one where the table is complete. */
export function purposesOf(object: KubeObject): Purpose[] {
  return purposes.filter(({ kind, includes }) => kind === object.kind && (includes?.(object) ?? true));
}
