/** Boards over the border: who may read what, and how the lock of restarts is had from another cluster. */
import { connect } from "node:tls";
import { request } from "node:https";
import { pathOf } from "../../../agent/kubernetes/objects";
import { LockUnreachable } from "../../../agent/renewal/lock";
import type { Consortium, ConsortiumOrganisation } from "../../../lib/fabric/consortium";
import type { Identity } from "../../../lib/fabric/identity";
import { parseFabricVersion } from "../../../lib/fabric/version";
import { type Pair, type TestOrganisation, testOrganisation } from "../../fabric/identities";
import { testChannel } from "../../fabric/support/network-definition";
import { mspFilesOf, Sites } from "../../support/sites";

const organisation = (name: string, sites: readonly string[], ordering: boolean): ConsortiumOrganisation => ({
  name,
  mspId: `${name}MSP`,
  namespace: `trade-${name}`,
  peers: [],
  orderers: ordering
    ? sites.map((site) => ({ pod: `orderer-${site}-0`, site, zone: "a", host: `orderer-${site}`, port: 443 }))
    : [],
  anchorPeers: [],
  sites: sites.map((site) => ({ name: site, board: { host: `agent.${site}.${name}.example`, port: 443 } })),
});

const consortium: Consortium = {
  network: "trade",
  fabricVersion: "3.1.5",
  clusterDomain: "cluster.local",
  organisations: [organisation("order", ["east", "west"], true), organisation("amber", ["west"], false)],
  channels: [testChannel(parseFabricVersion("3.1.5"), { name: "trade", members: ["amber"] })],
  chaincodes: [],
};

const sites = new Sites(() => consortium);
const authorities = new Map<string, TestOrganisation>();
const authority = (name: string, site: string) => authorities.get(`${name}@${site}`)!;

async function identityOf(name: string, site: string, commonName = "agent"): Promise<Identity> {
  const own = authority(name, site);
  const pair = await own.tlsPair(commonName, ["agent", `agent.${site}.${name}.example`]);
  return {
    mspId: `${name}MSP`,
    certificate: pair.certificate,
    sign: (digest) => Promise.resolve(digest),
    tls: { certificate: pair.certificate, key: pair.privateKey, authorities: own.tlsAuthority },
  };
}

beforeAll(async () => {
  for (const site of ["east", "west", "third"]) sites.api(site);
  for (const { name, mspId, sites: own = [] } of consortium.organisations) {
    const published = new Map<string, ReturnType<typeof mspFilesOf>>();
    for (const { name: site } of own) {
      const made = await testOrganisation({ mspId, domain: `${site}.${name}.example` });
      authorities.set(`${name}@${site}`, made);
      published.set(site, mspFilesOf(made.material));
    }
    sites.bring(name, published);
  }
  for (const { name, sites: own = [] } of consortium.organisations)
    for (const { name: site } of own) await sites.open(name, site, await identityOf(name, site));
  const api = sites.api("east");
  api.put(pathOf("configmaps", "trade-order", "channel-trade"), {
    binaryData: { "genesis.block": Buffer.from([1, 2]).toString("base64") },
  });
  api.put(pathOf("configmaps", "trade-order", "agent-model"), { data: { "model.json": "{}" } });
  api.put(pathOf("secrets", "trade-order", "enrolment"), { data: { agent: "c2VjcmV0" } });
  api.put(pathOf("secrets", "trade-order", "channel-trade"), { data: { agent: "c2VjcmV0" } });
});
afterAll(() => sites.closeAll());

const eastDoor = () => sites.portOf(consortium.organisations[0]!.sites![0]!.board);
const boardOf = (name: string, site: string) => sites.post(name, site).board(sites.api(site));

/** What the board of the founder on the founding site answers to a request with this certificate. */
function asked(
  { certificate, privateKey }: Pair,
  path: string,
  method = "GET",
  body?: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        ...{ host: "127.0.0.1", port: eastDoor(), servername: "agent.east.order.example", path, method },
        ...{ cert: certificate, key: privateKey, ca: [authority("order", "east").tlsAuthority], agent: false },
      },
      (response) => {
        let text = "";
        response.on("data", (part: Buffer) => (text += part.toString()));
        response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}
const agentOf = async (name: string, site: string): Promise<Pair> => authority(name, site).tlsPair("agent", ["agent"]);

test("what an organisation publishes on one site is read on all others, byte for byte", async () => {
  const notice = await boardOf("amber", "west").read("order", "channel-trade", "east");
  expect(notice).toEqual({ "genesis.block": Buffer.from([1, 2]) });
  await expect(boardOf("amber", "west").read("order", "channel-trade", "west")).resolves.toBeUndefined();
  await expect(boardOf("order", "west").read("order", "signature-trade", "east")).resolves.toBeUndefined();
});

test.each([
  ["a Secret", "/notices/enrolment"],
  ["a ConfigMap that is no notice", "/notices/agent-model"],
  ["a path that leads elsewhere", "/notices/..%2F..%2Fsecrets%2Fenrolment"],
  ["a notice of a channel that the network does not have", "/notices/channel-other"],
  ["the API server's own paths", "/api/v1/namespaces/trade-order/secrets/enrolment"],
])("%s is not served, nor asked for", async (_, path) => {
  const before = sites.api("east").calls.length;
  const { status, text } = await asked(await agentOf("amber", "west"), path);
  expect(status).toBe(404);
  expect(text).not.toMatch(/c2VjcmV0|secret"/);
  expect(sites.api("east").calls.slice(before)).toEqual([]);
});

test("no secret is ever read for a board, whatever its name", async () => {
  await asked(await agentOf("amber", "west"), "/notices/channel-trade");
  expect(sites.api("east").calls.filter((call) => call.includes("/secrets/"))).toEqual([]);
});

test("nobody writes on somebody else's board", async () => {
  const { status } = await asked(await agentOf("order", "west"), "/notices/channel-trade", "PUT", "{}");
  expect(status).toBe(405);
});

test("whoever has no certificate of the network is not let in", async () => {
  const stranger = await testOrganisation({ domain: "stranger.example" });
  await expect(asked(await stranger.tlsPair("agent", ["agent"]), "/notices/msp")).rejects.toThrow();
  const refused = new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port: eastDoor(), rejectUnauthorized: false });
    socket.on("error", resolve);
    socket.on("secureConnect", () => socket.write("GET /notices/msp HTTP/1.1\r\nHost: x\r\n\r\n"));
    socket.on("data", () => resolve("answered"));
    socket.on("close", () => resolve("closed"));
  });
  expect(await refused).not.toBe("answered");
});

test("a board that shows a certificate of another organisation is not read, and the site is named", async () => {
  const board = consortium.organisations[0]!.sites![0]!.board;
  const impostor = await authority("amber", "west").tlsPair("agent", [board.host]);
  sites.close("order", "east");
  await sites.open("order", "east", {
    ...(await identityOf("order", "east")),
    tls: { certificate: impostor.certificate, key: impostor.privateKey, authorities: "" },
  });
  try {
    await expect(boardOf("amber", "west").read("order", "channel-trade", "east")).rejects.toThrow(
      /the board of order on east \(agent\.east\.order\.example:443\) is not to be had/,
    );
    expect(sites.post("amber", "west").conditions()).toContainEqual(
      expect.objectContaining({ type: "BoardReachable", status: "False", object: "board/order/east" }),
    );
  } finally {
    sites.close("order", "east");
    await sites.open("order", "east", await identityOf("order", "east"));
  }
});

describe("the lock of restarts, kept on the founding site", () => {
  const lock = (site: string) => sites.post("order", site).lock({ api: sites.api(site) })!;

  test("is had by one agent at a time, on whatever sites they are", async () => {
    const [east, west] = [lock("east"), lock("west")];
    expect(await west.take("trade-order/agent-west", 0)).toBe("trade-order/agent-west");
    expect(await east.take("trade-order/agent-east", 0)).toBe("trade-order/agent-west");
    await west.release("trade-order/agent-west");
    expect(await east.take("trade-order/agent-east", 0)).toBe("trade-order/agent-east");
    expect(await west.take("trade-order/agent-west", 0)).toBe("trade-order/agent-east");
    // Nobody gives back what another holds.
    await west.release("trade-order/agent-west");
    expect(await west.take("trade-order/agent-west", 0)).toBe("trade-order/agent-east");
    await east.release("trade-order/agent-east");
  });

  test.each([
    ["an organisation that does not order", "amber", "west", "agent", "trade-amber/agent-x", 403],
    ["a node, which is no agent", "order", "west", "orderer-west-0", "trade-order/orderer-west-0", 403],
    ["an agent that names another organisation as the holder", "order", "west", "agent", "trade-amber/agent-x", 400],
  ] as const)("is not for %s", async (_, name, site, commonName, holder, expected) => {
    const pair = await authority(name, site).tlsPair(commonName, ["agent"]);
    const { status } = await asked(pair, "/consenter-restart", "PUT", JSON.stringify({ holder }));
    expect(status).toBe(expected);
  });

  test("cannot be had while that site does not answer, and that is told as what it is", async () => {
    sites.close("order", "east");
    await expect(lock("west").take("trade-order/agent-west", 0)).rejects.toThrow(LockUnreachable);
    // It lapses by itself, so that giving it back need not succeed.
    await expect(lock("west").release("trade-order/agent-west")).resolves.toBeUndefined();
    await sites.open("order", "east", await identityOf("order", "east"));
  });
});
