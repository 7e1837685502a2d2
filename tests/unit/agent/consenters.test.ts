/** What is said of an ordering node's certificate, and that no advice costs the node the key by which Raft knows it. */
import { createServer, type Server } from "node:tls";
import type { Board } from "../../../agent/board";
import { consentersOf } from "../../../agent/reconcile/consenters";
import { createChannel } from "../../../agent/reconcile/create-channel";
import { Pass } from "../../../agent/reconcile/pass";
import type { Consortium } from "../../../lib/fabric/consortium";
import { parseFabricVersion } from "../../../lib/fabric/version";
import { type Pair, testOrganisation, type TestOrganisation } from "../../fabric/identities";
import { testChannel } from "../../fabric/support/network-definition";

const host = "orderer-0.example";
const board: Board = { read: () => Promise.resolve(undefined), publish: () => Promise.resolve() };

let organisation: TestOrganisation;
let server: Server | undefined;
beforeAll(async () => {
  organisation = await testOrganisation();
});
afterEach(() => void server?.close());

/** What the founder says of the one orderer, which shows this certificate. */
async function told(pair: Pair) {
  const { consenters, conditions } = await consentersOf(await passWith(pair), "trade");
  return { named: consenters.map((one) => one.host), ...conditions[0] };
}

/** The founder's pass; its orderer hangs up as soon as it is asked anything. */
async function passWith({ certificate, privateKey }: Pair): Promise<Pass> {
  server = createServer({ cert: certificate, key: privateKey, ALPNProtocols: ["h2"] }, (socket) => {
    socket.once("data", () => socket.destroy());
  });
  const port = await listening(server);
  const orderers = [{ pod: "orderer-0", site: "here", zone: "a", host, port }];
  const order = { name: "order", mspId: "Org1MSP", namespace: "order", peers: [], orderers, anchorPeers: [] };
  const consortium: Consortium = {
    network: "unit",
    fabricVersion: "3.1.5",
    clusterDomain: "cluster.local",
    organisations: [order],
    channels: [],
    chaincodes: [],
  };
  const { client, tlsAuthority } = organisation;
  return new Pass(
    {
      consortium,
      organisation: "order",
      identity: {
        mspId: "Org1MSP",
        certificate: client.certificate,
        sign: (digest) => Promise.resolve(digest),
        tls: { certificate: client.certificate, key: client.privateKey, authorities: tlsAuthority },
      },
      board,
      reach: () => Promise.resolve("127.0.0.1"),
      log: () => undefined,
    },
    { known: new Map([["order", organisation.material]]), complete: new Map() },
  );
}

function listening(one: Server): Promise<number> {
  return new Promise((resolve) =>
    one.listen(0, "127.0.0.1", () => {
      const address = one.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    }),
  );
}

test("a good certificate is taken", async () => {
  expect(await told(await organisation.tlsPair("orderer-0", [host]))).toMatchObject({
    named: [host],
    reason: "Verified",
  });
});

test("one that has ended is renewed by deleting the pod, one at a time", async () => {
  const said = await told(await organisation.tlsPair("orderer-0", [host], new Date(Date.now() - 60_000)));
  expect(said).toMatchObject({ named: [], status: "False", reason: "CertificateExpired" });
  expect(said.remedy).toMatch(/^Delete the pod orderer-0, .*one at a time: it keeps its key/);
});

test.each([
  ["of another organisation", async () => (await testOrganisation()).tlsPair("orderer-0", [host])],
  ["for another name", async () => organisation.tlsPair("orderer-0", ["elsewhere.example"])],
])("one %s is not trusted, and the pod keeps its key", async (_case, pair) => {
  const said = await told(await pair());
  expect(said).toMatchObject({ named: [], status: "False", reason: "WrongCertificate" });
  expect(said.remedy).toMatch(/delete the pod.*keeps its key/);
  expect(said.remedy).not.toMatch(/volume|folder/);
});

test("no chain is founded while an own orderer has not said that it has none of that name", async () => {
  const pass = await passWith(await organisation.tlsPair("orderer-0", [host]));
  try {
    const channel = testChannel(parseFabricVersion("3.1.5"), { name: "trade", members: ["order"] });
    const { genesis, conditions } = await createChannel(pass, channel);
    expect(genesis).toBeUndefined();
    expect(conditions.at(-1)).toMatchObject({ type: "ChannelCreated", status: "False", reason: "Unsure" });
  } finally {
    pass.close();
  }
}, 20_000);
