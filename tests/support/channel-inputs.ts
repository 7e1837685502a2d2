import type {
  Consenter,
  Consortium,
  ConsortiumChannel,
  ConsortiumNode,
  ConsortiumOrganisation,
  OrganisationMaterial,
} from "../../lib/fabric/consortium";

/** All that a channel config is made of, as plain data that fits into a file. */
export interface ChannelInput {
  readonly channel: ConsortiumChannel;
  readonly consortium: Consortium;
  readonly materials: Readonly<Record<string, OrganisationMaterial>>;
  readonly consenters: readonly Consenter[];
}

/** Certificates that are spare: authorities and TLS certificates that a change brings in. */
export interface Spares {
  readonly root: string;
  readonly tlsRoot: string;
  readonly tlsCertificate: string;
}

const node = (pod: string, organisation: string, port: number): ConsortiumNode => ({
  pod,
  site: "city",
  zone: "zone-a",
  host: `${pod}.trade-${organisation}.svc.cluster.local`,
  port,
});

const nodes = (role: string, organisation: string, count: number, port: number): ConsortiumNode[] =>
  Array.from({ length: count }, (_, index) => node(`${role}-${organisation}-${index}`, organisation, port));

function organisation(name: string, mspId: string, peerCount: number, ordererCount: number): ConsortiumOrganisation {
  const peers = nodes("peer0", name, peerCount, 7051);
  return {
    name,
    mspId,
    namespace: `trade-${name}`,
    peers,
    orderers: nodes("orderer", name, ordererCount, 7050),
    anchorPeers: peers.slice(0, 2),
  };
}

/** An organisation that only orders, one that does both, one that only joins, and one that is no member at first. */
export const sampleOrganisations: readonly ConsortiumOrganisation[] = [
  organisation("ordering", "OrderingMSP", 0, 2),
  organisation("amber", "AmberMSP", 2, 0),
  organisation("basalt", "BasaltMSP", 3, 1),
  organisation("cobalt", "CobaltMSP", 1, 0),
];

/** A channel that uses every form of policy. */
export function sampleChannel(capability: string): ConsortiumChannel {
  return {
    name: "records",
    members: ["amber", "basalt"],
    policies: {
      readers: "ANY Readers",
      writers: "ANY Writers",
      admins: "MAJORITY Admins",
      endorsement:
        "OutOf(2, 'AmberMSP.peer', AND('BasaltMSP.peer', OR('AmberMSP.admin', 'BasaltMSP.client')), 'CobaltMSP.member')",
      lifecycleEndorsement: "ALL Endorsement",
    },
    batch: { timeout: "500ms", maxMessages: 100, absoluteMaxBytes: 10_485_760, preferredMaxBytes: 2_097_152 },
    capabilities: { channel: capability, orderer: "V2_0", application: "V2_5" },
    raft: {
      tickInterval: "100ms",
      electionTick: 10,
      heartbeatTick: 1,
      maxInflightBlocks: 5,
      snapshotIntervalSize: 16_777_216,
    },
  };
}

/** A changed input, in one step if `steps` is 1. */
export interface Change {
  readonly name: string;
  readonly apply: (input: ChannelInput, spares: Spares) => ChannelInput;
}

function withChannel(input: ChannelInput, change: Partial<ConsortiumChannel>): ChannelInput {
  return { ...input, channel: { ...input.channel, ...change } };
}

function withOrganisation(
  input: ChannelInput,
  name: string,
  change: (before: ConsortiumOrganisation) => Partial<ConsortiumOrganisation>,
): ChannelInput {
  const organisations = input.consortium.organisations.map((before) =>
    before.name === name ? { ...before, ...change(before) } : before,
  );
  return { ...input, consortium: { ...input.consortium, organisations } };
}

function withMaterial(
  input: ChannelInput,
  name: string,
  change: (before: OrganisationMaterial) => Partial<OrganisationMaterial>,
): ChannelInput {
  const before = input.materials[name];
  if (before === undefined) throw new Error(`no material of ${name}`);
  return { ...input, materials: { ...input.materials, [name]: { ...before, ...change(before) } } };
}

/** Every kind of change that a model may ask for; each is one config update. */
export const changes: readonly Change[] = [
  {
    name: "batch settings",
    apply: (input) => withChannel(input, { batch: { ...input.channel.batch, timeout: "200ms", maxMessages: 500 } }),
  },
  { name: "organisation added", apply: (input) => withChannel(input, { members: ["amber", "basalt", "cobalt"] }) },
  { name: "organisation removed", apply: (input) => withChannel(input, { members: ["basalt"] }) },
  {
    name: "anchor peers",
    apply: (input) => withOrganisation(input, "basalt", ({ peers }) => ({ anchorPeers: peers.slice(1) })),
  },
  { name: "last anchor peer", apply: (input) => withOrganisation(input, "amber", () => ({ anchorPeers: [] })) },
  {
    name: "endpoints",
    apply: (input) =>
      withOrganisation(input, "ordering", ({ orderers }) => ({
        orderers: orderers.map((orderer) => ({ ...orderer, host: `${orderer.pod}.fabric.example`, port: 443 })),
      })),
  },
  {
    name: "policies",
    apply: (input) =>
      withChannel(input, {
        policies: { ...input.channel.policies, admins: "ALL Admins", endorsement: "MAJORITY Endorsement" },
      }),
  },
  {
    name: "capabilities",
    apply: (input) => withChannel(input, { capabilities: { ...input.channel.capabilities, application: "V2_0" } }),
  },
  {
    name: "root certificate added",
    apply: (input, { root, tlsRoot }) =>
      withMaterial(input, "amber", (before) => ({
        rootCertificates: [...before.rootCertificates, root],
        tlsRootCertificates: [...before.tlsRootCertificates, tlsRoot],
      })),
  },
  {
    name: "intermediate certificate withdrawn",
    apply: (input) => withMaterial(input, "basalt", () => ({ intermediateCertificates: [] })),
  },
  {
    name: "consenter added",
    apply: (input, { tlsCertificate }) => ({
      ...input,
      consenters: [...input.consenters, { host: "orderer-new.example.com", port: 7050, tlsCertificate }],
    }),
  },
  { name: "consenter removed", apply: (input) => ({ ...input, consenters: input.consenters.slice(0, -1) }) },
  {
    name: "consenter with another key",
    apply: (input, { tlsCertificate }) => ({
      ...input,
      consenters: input.consenters.map((consenter, index) =>
        index === 1 ? { ...consenter, tlsCertificate } : consenter,
      ),
    }),
  },
  {
    name: "Raft options",
    apply: (input) => withChannel(input, { raft: { ...input.channel.raft, tickInterval: "500ms", electionTick: 12 } }),
  },
];
