import { items, keyOf } from "../../../policies/manifest";
import { all, at, dropped, set, without, type NamedFault, type Spoil } from "./spoil";
import { authority, chaincode, claim, container, gateway, orderer, peer, pod } from "./names";

const zone = "topology.kubernetes.io/zone";
const inZone = (key: string, name: string): Spoil => set(key, ["metadata", "labels", zone], name);

/** Faults in where nodes live, how they go down and come back, what they keep, and how they are called. */
export const nodeFaults: readonly NamedFault[] = [
  [
    "three consenters in one zone, one in each of the others",
    "consensus-survives-zone",
    all(inZone(claim(3), "zone-a"), inZone(claim(4), "zone-a")),
  ],
  ["two consenters in all", "consensus-three-consenters", set(orderer, ["spec", "replicas"], 2)],
  ["four consenters", "consensus-odd-number", set(orderer, ["spec", "replicas"], 4)],
  [
    "a claim in another zone than planned",
    "consensus-zone-of-claim",
    inZone("PersistentVolumeClaim/trade-amber/data-peer0-amber-1", "zone-a"),
  ],
  ["a claim that is not made first", "consensus-zone-of-claim", dropped(claim(0))],
  [
    "both peers in one zone",
    "consensus-peers-in-two-zones",
    inZone("PersistentVolumeClaim/trade-amber/data-peer0-amber-1", "zone-a"),
  ],
  [
    "consenters on whichever machines",
    "consensus-apart-on-machines",
    without(orderer, ...pod, "topologySpreadConstraints"),
  ],
  [
    "no disruption budget of the peers",
    "disruption-budget-of-nodes",
    dropped("PodDisruptionBudget/trade-amber/peer-disruption"),
  ],
  [
    "a budget that lets nothing go",
    "disruption-lets-drain",
    set("PodDisruptionBudget/trade-clearing/orderer-disruption", ["spec", "minAvailable"], 5),
  ],
  [
    "a budget that lets two consenters go",
    "disruption-one-at-a-time",
    set("PodDisruptionBudget/trade-clearing/orderer-disruption", ["spec", "minAvailable"], 3),
  ],
  [
    "a budget that keeps unready pods",
    "disruption-unready-may-go",
    without("PodDisruptionBudget/trade-amber/peer-disruption", "spec", "unhealthyPodEvictionPolicy"),
  ],
  [
    "a budget that selects nobody",
    "disruption-budget-of-somebody",
    set("PodDisruptionBudget/trade-amber/peer-disruption", ["spec", "selector", "matchLabels"], { app: "peer" }),
  ],
  [
    "no disruption budget of the agents",
    "disruption-budget-of-servers",
    dropped("PodDisruptionBudget/trade-amber/agent-disruption"),
  ],
  [
    "all pods of a set started at once",
    "disruption-ordered-start",
    set(orderer, ["spec", "podManagementPolicy"], "Parallel"),
  ],
  [
    "updates that wait for a hand",
    "disruption-ordered-start",
    set(peer, ["spec", "updateStrategy"], { type: "OnDelete" }),
  ],
  ["no time to stop", "disruption-time-to-stop", set(orderer, [...pod, "terminationGracePeriodSeconds"], 0)],
  [
    "a liveness probe that asks for the database, too",
    "disruption-liveness-of-itself",
    set(peer, [...container, "livenessProbe"], { httpGet: { path: "/healthz", port: 9443 } }),
  ],
  ["no readiness probe", "disruption-told-by-probes", without(peer, ...container, "readinessProbe")],
  ["no liveness probe of a chaincode", "disruption-told-by-probes", without(chaincode, ...container, "livenessProbe")],
  [
    "unready pods that stay in DNS",
    "disruption-unready-leave-dns",
    set("Service/trade-clearing/orderer-svc", ["spec", "publishNotReadyAddresses"], true),
  ],
  [
    "a claim that goes with its set",
    "storage-claims-stay",
    set(orderer, ["spec", "persistentVolumeClaimRetentionPolicy"], { whenDeleted: "Delete", whenScaled: "Retain" }),
  ],
  [
    "a ledger that is gone with its pod",
    "storage-ledger-on-claim",
    all(
      without(orderer, "spec", "volumeClaimTemplates"),
      at(orderer, [...pod, "volumes"], (volumes) => [...items(volumes), { name: "data", emptyDir: {} }]),
    ),
  ],
  [
    "a disk that goes with its claim",
    "storage-volumes-stay",
    set("StorageClass/trade-zone-a", ["reclaimPolicy"], "Delete"),
  ],
  [
    "a volume that is made before its pod has a zone",
    "storage-bound-to-zone",
    set("StorageClass/trade-zone-a", ["volumeBindingMode"], "Immediate"),
  ],
  [
    "a class over two zones",
    "storage-bound-to-zone",
    set(
      "StorageClass/trade-zone-a",
      ["allowedTopologies", 0, "matchLabelExpressions", 0, "values"],
      ["zone-a", "zone-b"],
    ),
  ],
  ["a disk that cannot grow", "storage-can-grow", set("StorageClass/trade-zone-a", ["allowVolumeExpansion"], false)],
  [
    "a claim that two machines write to",
    "storage-one-writer",
    set(claim(0), ["spec", "accessModes"], ["ReadWriteMany"]),
  ],
  [
    "an object that says of no organisation",
    "names-labelled",
    without(gateway, "metadata", "labels", "fabric-topologies.dev/organisation"),
  ],
  [
    "a namespace of no network",
    "names-labelled",
    without("Namespace/trade-amber", "metadata", "labels", "fabric-topologies.dev/network"),
  ],
  ["a name with a random end", "names-given", set(gateway, ["metadata", "generateName"], "gateway-amber-")],
  [
    "a version in a selector",
    "names-lasting-selectors",
    set(chaincode, ["spec", "selector", "matchLabels", "app.kubernetes.io/version"], "1.0"),
  ],
  [
    "a Service that is not headless",
    "names-headless-service",
    without("Service/trade-clearing/orderer-svc", "spec", "clusterIP"),
  ],
  ["a set whose Service is not there", "names-headless-service", set(authority, ["spec", "serviceName"], "ca")],
  [
    "a Service that selects nobody",
    "names-service-of-pods",
    set(gateway, ["spec", "selector"], { "fabric-topologies.dev/role": "peers" }),
  ],
  ["one object twice", "names-once", (objects) => [...objects, ...objects.filter((one) => keyOf(one) === gateway)]],
];
