import { ports } from "../../lib/fabric/ports";
import { at, fields, items, shown, texts, type Fields } from "../manifest";
import type { Fault, ResourceRule } from "../rule";
import { resource, wholeWorld } from "./cloud-resources";

const common = { domain: "exposure", scope: "resource" } as const;
const boundary = "GB/T 22239-2019 (MLPS 2.0), secure area boundary: boundary protection";

/** What a firewall lets in: from where, to which ports. */
interface Opening {
  readonly from: readonly unknown[];
  /** `from` to `to`; all of them where a rule names none. */
  readonly ports: readonly (readonly [first: number, last: number])[];
}

const all = [0, 65535] as const;
const number = (value: unknown, absent: number) => (typeof value === "number" ? value : absent);

/** One rule of an AWS security group, in whichever of three resources it stands. */
function ofAws(rule: Fields): Opening {
  const cidrs = [rule["cidrBlocks"], rule["ipv6CidrBlocks"]].flatMap((list) => texts(list));
  const everything = [rule["protocol"], rule["ipProtocol"]].some((protocol) => protocol === "-1" || protocol === "all");
  return {
    from: [...cidrs, rule["cidrIpv4"], rule["cidrIpv6"]],
    ports: [everything ? all : [number(rule["fromPort"], all[0]), number(rule["toPort"], all[1])]],
  };
}

/** One `allow` of a firewall of Google Cloud; ports are texts, alone or as `from-to`. */
function ofGcp(sources: readonly string[], { protocol, ports: named }: Fields): Opening {
  const numbered = texts(named).map((text): readonly [number, number] => {
    const [first = "", last = first] = text.split("-");
    return [Number(first), Number(last)];
  });
  // What is no TCP or UDP has no ports.
  const others = protocol === "icmp" ? [] : [all];
  return { from: sources, ports: numbered.length === 0 ? others : numbered };
}

function openingsOf(type: string, inputs: Fields): readonly Opening[] {
  switch (type) {
    case "aws:ec2/securityGroup:SecurityGroup":
      return items(inputs["ingress"]).map(ofAws);
    case "aws:ec2/securityGroupRule:SecurityGroupRule":
      return inputs["type"] === "ingress" ? [ofAws(inputs)] : [];
    case "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":
      return [ofAws(inputs)];
    default: {
      if (inputs["direction"] === "EGRESS") return [];
      const sources = texts(inputs["sourceRanges"]);
      return items(inputs["allows"]).map((allow) => ofGcp(sources, allow));
    }
  }
}

/** Ports of the network that nobody outside has any business with; the peers' own gateway port is not among them. */
const inner: readonly number[] = [
  ports.orderer.admin,
  ports.orderer.grpc,
  ports.orderer.operations,
  ports.peer.operations,
  ports.certificateAuthority.https,
  ports.certificateAuthority.tls,
  ports.certificateAuthority.tlsOperations,
  ports.loopbackAuthority,
  ports.couchdb.http,
  ports.chaincode.grpc,
];

/** Who reaches a cloud's clusters and machines from outside. */
export const cloudExposureRules: readonly ResourceRule[] = [
  {
    ...common,
    types: [
      "aws:ec2/securityGroup:SecurityGroup",
      "aws:ec2/securityGroupRule:SecurityGroupRule",
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      "gcp:compute/firewall:Firewall",
    ],
    id: "exposure-firewall-closed",
    title: "No firewall lets the world in to a port of the network that is not its gateway",
    severity: "mandatory",
    why: "NetworkPolicies hold pods, not machines. A node port or a pod's own address behind an open security group is reached by everybody.",
    sources: [
      "R10",
      "AWS documentation, Security group rules",
      "Google Cloud documentation, VPC firewall rules",
      boundary,
    ],
    remedy: "Name the other sites' addresses in place of 0.0.0.0/0 and ::/0, or the ports that are meant.",
    check: ({ type, inputs }) =>
      openingsOf(type, inputs).flatMap(({ from, ports: ranges }): Fault[] => {
        const open = wholeWorld(from);
        const reached = inner.filter((port) => ranges.some(([first, last]) => first <= port && port <= last));
        if (open.length === 0 || reached.length === 0) return [];
        return [{ found: `${open.join(" and ")} let in to ${reached.join(", ")}` }];
      }),
    examples: {
      bad: resource("aws:ec2/securityGroup:SecurityGroup", "nodes", {
        ingress: [
          { protocol: "tcp", fromPort: ports.orderer.admin, toPort: ports.orderer.admin, cidrBlocks: ["0.0.0.0/0"] },
        ],
      }),
      good: resource("aws:ec2/securityGroup:SecurityGroup", "nodes", {
        ingress: [
          { protocol: "tcp", fromPort: ports.orderer.grpc, toPort: ports.orderer.grpc, cidrBlocks: ["10.2.0.0/16"] },
        ],
      }),
    },
  },
  {
    ...common,
    types: ["aws:eks/cluster:Cluster", "gcp:container/cluster:Cluster"],
    id: "exposure-api-server-narrow",
    title: "A cluster's API server answers its own networks only",
    severity: "mandatory",
    why: "Whoever holds a token that leaked once may use it from anywhere, and the next fault in the API server is everybody's.",
    sources: [
      "AWS documentation, Cluster API server endpoint",
      "GKE documentation, Customize your network isolation",
      boundary,
    ],
    remedy:
      "Set vpcConfig.endpointPublicAccess to false or publicAccessCidrs to your addresses (EKS); name masterAuthorizedNetworksConfig (GKE).",
    check: ({ type, inputs }) => {
      if (type.startsWith("gcp:")) {
        const privately = at(inputs["privateClusterConfig"], "enablePrivateEndpoint") === true;
        const named = inputs["masterAuthorizedNetworksConfig"];
        const blocks = items(at(named, "cidrBlocks")).map(({ cidrBlock }) => cidrBlock);
        if (privately || (named !== undefined && wholeWorld(blocks).length === 0)) return [];
        return [{ found: named === undefined ? "no masterAuthorizedNetworksConfig" : "an endpoint open to the world" }];
      }
      const { endpointPublicAccess, publicAccessCidrs } = fields(inputs["vpcConfig"]);
      if (endpointPublicAccess === false) return [];
      const cidrs = texts(publicAccessCidrs);
      return cidrs.length > 0 && wholeWorld(cidrs).length === 0
        ? []
        : [{ found: `publicAccessCidrs ${shown(publicAccessCidrs, "not set, which is 0.0.0.0/0")}` }];
    },
    examples: {
      bad: resource("aws:eks/cluster:Cluster", "prod", { vpcConfig: { publicAccessCidrs: ["0.0.0.0/0"] } }),
      good: resource("aws:eks/cluster:Cluster", "prod", { vpcConfig: { publicAccessCidrs: ["192.0.2.0/24"] } }),
    },
  },
  {
    ...common,
    types: [
      "aws:lb/loadBalancer:LoadBalancer",
      "aws:alb/loadBalancer:LoadBalancer",
      "gcp:compute/forwardingRule:ForwardingRule",
    ],
    id: "exposure-load-balancer-inside",
    title: "No load balancer is open to the world",
    severity: "mandatory",
    why: "What stands before the network is a gateway that asks who is there; a load balancer of a cloud's asks nobody.",
    sources: ["R10", "AWS documentation, How Elastic Load Balancing works: scheme", boundary],
    remedy: "Set internal to true (AWS), or loadBalancingScheme to INTERNAL or INTERNAL_MANAGED (Google Cloud).",
    check: ({ type, inputs }) => {
      if (type.startsWith("aws:"))
        return inputs["internal"] === true ? [] : [{ found: `internal ${shown(inputs["internal"])}` }];
      const scheme = inputs["loadBalancingScheme"];
      return typeof scheme === "string" && scheme.startsWith("INTERNAL")
        ? []
        : [{ found: `loadBalancingScheme ${shown(scheme, "not set, which is EXTERNAL")}` }];
    },
    examples: {
      bad: resource("aws:lb/loadBalancer:LoadBalancer", "gateway", { loadBalancerType: "network" }),
      good: resource("aws:lb/loadBalancer:LoadBalancer", "gateway", { loadBalancerType: "network", internal: true }),
    },
  },
  {
    ...common,
    types: [
      "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      "aws:s3/bucket:Bucket",
      "aws:s3/bucketV2:BucketV2",
      "gcp:storage/bucket:Bucket",
    ],
    id: "exposure-bucket-private",
    title: "No bucket can be read by the public",
    severity: "mandatory",
    why: "A snapshot of a ledger is the ledger.",
    sources: [
      "AWS documentation, Blocking public access to your Amazon S3 storage",
      "Google Cloud documentation, Public access prevention",
      boundary,
    ],
    remedy:
      "Set all four of a public access block, and no acl of a bucket (AWS); publicAccessPrevention to enforced (Google Cloud).",
    check: ({ type, inputs }) => {
      if (type.startsWith("gcp:")) {
        const prevention = inputs["publicAccessPrevention"];
        return prevention === "enforced" ? [] : [{ found: `publicAccessPrevention ${shown(prevention)}` }];
      }
      if (type.endsWith(":BucketPublicAccessBlock")) {
        return ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"]
          .filter((key) => inputs[key] !== true)
          .map((key) => ({ found: `${key} ${shown(inputs[key])}` }));
      }
      const acl = inputs["acl"];
      return typeof acl === "string" && acl.startsWith("public") ? [{ found: `the acl ${acl}` }] : [];
    },
    examples: {
      bad: resource("gcp:storage/bucket:Bucket", "snapshots", { location: "EU" }),
      good: resource("gcp:storage/bucket:Bucket", "snapshots", { location: "EU", publicAccessPrevention: "enforced" }),
    },
  },
  {
    ...common,
    types: ["aws:rds/instance:Instance"],
    id: "exposure-database-private",
    title: "A registry's database has no address outside of its network",
    severity: "mandatory",
    why: "The registry of a certificate authority says which identities there are and with which secrets they enrol.",
    sources: ["R4", "AWS documentation, Working with a DB instance in a VPC", boundary],
    remedy: "Set publiclyAccessible to false, or leave it out.",
    check: ({ inputs }) => (inputs["publiclyAccessible"] === true ? [{ found: "publiclyAccessible true" }] : []),
    examples: {
      bad: resource("aws:rds/instance:Instance", "registry", { engine: "postgres", publiclyAccessible: true }),
      good: resource("aws:rds/instance:Instance", "registry", { engine: "postgres" }),
    },
  },
];
