import { openAgreements } from "../../../agent/reconcile/admins";
import { channelConfig } from "../../../lib/fabric/channel/config";
import { nextConfigUpdate } from "../../../lib/fabric/channel/next-update";
import type { Consortium, ConsortiumChannel, OrganisationMaterial } from "../../../lib/fabric/consortium";
import { parseFabricVersion } from "../../../lib/fabric/version";
import { testChannel } from "../../fabric/support/network-definition";

const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
const node = { pod: "orderer0", site: "here", zone: "a", host: "orderer0.example", port: 7050 };
const organisation = (name: string, mspId: string, orders: boolean) => ({
  name,
  mspId,
  namespace: name,
  peers: [],
  orderers: orders ? [node] : [],
  anchorPeers: [],
});
const consortium: Consortium = {
  network: "unit",
  fabricVersion: "3.1.5",
  clusterDomain: "cluster.local",
  organisations: [
    organisation("order", "OrderMSP", true),
    organisation("amber", "AmberMSP", false),
    organisation("birch", "BirchMSP", false),
    organisation("cedar", "CedarMSP", false),
  ],
  channels: [],
  chaincodes: [],
};
const materials = new Map(
  consortium.organisations.map(({ name, mspId }): [string, OrganisationMaterial] => [
    name,
    {
      mspId,
      rootCertificates: [pem(name)],
      intermediateCertificates: [],
      tlsRootCertificates: [pem(`tls${name}`)],
      tlsIntermediateCertificates: [],
    },
  ]),
);
const channel = testChannel(parseFabricVersion("3.1.5"), { name: "trade", members: ["amber", "birch", "cedar"] });
const configOf = (of: ConsortiumChannel) =>
  channelConfig(of, consortium, materials, [{ host: node.host, port: node.port, tlsCertificate: pem("consenter") }]);

/** Which groups still disagree when these have signed the change from one channel to another. */
function open(before: ConsortiumChannel, after: ConsortiumChannel, signers: readonly string[]) {
  const current = configOf(before);
  const next = nextConfigUpdate("trade", current, configOf(after));
  if (next === undefined) throw new Error("the two channels are the same");
  return openAgreements(current, next.update, new Set(signers));
}

const otherBatch = { ...channel, batch: { ...channel.batch, maxMessages: 7 } };
const otherReaders = { ...channel, policies: { ...channel.policies, endorsement: "ANY Endorsement" } };
const fewerMembers = { ...channel, members: ["amber", "birch"] };

describe("who has to sign a config update", () => {
  test("the ordering organisations' admins, for how blocks are cut", () => {
    expect(open(channel, otherBatch, ["OrderMSP"])).toEqual([]);
    expect(open(channel, otherBatch, ["AmberMSP", "BirchMSP", "CedarMSP"])).toEqual([
      { group: "Channel/Orderer", missing: ["OrderMSP"] },
    ]);
  });

  test("more than half of the members' admins, for a policy of theirs or another member", () => {
    for (const [before, after] of [
      [channel, otherReaders],
      [channel, fewerMembers],
    ] as const) {
      expect(open(before, after, ["OrderMSP", "AmberMSP"])).toEqual([
        { group: "Channel/Application", missing: ["BirchMSP", "CedarMSP"] },
      ]);
      expect(open(before, after, ["AmberMSP", "CedarMSP"])).toEqual([]);
    }
  });

  test.each([
    ["ANY Admins", ["BirchMSP"], ["OrderMSP"]],
    ["ALL Admins", ["AmberMSP", "BirchMSP", "CedarMSP"], ["AmberMSP", "BirchMSP"]],
    ["AND('AmberMSP.admin', 'CedarMSP.member')", ["AmberMSP", "CedarMSP"], ["AmberMSP", "BirchMSP"]],
    ["OR('AmberMSP.admin', 'CedarMSP.peer')", ["AmberMSP"], ["BirchMSP", "CedarMSP"]],
  ])("whoever the channel's own policy %s names", (admins, enough, tooFew) => {
    const before = { ...channel, policies: { ...channel.policies, admins } };
    const after = { ...before, policies: { ...before.policies, endorsement: "ANY Endorsement" } };
    expect(open(before, after, enough)).toEqual([]);
    expect(open(before, after, tooFew).map(({ group }) => group)).toEqual(["Channel/Application"]);
  });
});
