import { z } from "zod";
import { fabricVersionForm, parseFabricVersion, traitsOf } from "../fabric/version";
import {
  addresses,
  cpu,
  dnsLabel,
  duration,
  imagePath,
  imageReference,
  memory,
  pattern,
  storage,
  text,
} from "./scalars";

/**
 * The network file: what a consortium is, and nothing about where it runs. Zones, clusters and clouds are the
 * stack settings' business (`settings.ts`), so that one network can be put on any topology.
 */

const defaultFabricVersion = "3.1.5";

const image = z
  .strictObject({
    repository: imagePath("an image without its tag, such as registry.example.com/hyperledger/fabric-peer")
      .optional()
      .describe("Image without tag. Default: the stock one of fabric.registry."),
    tag: pattern(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'an image tag such as "3.1.5"')
      .optional()
      .describe("Default: the version that fabric names."),
    digest: z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/, "a digest: sha256: and 64 hexadecimal digits")
      .optional()
      .describe("Pins the bytes of the image. Without it a tag can be moved under you."),
  })
  .describe("Which image to run in place of the stock one.");

const resources = (defaults: { cpu: string; memory: string }) =>
  z
    .strictObject({
      cpu: cpu.default(defaults.cpu).describe("CPU request, such as 500m or 2."),
      memory: memory.default(defaults.memory).describe("Memory request and limit, such as 1Gi."),
      cpuLimit: cpu.optional().describe("CPU limit. Default: none, since throttled Raft members miss heartbeats."),
    })
    .prefault({})
    .describe("What the scheduler sets aside for one container.");

const peerGroup = z.strictObject({
  name: dnsLabel.describe("Name of the group; its pods are <group>-<organisation>-0, -1, …"),
  replicas: z.int().min(1).max(100).default(2).describe("Peers in the group, spread over the full zones in order."),
  stateDatabase: z
    .enum(["leveldb", "couchdb"])
    .default("leveldb")
    .describe("CouchDB runs beside its peer, in its pod."),
  storage: storage.default("20Gi").describe("Ledger volume of each peer. It can grow later, never shrink."),
  couchdbStorage: storage.default("20Gi").describe("Volume of each CouchDB, where stateDatabase is couchdb."),
  resources: resources({ cpu: "500m", memory: "1Gi" }),
});

const orderers = z
  .strictObject({
    nodes: z.int().min(1).max(25).describe("Ordering nodes that this organisation runs; each is a consenter."),
    name: dnsLabel.default("orderer").describe("Name of the group; its pods are <name>-0, -1, …"),
    storage: storage.default("20Gi").describe("Volume for ledger, write-ahead log and Raft snapshots together."),
    resources: resources({ cpu: "500m", memory: "1Gi" }),
  })
  .describe("Ordering nodes of this organisation.");

const secretName = pattern(
  /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/,
  "the name of a Secret: lower-case letters, digits, - and .",
);

const certificateAuthority = z
  .strictObject({
    replicas: z.int().min(1).max(5).default(1).describe("More than one needs PostgreSQL and certificates of your own."),
    storage: storage.default("1Gi").describe("Volume of each: its keys, certificates and registry."),
    certificates: z
      .strictObject({
        secretName: secretName.describe("Secret with ca.crt, ca.key, ca-chain.crt, tls-ca.crt and tls-ca.key."),
      })
      .optional()
      .describe("Authorities of your own, in a Secret of the organisation's namespace. Default: they are made there."),
    registry: z
      .strictObject({
        postgresql: z
          .strictObject({
            secretName: secretName.describe("Secret with the data sources ca and tls-ca, and ca.crt of the database."),
            cidr: addresses
              .default("0.0.0.0/0")
              .describe("Where the database is, for the NetworkPolicy; narrow it where its addresses are known."),
            port: z.int().min(1).max(65535).default(5432).describe("Its port."),
          })
          .optional()
          .describe("Keep identities in PostgreSQL, two databases of it."),
      })
      .prefault({})
      .describe("Where identities are kept. Default: SQLite on the authority's own volume."),
  })
  .prefault({})
  .describe("The organisation's certificate authority.");

const organisation = z.strictObject({
  name: dnsLabel.describe("Short name; part of every resource name of the organisation."),
  mspId: pattern(
    /^[A-Za-z0-9][A-Za-z0-9.-]{0,248}$/,
    "an MSP id: at most 249 letters, digits, . and - (no _), such as Org1MSP",
  )
    .optional()
    .describe("Default: the name in Pascal case followed by MSP (trade-bank becomes TradeBankMSP)."),
  domain: z
    .string()
    .regex(
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/,
      "a domain name such as org1.example.com",
    )
    .optional()
    .describe("Domain of the organisation's public host names. Default: <name>.<network name>.example."),
  ca: certificateAuthority,
  peers: z.array(peerGroup).default([]).describe("Peer groups. An organisation without peers only orders."),
  orderers: orderers.optional(),
  gatewayMayStopBecause: text("the reason in a sentence")
    .optional()
    .describe("With all its peers in one zone, the organisation is cut off when that is lost. Say here why it may be."),
});

/** `MAJORITY Admins`, `ANY Readers`, or a signature policy such as `AND('Org1MSP.peer','Org2MSP.peer')`. */
const policy = text("MAJORITY Admins, ANY Readers, or a signature policy such as AND('Org1MSP.peer','Org2MSP.peer')");

const channel = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9.-]{0,248}$/, "a channel name: a lower-case letter, then at most 248 of a-z 0-9 . -")
    .describe("Channel id, at most 249 characters."),
  members: z.array(dnsLabel).min(1).describe("Names of the organisations whose peers join."),
  policies: z
    .strictObject({
      readers: policy.default("ANY Readers").describe("Who may receive blocks."),
      writers: policy.default("ANY Writers").describe("Who may submit transactions."),
      admins: policy.default("MAJORITY Admins").describe("Who must agree to a change of the channel."),
      endorsement: policy.default("MAJORITY Endorsement").describe("For chaincodes that name no policy of their own."),
      lifecycleEndorsement: policy.default("MAJORITY Endorsement").describe("Who must agree to a new chaincode."),
    })
    .prefault({})
    .describe(
      "Whose signatures are needed for what: ANY, ALL or MAJORITY of the organisations, or a signature policy.",
    ),
  batch: z
    .strictObject({
      timeout: duration.default("500ms").describe("How long an orderer waits before it cuts a block."),
      maxMessages: z.int().min(1).max(4294967295).default(500).describe("Transactions after which a block is cut."),
      absoluteMaxBytes: memory.default("10Mi").describe("No block is larger."),
      preferredMaxBytes: memory.default("2Mi").describe("Size after which a block is cut."),
    })
    .prefault({})
    .describe("When an ordering node cuts a block."),
  capabilities: z
    .strictObject({
      channel: z.enum(["V2_0", "V3_0"]).optional().describe("Default: V3_0 on Fabric 3.x, V2_0 on 2.5."),
      orderer: z.enum(["V2_0"]).default("V2_0").describe("The only one that Fabric 2.5 and 3.x share."),
      application: z.enum(["V2_0", "V2_5"]).default("V2_5").describe("V2_5 lets private data be purged."),
    })
    .prefault({})
    .describe("Capabilities of the channel's configuration. Never raise one before all nodes run its version."),
});

const collection = z.strictObject({
  name: pattern(/^[A-Za-z0-9-][A-Za-z0-9_-]*$/, "a name of letters, digits, - and _, not beginning with _").describe(
    "Name by which the chaincode reads and writes the collection.",
  ),
  members: z.array(dnsLabel).min(1).describe("Names of the organisations that hold the private data."),
  requiredPeers: z.int().min(0).default(1).describe("Peers that must hold the data before an endorsement is given."),
  maxPeers: z.int().min(0).default(3).describe("Peers that the endorser sends the data to."),
  blocksToLive: z.int().min(0).default(0).describe("Blocks after which the data is purged. 0 keeps it for ever."),
  memberOnlyRead: z.boolean().default(true).describe("Only clients of members may read through chaincode."),
  memberOnlyWrite: z.boolean().default(true).describe("Only clients of members may write through chaincode."),
  endorsement: policy.optional().describe("Default: the chaincode's policy."),
});

const chaincode = z.strictObject({
  name: pattern(
    /^[A-Za-z0-9]+([-_][A-Za-z0-9]+)*$/,
    "a name of letters and digits, with single _ or - between them",
  ).describe("Name by which clients call it."),
  channel: text("the name of a channel of this file").describe("Name of the channel that it is committed on."),
  version: pattern(/^[A-Za-z0-9_.+-]+$/, 'a version of letters, digits and _ . + -, such as "1.0"')
    .default("1.0")
    .describe("Version in the definition, for people."),
  image: imageReference.describe("The image of the chaincode server."),
  resources: resources({ cpu: "50m", memory: "256Mi" }),
  sequence: z.int().min(1).default(1).describe("Counts up with every change of the definition."),
  initRequired: z.boolean().default(false).describe("Its Init must be called before anything else."),
  endorsement: policy.optional().describe("Default: the channel's endorsement policy."),
  collections: z.array(collection).default([]).describe("Private data collections."),
});

const waiver = z.strictObject({
  policy: text("the id of a policy, such as images-tagged").describe(
    "Id of the policy that need not be kept: `fabric-topologies policies list`.",
  ),
  object: text("an object as <kind>/<namespace>/<name>, such as Service/trade-amber/gateway-amber")
    .optional()
    .describe("The object that may break it, as `policies check` names it. Default: every object."),
  owner: text("who answers for it").describe("Who has decided it and answers for it."),
  reason: text("the reason in a sentence").describe("Why it may be broken, in a sentence."),
  expires: pattern(/^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/, "a date such as 2027-06-30").describe(
    "Last day on which it holds. After that the network is refused until somebody has decided anew.",
  ),
});

export const networkSchema = z.strictObject({
  name: dnsLabel.describe("Name of the network; the first part of every namespace."),
  fabric: z
    .strictObject({
      version: z
        .string()
        .regex(fabricVersionForm, "a version: 2.5.x or 3.x.y")
        .default(defaultFabricVersion)
        .describe("Version of peer and orderer: 2.5.x or 3.x.y."),
      caVersion: z
        .string()
        .regex(/^1\.5\.\d+$/, "a version: 1.5.x")
        .default("1.5.21")
        .describe("Version of the certificate authority: 1.5.x."),
      registry: imagePath("a registry and path such as docker.io/hyperledger, without https:// and final /")
        .default("docker.io/hyperledger")
        .describe("Where the stock images are pulled from."),
      endorsementTimeout: duration
        .default("3s")
        .describe(
          "A gateway waits so long for one peer's endorsement, then asks another. More than your slowest chaincode takes.",
        ),
      images: z
        .strictObject({
          peer: image.optional(),
          orderer: image.optional(),
          ca: image.optional(),
          couchdb: image.optional(),
          agent: image.optional(),
          envoy: image.optional(),
          haproxy: image.optional(),
        })
        .prefault({})
        .describe("Images in place of the stock ones, and their digests."),
    })
    .prefault({})
    .describe("Which Fabric the nodes run."),
  tls: z
    .strictObject({
      clientAuthentication: z.boolean().default(true).describe("Mutual TLS: clients need a certificate too."),
    })
    .prefault({})
    .describe("TLS is always on; this is how strict it is."),
  identities: z
    .strictObject({
      validity: duration.default("8760h").describe("How long certificates of nodes, agents and clients hold."),
      renewBefore: duration
        .default("720h")
        .describe("They are renewed, and alerts begin, when less than this is left."),
    })
    .prefault({})
    .describe("Life of certificates."),
  organisations: z.array(organisation).min(1).describe("Everybody who runs peers or ordering nodes."),
  ordering: z
    .strictObject({
      consensus: z.enum(["etcdraft"]).default("etcdraft").describe("Raft: goes on while a majority is there."),
      evenConsentersBecause: text("the reason in a sentence")
        .optional()
        .describe("An even number of consenters survives no more than one fewer would. Say here why you want it."),
    })
    .prefault({})
    .describe("The ordering service, which all ordering nodes of all organisations form together."),
  channels: z.array(channel).default([]).describe("Channels: each a ledger of its own among its members."),
  chaincodes: z.array(chaincode).default([]).describe("Chaincodes, run as services beside the peers."),
  waivers: z.array(waiver).default([]).describe("Policies that need not be kept, for a time, and who says so."),
});

/** A network as people write it: nearly everything has a default. */
export type NetworkInput = z.input<typeof networkSchema>;

type Parsed = z.output<typeof networkSchema>;
type ParsedOrganisation = Parsed["organisations"][number];
type ParsedChannel = Parsed["channels"][number];

/** An organisation with its derived names filled in. */
export type Organisation = ParsedOrganisation & { readonly mspId: string; readonly domain: string };
export type PeerGroup = Organisation["peers"][number];
export type OrdererGroup = NonNullable<Organisation["orderers"]>;
export type ContainerResources = PeerGroup["resources"];
/** Leave to break a policy for a time. */
export type Waiver = Parsed["waivers"][number];
export type Channel = ParsedChannel & {
  readonly capabilities: ParsedChannel["capabilities"] & { readonly channel: "V2_0" | "V3_0" };
};

/** A checked network: every default and every derived name is filled in. Made by `loadNetwork`, never by hand. */
export type Network = Omit<Parsed, "organisations" | "channels"> & {
  readonly organisations: readonly Organisation[];
  readonly channels: readonly Channel[];
};

/** Fills what depends on other fields: MSP ids, domains, channel capabilities. */
export function deriveNetwork(parsed: Parsed): Network {
  // Drafts are completed too, and a version that cannot be read is reported as such: the default stands in for it.
  const version = fabricVersionForm.test(parsed.fabric.version) ? parsed.fabric.version : defaultFabricVersion;
  const { channelCapability } = traitsOf(parseFabricVersion(version));
  return {
    ...parsed,
    organisations: parsed.organisations.map((organisation) => ({
      ...organisation,
      mspId: organisation.mspId ?? `${pascalCase(organisation.name)}MSP`,
      domain: organisation.domain ?? `${organisation.name}.${parsed.name}.example`,
    })),
    channels: parsed.channels.map((channel) => ({
      ...channel,
      capabilities: {
        ...channel.capabilities,
        channel: channel.capabilities.channel ?? channelCapability,
      },
    })),
  };
}

function pascalCase(name: string): string {
  return name
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}
