import { ports } from "../../lib/fabric/ports";
import { untilNothing } from "./support/await";
import { clientHello } from "./support/client-hello";
import { dial, sendRaw } from "./support/dial";
import { gatewayKind } from "./support/kinds";
import { aliasOf, pool, startTwoSites, type TwoSites } from "./support/two-sites";

jest.setTimeout(120_000);

describe.each(["envoy", "haproxy"] as const)("gateways of two clusters on %s", (name) => {
  let world: TwoSites;
  beforeAll(async () => {
    world = await startTwoSites({ kind: await gatewayKind(name) });
  });
  afterAll(async () => {
    await world.stop();
  });

  test("a client's certificate reaches the peer untouched, at its home and through another cluster's gateway (R7)", async () => {
    const { organisation, aws, gcp } = world;
    const alice = await organisation.tlsPair("alice", []);
    for (const { gateway } of [aws, gcp]) {
      for (const node of [...aws.nodes, ...gcp.nodes]) {
        const connection = await dial(gateway.address, `${node.name}.amber.example.com`, organisation, alice);
        expect(connection).toMatchObject({ node: node.name, server: node.name, client: "alice" });
        expect(await connection.echo("x".repeat(100_000))).toBe("x".repeat(100_000));
        connection.close();
      }
    }
  });

  test("the name by which consenters dial each other leads where the node's own name does (R7)", async () => {
    const { organisation, aws, gcp } = world;
    for (const node of [...aws.nodes, ...gcp.nodes]) {
      const connection = await dial(aws.gateway.address, aliasOf(node.name), organisation);
      expect(connection).toMatchObject({ node: node.name, server: node.name });
      connection.close();
    }
  });

  test("a client without a certificate is refused by the peer itself", async () => {
    const { organisation, aws } = world;
    const nobody = { certificate: "", privateKey: "" };
    await expect(dial(aws.gateway.address, pool, organisation, nobody)).rejects.toThrow();
  });

  const strangers = [
    ["a name that nobody has", () => clientHello("peer0.other.example.com")],
    ["no name", () => clientHello()],
    ["HTTP in place of TLS", () => Promise.resolve(Buffer.from(`GET / HTTP/1.1\r\nHost: ${pool}\r\n\r\n`))],
  ] as const;
  test.each(strangers)("%s gets not one byte, on either port for TLS (R7)", async (_, hello) => {
    const { gateway } = world.aws;
    for (const port of [ports.gateway.world, ports.gateway.relay]) {
      expect(await sendRaw(gateway.address, port, await hello())).toHaveLength(0);
    }
    // A known name does get something: what is sent here is what a peer answers.
    expect((await sendRaw(gateway.address, ports.gateway.world, await clientHello(pool), 1)).length).toBeGreaterThan(0);
  });

  test("what another gateway passes on never goes out again: a peer elsewhere is refused there", async () => {
    const [elsewhere] = world.gcp.nodes;
    const hello = await clientHello(`${elsewhere.name}.amber.example.com`);
    expect(await sendRaw(world.aws.gateway.address, ports.gateway.relay, hello)).toHaveLength(0);
    expect((await sendRaw(world.gcp.gateway.address, ports.gateway.relay, hello, 1)).length).toBeGreaterThan(0);
  });

  test("who connected, where to and how much is told, and nothing of what was said", async () => {
    const { organisation, aws } = world;
    const [node] = aws.nodes;
    const connection = await dial(aws.gateway.address, `${node.name}.amber.example.com`, organisation);
    await connection.echo("a secret of two banks");
    connection.close();
    const wanted = { name: `${node.name}.amber.example.com`, address: `${node.address}:${ports.peer.grpc}` };
    await untilNothing(() => (told(aws.gateway.log()).some(matching(wanted)) ? undefined : aws.gateway.log()));
    expect(aws.gateway.log()).not.toContain("a secret");
  });
});

type Line = Readonly<Record<string, unknown>>;

/** The lines about connections in a gateway's log. */
const told = (log: string): Line[] =>
  log
    .split("\n")
    .filter((line) => line.startsWith('{"'))
    .map((line) => JSON.parse(line) as Line);

const matching = (wanted: Line) => (line: Line) => Object.entries(wanted).every(([key, value]) => line[key] === value);
