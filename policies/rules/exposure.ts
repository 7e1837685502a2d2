import { ports } from "../../lib/fabric/ports";
import { services } from "../cel";
import { object } from "../examples";
import { at, items, roleLabel, texts, type Fields } from "../manifest";
import type { Fault, Manifest, ObjectRule } from "../rule";

const common = { domain: "exposure", scope: "object", kinds: ["Service"] } as const;

const service = (name: string, spec: Fields): Manifest => object("v1", "Service", name, { spec });
const grpc = { name: "grpc", port: ports.peer.grpc };

/** What people administer and watch nodes by, and what must be seen by nobody else. */
const inner = new Map<number, string>([
  [ports.orderer.admin, "operations and administration"],
  [ports.orderer.operations, "operations"],
  [ports.certificateAuthority.tlsOperations, "operations"],
  [ports.loopbackAuthority, "administration"],
  [ports.couchdb.http, "CouchDB"],
  [ports.peer.chaincode, "chaincode of the peer's own"],
]);

const innerPorts = [...inner.keys()].join(", ");

const numbersOf = (one: Manifest) =>
  items(at(one, "spec", "ports")).flatMap(({ port, targetPort }) => [port, targetPort]);
const isHeadless = (one: Manifest) => at(one, "spec", "clusterIP") === "None";
/** The one Service of a site that is there for the world: its gateway's, which reads names and opens nothing. */
const isGateway = (one: Manifest) =>
  at(one, "metadata", "labels", roleLabel) === "gateway" &&
  at(one, "metadata", "name") === "gateway" &&
  numbersOf(one).every((number) => !inner.has(Number(number)) && Number(number) !== ports.peer.grpc);
const isOutward = (one: Manifest) => ["LoadBalancer", "NodePort"].includes(String(at(one, "spec", "type")));

/** Who can reach what. */
export const exposureRules: readonly ObjectRule[] = [
  {
    ...common,
    id: "exposure-inside-only",
    title: "No Service but a gateway is open to the world",
    severity: "mandatory",
    why: "A load balancer or a node port is reached past the policies by namespace. Clients come from labelled namespaces, or through a gateway that passes TLS through and is asked for by name.",
    sources: [
      "R10",
      "Kubernetes documentation, Service: Publishing Services",
      "GB/T 22239-2019 (MLPS 2.0), secure area boundary: boundary protection",
    ],
    remedy:
      "Take type and externalIPs away; label the clients' namespace instead (docs/infrastructure-team.md, Rights).",
    check: (one): Fault[] => [
      ...(isOutward(one) && !isGateway(one) ? [{ found: `the type ${String(at(one, "spec", "type"))}` }] : []),
      ...(texts(at(one, "spec", "externalIPs")).length > 0 ? [{ found: "externalIPs" }] : []),
    ],
    examples: {
      bad: service("gateway-amber", { type: "LoadBalancer", ports: [grpc] }),
      good: service("gateway-amber", { ports: [grpc] }),
    },
    cel: {
      on: services,
      expression: `(!(object.spec.?type.orValue('ClusterIP') in ['LoadBalancer', 'NodePort']) || (object.metadata.name == 'gateway' && object.metadata.?labels['${roleLabel}'].orValue('') == 'gateway' && object.spec.?ports.orValue([]).all(p, !(p.port in [${innerPorts}, ${ports.peer.grpc}]) && !(p.?targetPort.orValue(0) in [${innerPorts}, ${ports.peer.grpc}])))) && object.spec.?externalIPs.orValue([]).size() == 0`,
      message: "no Service may be open to the world",
    },
  },
  {
    ...common,
    id: "exposure-admin-ports",
    title: "Ports for administration, metrics and databases have no address of their own",
    severity: "mandatory",
    why: "Whoever reaches an ordering node's admin port may take it off a channel; CouchDB knows every value on the ledger. Agents and monitoring find the pods by their names, which needs no such Service.",
    sources: [
      "Fabric documentation, The Operations Service",
      "Fabric documentation, Create a channel: channel participation API",
      "GB/T 22239-2019 (MLPS 2.0), secure computing environment: intrusion prevention",
    ],
    remedy: "Show these ports on the headless Service only, or not at all.",
    check: (one) => {
      if (isHeadless(one) && !isOutward(one)) return [];
      const shown = new Set(numbersOf(one).filter((port) => typeof port === "number"));
      return [...inner].flatMap(([port, what]): Fault[] =>
        shown.has(port) ? [{ found: `port ${port} (${what})` }] : [],
      );
    },
    examples: {
      bad: service("ordering-clearing", { ports: [{ name: "admin", port: ports.orderer.admin }] }),
      good: service("ordering-clearing", { ports: [{ name: "grpc", port: ports.orderer.grpc }] }),
    },
    cel: {
      on: services,
      expression: `(object.spec.?clusterIP.orValue('') == 'None' && !(object.spec.?type.orValue('ClusterIP') in ['LoadBalancer', 'NodePort'])) || object.spec.?ports.orValue([]).all(p, !(p.port in [${innerPorts}]) && !(p.?targetPort.orValue(0) in [${innerPorts}]))`,
      message: "ports for administration, metrics and databases may have no address of their own",
    },
  },
];
