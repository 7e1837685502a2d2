import fc from "fast-check";
import type { NetworkInput } from "../../lib/spec/network";
import type { SettingsInput } from "../../lib/spec/settings";

/**
 * Random networks and settings that are valid as people may write them: small, with short names, with and without
 * everything optional. Whatever comes after validation must cope with all of them.
 */
type OrganisationInput = NetworkInput["organisations"][number];
type ChannelInput = NonNullable<NetworkInput["channels"]>[number];
type ChaincodeInput = NonNullable<NetworkInput["chaincodes"]>[number];

const organisationNames = ["amber", "basalt", "cobalt", "d4", "e-east", "f"] as const;

/** Optional keys are left out rather than undefined, as in a file. */
const optional = { requiredKeys: [] as [] };

const resources = fc.record(
  {
    cpu: fc.constantFrom("100m", "500m", "1", "2"),
    memory: fc.constantFrom("256Mi", "1Gi", "1024Mi"),
    cpuLimit: fc.constantFrom("2", "4000m"),
  },
  optional,
);

const storage = fc.constantFrom("512Mi", "1Gi", "20Gi", "2048Gi");

const peerGroup = (name: string) =>
  fc.record(
    {
      name: fc.constant(name),
      // Two at least, so that policies and private data survive a zone.
      replicas: fc.integer({ min: 2, max: 4 }),
      stateDatabase: fc.constantFrom("leveldb" as const, "couchdb" as const),
      storage,
      couchdbStorage: storage,
      resources,
    },
    { requiredKeys: ["name"] },
  );

const memberOrganisation = (name: string): fc.Arbitrary<OrganisationInput> =>
  fc.record(
    {
      name: fc.constant(name),
      mspId: fc.constant(`${name.toUpperCase()}.MSP-1`),
      domain: fc.constant(`fabric.${name}.example`),
      ca: fc.record({ storage }, optional),
      peers: fc
        .uniqueArray(fc.constantFrom("peer0", "p", "query-peers"), { minLength: 1, maxLength: 2 })
        .chain((names) => fc.tuple(...names.map(peerGroup))),
    },
    { requiredKeys: ["name", "peers"] },
  );

/** One organisation that only orders, or every member its own ordering node: both are real. */
function withOrdering(members: readonly OrganisationInput[]): fc.Arbitrary<OrganisationInput[]> {
  const orderers = (nodes: number, name: fc.Arbitrary<string>) =>
    fc.record({ nodes: fc.constant(nodes), name, storage, resources }, { requiredKeys: ["nodes"] });
  const apart = fc
    .constantFrom(3, 5)
    .chain((nodes) => orderers(nodes, fc.constantFrom("orderer", "raft")))
    .map((group): OrganisationInput[] => [...members, { name: "ordering", orderers: group }]);
  if (members.length !== 3 && members.length !== 5) return apart;
  const each = fc
    .tuple(...members.map(() => orderers(1, fc.constant("orderer"))))
    .map((groups) => members.map((member, index): OrganisationInput => ({ ...member, orderers: groups[index] })));
  return fc.oneof(apart, each);
}

function mspIdOf({ name, mspId }: OrganisationInput): string {
  const words = name.split("-").map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return mspId ?? `${words.join("")}MSP`;
}

/** Policies that any subset of the members' peers of size one or more per member can satisfy. */
const endorsement = (members: readonly OrganisationInput[]) => {
  const principals = members.map((member) => `'${mspIdOf(member)}.peer'`).join(", ");
  return fc.constantFrom("MAJORITY Endorsement", `AND(${principals})`, `OR(${principals})`, `OutOf(1, ${principals})`);
};

const channel = (name: string, members: readonly OrganisationInput[], version: string): fc.Arbitrary<ChannelInput> =>
  fc.record(
    {
      name: fc.constant(name),
      members: fc.constant(members.map((member) => member.name)),
      // Chaincodes point to the channel's policies, so that one stays what it is by default.
      policies: fc.record(
        {
          readers: fc.constantFrom("ANY Readers", "MAJORITY Readers"),
          admins: fc.constantFrom("MAJORITY Admins", "ALL Admins"),
          lifecycleEndorsement: endorsement(members),
        },
        optional,
      ),
      batch: fc.record(
        {
          timeout: fc.constantFrom("200ms", "2s"),
          maxMessages: fc.integer({ min: 1, max: 1000 }),
          preferredMaxBytes: fc.constantFrom("512Ki", "2Mi"),
          absoluteMaxBytes: fc.constantFrom("2Mi", "49Mi"),
        },
        optional,
      ),
      capabilities: fc.record(
        {
          channel: fc.constantFrom(
            ...(version.startsWith("2.") ? ["V2_0" as const] : ["V2_0" as const, "V3_0" as const]),
          ),
          application: fc.constantFrom("V2_0" as const, "V2_5" as const),
        },
        optional,
      ),
    },
    { requiredKeys: ["name", "members"] },
  );

const chaincode = (
  name: string,
  on: ChannelInput,
  members: readonly OrganisationInput[],
): fc.Arbitrary<ChaincodeInput> =>
  fc.record(
    {
      name: fc.constant(name),
      channel: fc.constant(on.name),
      version: fc.constantFrom("1.0", "2.1-rc.1"),
      image: fc.constant(`registry.example.com/${name.toLowerCase()}:1.0`),
      sequence: fc.integer({ min: 1, max: 9 }),
      initRequired: fc.boolean(),
      endorsement: endorsement(members),
      collections: fc.subarray([...members], { minLength: 1 }).map((holders) => [
        {
          name: `${name}-prices`,
          members: holders.map((holder) => holder.name),
          // A zone's loss may leave an organisation one peer, and that one endorses.
          requiredPeers: holders.length > 1 ? 1 : 0,
        },
      ]),
    },
    { requiredKeys: ["name", "channel", "image"] },
  );

/** A valid network file as a value. */
export const arbitraryNetwork: fc.Arbitrary<NetworkInput> = fc
  .record({
    name: fc.constantFrom("n", "trade", "harbour-net"),
    version: fc.constantFrom("2.5.16", "3.0.0", "3.1.5"),
    names: fc.subarray([...organisationNames], { minLength: 1, maxLength: 5 }),
    channels: fc.uniqueArray(fc.constantFrom("records", "settlement", "a.b-c"), { maxLength: 2 }),
  })
  .chain(({ name, version, names, channels }) =>
    fc
      .tuple(...names.map(memberOrganisation))
      .chain((members) => fc.tuple(fc.constant(members), withOrdering(members)))
      .chain(([members, organisations]) =>
        fc
          .tuple(
            ...channels.map((channelName) =>
              fc
                .subarray([...members], { minLength: 1 })
                .chain((joined) => fc.tuple(channel(channelName, joined, version), fc.constant(joined))),
            ),
          )
          .chain((joined) =>
            fc
              .tuple(
                ...joined.map(([on, among], index) =>
                  fc.option(chaincode(`code${index}`, on, among), { nil: undefined }),
                ),
              )
              .map((chaincodes): NetworkInput => ({
                name,
                fabric: { version },
                organisations,
                channels: joined.map(([on]) => on),
                chaincodes: chaincodes.filter((one) => one !== undefined),
              })),
          ),
      ),
  );

const zonal = (name: string) =>
  fc.record({ name: fc.constant(name), storageClass: fc.constant(`zonal-${name}`) }, { requiredKeys: ["name"] });

/**
 * Valid stack settings for one city: two full zones and a third, which is a witness or full.
 * `network` names a file that nobody reads: the network comes from {@link arbitraryNetwork}.
 */
export const arbitrarySettings: fc.Arbitrary<SettingsInput> = fc
  .tuple(zonal("zone-a"), zonal("zone-b"), zonal("zone-c"), fc.boolean())
  .map(([a, b, c, witness]): SettingsInput => ({
    topology: "dual-active",
    network: "network.yaml",
    sites: [
      { name: "city", zones: [a, b, witness ? { ...c, witness } : c], storage: { provisioner: "example.com/disks" } },
    ],
  }));
