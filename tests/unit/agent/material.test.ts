/** An organisation's authorities on several sites count together, in the same order wherever they are read. */
import type { Board, Notice } from "../../../agent/board";
import { readMaterial } from "../../../agent/material";
import type { ConsortiumOrganisation } from "../../../lib/fabric/consortium";
import { bundleOf, type MspFiles } from "../../../lib/fabric/msp-bundle";

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;
const filesOf = (site: string, mspId = "AmberMSP"): MspFiles => ({
  mspid: mspId,
  "cacert.pem": pem(`${site} root`),
  "tlscacert.pem": pem(`${site} tls`),
});
const amber: ConsortiumOrganisation = {
  ...{ name: "amber", mspId: "AmberMSP", namespace: "trade-amber", peers: [], orderers: [], anchorPeers: [] },
  sites: ["east", "west", "third"].map((name) => ({ name, board: { host: `agent.${name}.amber`, port: 443 } })),
};

/** What stands in one cluster. */
function cluster(notices: Readonly<Record<string, MspFiles | undefined>>): Board {
  const bytes = (files: MspFiles): Notice =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
  return {
    read: (_organisation, name) => Promise.resolve(notices[name] && bytes(notices[name])),
    publish: () => Promise.reject(new Error("nothing is published here")),
  };
}
const abroad = (...sites: readonly string[]) => bundleOf(new Map(sites.map((site) => [site, filesOf(site)])));
const seenOn = (site: string, others: readonly string[]) =>
  readMaterial(cluster({ msp: filesOf(site), "msp-abroad": abroad(...others) }), amber, site);

test("two sites come to the very same, so that their agents sign each other's updates", async () => {
  const east = await seenOn("east", ["west", "third"]);
  const third = await seenOn("third", ["east", "west"]);
  expect(east.missing).toEqual([]);
  expect(east).toEqual(third);
  expect(east.material?.rootCertificates).toHaveLength(3);
  expect(east.material?.tlsRootCertificates).toEqual([pem("east tls"), pem("third tls"), pem("west tls")]);
});

test("a cluster without nodes of the organisation knows it by what was brought there", async () => {
  const { material, missing } = await readMaterial(
    cluster({ "msp-abroad": abroad("east", "west", "third") }),
    amber,
    "elsewhere",
  );
  expect(missing).toEqual([]);
  expect(material?.rootCertificates).toHaveLength(3);
});

test("sites that are missing are named, and what is known already counts for connections", async () => {
  expect(await seenOn("east", ["west"])).toMatchObject({ missing: ["third"], material: { mspId: "AmberMSP" } });
  const empty = cluster({ msp: filesOf("east"), "msp-abroad": {} });
  expect((await readMaterial(empty, amber, "east")).missing).toEqual(["west", "third"]);
  expect(await readMaterial(cluster({}), amber, "east")).toEqual({ missing: ["east", "west", "third"] });
});

test("a bundle that holds somebody else's certificates is refused", async () => {
  const foreign = bundleOf(new Map([["west", filesOf("west", "BirchMSP")]]));
  await expect(readMaterial(cluster({ msp: filesOf("east"), "msp-abroad": foreign }), amber, "east")).rejects.toThrow(
    "they are of AmberMSP in part, and of BirchMSP",
  );
  expect(() =>
    bundleOf(
      new Map([
        ["east", filesOf("east")],
        ["west", filesOf("west", "BirchMSP")],
      ]),
    ),
  ).toThrow("east publishes certificates of AmberMSP, and west of BirchMSP");
});

test("a bundle says whose it holds, names nobody twice, and is none where nobody has published", () => {
  expect(bundleOf(new Map())).toBeUndefined();
  const shared = bundleOf(
    new Map([
      ["east", filesOf("one")],
      ["west", filesOf("one")],
    ]),
  );
  expect(shared).toEqual({ ...filesOf("one"), sites: "east\nwest\n" });
});
