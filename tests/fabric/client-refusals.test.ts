import { connect as connectPlain } from "node:net";
import { ports } from "../../lib/fabric/ports";
import { describeEach } from "../support/describe-each";
import { type Pair, type TestOrganisation, testOrganisation } from "./identities";
import { get, letsIn } from "./node-process";
import { type BareNetwork, completeInstallations, startBareNetwork } from "./support/bare-network";
import type { BareNode } from "./support/bare-node";

jest.setTimeout(120_000);

const installed = completeInstallations();
if (installed.length === 0) test.skip("nodes refuse strangers at every port", () => undefined);

/** What a port answers to somebody who is not let in beyond TLS. */
const unauthorised = 401;

describeEach(installed)("a node of Fabric $version.text", (programs) => {
  let network: BareNetwork;
  let stranger: TestOrganisation;

  beforeAll(async () => {
    stranger = await testOrganisation({ domain: "stranger.example" });
    const organisations = [{ name: "amber", peers: 1, orderers: 1 }];
    network = await startBareNetwork({ programs, organisations, channels: [], chaincodes: [] });
  });
  afterAll(() => network.stop());

  const own = () => network.organisation("amber").authorities;
  const node = (pod: string): BareNode => network.node(pod);
  const grpc = (pod: string, port: number, client?: Pair) =>
    letsIn(port, own().tlsAuthority, client, node(pod).node.host);

  describe.each([
    ["peer0-amber-0", "gRPC", ports.peer.grpc],
    ["orderer0-amber-0", "gRPC", ports.orderer.grpc],
  ])("%s at its %s port %i", (pod, _name, port) => {
    test("lets its own organisation in", async () => {
      expect(await grpc(pod, port, own().client)).toBe(true);
    });
    test("refuses who shows no certificate", async () => {
      expect(await grpc(pod, port)).toBe(false);
    });
    test("refuses a foreign certificate", async () => {
      expect(await grpc(pod, port, stranger.client)).toBe(false);
    });
    test("says nothing to plain text", async () => {
      expect(await plainAnswer(node(pod), port)).not.toContain("HTTP/2");
    });
  });

  describe("orderer0-amber-0 at its admin port", () => {
    const channels = () =>
      `https://${node("orderer0-amber-0").node.host}:${ports.orderer.admin}/participation/v1/channels`;
    test("lets its own organisation in", async () => {
      expect((await get(channels(), own().tlsAuthority, own().client)).status).toBe(200);
    });
    test("refuses who shows no certificate", async () => {
      await expect(get(channels(), own().tlsAuthority)).rejects.toThrow();
    });
    test("refuses a foreign certificate", async () => {
      await expect(get(channels(), own().tlsAuthority, stranger.client)).rejects.toThrow();
    });
    test("says nothing to plain text", async () => {
      expect(await plainAnswer(node("orderer0-amber-0"), ports.orderer.admin)).not.toContain("200 OK");
    });
  });

  describe.each([
    ["peer0-amber-0", ports.peer.operations],
    ["orderer0-amber-0", ports.orderer.operations],
  ])("%s at its operations port %i", (pod, port) => {
    const metrics = () => `${node(pod).operations}/metrics`;
    test("gives its metrics to its own organisation (R2)", async () => {
      const { status, body } = await get(metrics(), own().tlsAuthority, own().client);
      expect([status, body.includes("go_goroutines")]).toEqual([200, true]);
    });
    test("gives no metrics to who shows no certificate (R2)", async () => {
      expect((await get(metrics(), own().tlsAuthority)).status).toBe(unauthorised);
    });
    test("refuses a foreign certificate", async () => {
      await expect(get(metrics(), own().tlsAuthority, stranger.client)).rejects.toThrow();
    });
    test("says nothing to plain text", async () => {
      expect(await plainAnswer(node(pod), port)).not.toContain("go_goroutines");
    });
  });
});

/** What a port says to a request without TLS, up to its end. */
function plainAnswer({ node: { host } }: BareNode, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = "";
    const socket = connectPlain({ host, port }, () => socket.write("GET /metrics HTTP/1.1\r\nHost: node\r\n\r\n"));
    socket.on("data", (chunk: Buffer) => (said += chunk.toString("latin1")));
    socket.once("close", () => resolve(said));
    socket.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "ECONNRESET" ? resolve(said) : reject(error),
    );
    socket.setTimeout(10_000, () => socket.destroy(new Error(`port ${port} neither answers nor hangs up`)));
  });
}
