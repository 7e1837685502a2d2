/**
 * The containers that Fabric's own projects publish images for, CouchDB beside a peer, this project's agent, and the programs
 * of which one is the gateway between sites.
 */
export type ImageRole = "peer" | "orderer" | "ca" | "couchdb" | "agent" | "envoy" | "haproxy";

/** What to run in place of the stock image; each part left out stays stock. */
export interface ImageOverride {
  /** Registry and repository, such as `registry.example.com/hyperledger/fabric-peer`. */
  readonly repository?: string | undefined;
  readonly tag?: string | undefined;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string | undefined;
}

/** Which images a network runs: the part of the network file that says so. */
export interface ImageChoice {
  /** Version of peer and orderer, such as 3.1.5. */
  readonly version: string;
  /** Version of fabric-ca, such as 1.5.21. */
  readonly caVersion: string;
  /** Registry and path of Fabric's images, such as `docker.io/hyperledger`. */
  readonly registry: string;
  readonly images: { readonly [role in ImageRole]?: ImageOverride | undefined };
}

/** The CouchDB that Fabric 2.5 and 3.x are tested with (`COUCHDB_VER` of their Makefiles). */
const couchdbVersion = "3.4.2";

/** The gateways' programs as they are tested here (`tests/gateway`). */
export const gatewayVersions = { envoy: "1.40.0", haproxy: "2.6.12" } as const;

/** The agent that belongs to these files: the version of package.json (a test compares them). */
export const agentVersion = "0.1.0";

/**
 * The image of a role: `repository:tag`, with `@digest` where one is given. The tag is kept beside a digest, because the
 * container runtime goes by the digest and people read the tag.
 */
export function imageReference(role: ImageRole, choice: ImageChoice): string {
  const { repository, tag, digest } = choice.images[role] ?? {};
  const stock = stockImage(role, choice);
  return `${repository ?? stock.repository}:${tag ?? stock.tag}${digest === undefined ? "" : `@${digest}`}`;
}

function stockImage(role: ImageRole, choice: ImageChoice): { repository: string; tag: string } {
  switch (role) {
    case "peer":
    case "orderer":
      return { repository: `${choice.registry}/fabric-${role}`, tag: choice.version };
    case "ca":
      return { repository: `${choice.registry}/fabric-ca`, tag: choice.caVersion };
    case "couchdb":
      // Not published under hyperledger/: the registry of Fabric's images says nothing about it.
      return { repository: "docker.io/library/couchdb", tag: couchdbVersion };
    case "envoy":
      return { repository: "docker.io/envoyproxy/envoy", tag: `v${gatewayVersions.envoy}` };
    case "haproxy":
      return { repository: "docker.io/library/haproxy", tag: gatewayVersions.haproxy };
    case "agent":
      // Built by whoever runs the network (agent/Dockerfile), and pushed to a registry of theirs.
      return { repository: "docker.io/fabric-topologies/agent", tag: agentVersion };
  }
}
