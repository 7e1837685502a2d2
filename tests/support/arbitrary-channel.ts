import fc from "fast-check";
import type { ConsortiumNode, ConsortiumOrganisation } from "../../lib/fabric/consortium";
import { sampleChannel, type ChannelInput } from "./channel-inputs";

/**
 * Random channels of random consortia over the same few names, so that two of them are two states of one channel: with
 * organisations that came, went, order or not, and certificates (words stand for them) of one generation or another.
 */
const names = ["amber", "basalt", "cobalt", "dolomite"] as const;

const generation = fc.constantFrom("first", "second", "third");

function nodes(role: string, organisation: string, count: number, port: number): ConsortiumNode[] {
  return Array.from({ length: count }, (_, index) => {
    const pod = `${role}-${organisation}-${index}`;
    return { pod, site: "city", zone: "zone-a", host: `${pod}.example.com`, port };
  });
}

const organisation = (name: string) =>
  fc.record({
    peers: fc.integer({ min: 0, max: 3 }),
    orderers: fc.integer({ min: 0, max: 3 }),
    ordererPort: fc.constantFrom(443, 7050),
    roots: fc.uniqueArray(generation, { minLength: 1 }),
    tlsRoots: fc.uniqueArray(generation, { minLength: 1 }),
    /** Of each ordering node's TLS certificate. */
    keys: fc.array(generation, { minLength: 3, maxLength: 3 }),
    name: fc.constant(name),
  });

type OrganisationDraw = ReturnType<typeof organisation> extends fc.Arbitrary<infer Draw> ? Draw : never;

const mspIdOf = (name: string) => `${name.charAt(0).toUpperCase()}${name.slice(1)}MSP`;

function described({ name, peers, orderers, ordererPort }: OrganisationDraw): ConsortiumOrganisation {
  const own = nodes("peer", name, peers, 7051);
  return {
    name,
    mspId: mspIdOf(name),
    namespace: `trade-${name}`,
    peers: own,
    orderers: nodes("orderer", name, orderers, ordererPort),
    anchorPeers: own.slice(0, 2),
  };
}

/** All that a channel config is made of. At least one organisation orders, and at least one is a member. */
export const arbitraryChannelInput: fc.Arbitrary<ChannelInput> = fc
  .record({
    organisations: fc.subarray([...names], { minLength: 1 }).chain((some) => fc.tuple(...some.map(organisation))),
    memberSeed: fc.integer({ min: 1, max: 15 }),
    capability: fc.constantFrom("V2_0", "V3_0"),
    timeout: fc.constantFrom("200ms", "2s"),
    tickInterval: fc.constantFrom("100ms", "500ms"),
    endorsement: fc.constantFrom("MAJORITY Endorsement", "ALL Endorsement", "OR('AmberMSP.peer', 'BasaltMSP.admin')"),
  })
  .filter(({ organisations }) => organisations.some(({ orderers }) => orderers > 0))
  .map(({ organisations, memberSeed, capability, timeout, tickInterval, endorsement }) => {
    const all = organisations.map(({ name }) => name);
    const chosen = all.filter((name) => (memberSeed >> names.findIndex((known) => known === name)) % 2 === 1);
    const sample = sampleChannel(capability);
    const channel = {
      ...sample,
      members: chosen.length > 0 ? chosen : all,
      batch: { ...sample.batch, timeout },
      raft: { ...sample.raft, tickInterval },
      policies: { ...sample.policies, endorsement },
    };
    return {
      channel,
      consortium: {
        network: "trade",
        fabricVersion: "3.1.5",
        clusterDomain: "cluster.local",
        organisations: organisations.map(described),
        channels: [channel],
        chaincodes: [],
      },
      materials: Object.fromEntries(
        organisations.map(({ name, roots, tlsRoots }) => [
          name,
          {
            mspId: mspIdOf(name),
            rootCertificates: roots.map((which) => `${which} root of ${name}`),
            intermediateCertificates: roots.map((which) => `${which} intermediate of ${name}`),
            tlsRootCertificates: tlsRoots.map((which) => `${which} TLS root of ${name}`),
            tlsIntermediateCertificates: [],
          },
        ]),
      ),
      consenters: organisations.flatMap((own) =>
        described(own).orderers.map(({ pod, host, port }, index) => ({
          host,
          port,
          tlsCertificate: `${own.keys[index] ?? "first"} key of ${pod}`,
        })),
      ),
    };
  });
