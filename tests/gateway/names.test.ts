import "./support/asked-name-server";
import { Client, credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import { dnsEndpoints } from "../../lib/ingress/dns/external-dns";
import { planRecords } from "../../lib/ingress/dns/plan";
import type { MultiClusterIngress } from "../../lib/ingress/model";
import { ingressWith, pinnedHost, poolHost } from "../support/ingresses";
import { type NameServer, nameServer } from "./support/name-server";

// The first test on a machine builds the name server.
jest.setTimeout(600_000);

const domain = "amber.example.com";
const pool = `gateway.${domain}`;
const servers: NameServer[] = [];

async function serve(ingress: MultiClusterIngress): Promise<NameServer> {
  const objects = dnsEndpoints(planRecords(ingress, 30), { network: "trade", namespace: "trade-gateway" });
  const server = await nameServer([...objects.values()].flat(), domain);
  servers.push(server);
  return server;
}

afterAll(() => Promise.all(servers.map((server) => server.stop())));

const hosts = [
  pinnedHost(`peer0-amber-0-0.${domain}`, "aws-prod"),
  pinnedHost(`peer0-amber-1-0.${domain}`, "gcp-staging"),
  pinnedHost(`orderer-4-0.${domain}`, "third"),
  pinnedHost(`agent.third.${domain}`, "third"),
  poolHost(pool, { "aws-prod": 80, "gcp-staging": 20 }),
];

test("a name server answers every name of the network with its home's gateway, a pool with all (R7)", async () => {
  const { resolver } = await serve(
    ingressWith(hosts, {
      "aws-prod": ["192.0.2.1", "192.0.2.2", "2001:db8::1"],
      "gcp-staging": ["192.0.2.11", "2001:db8::11"],
      third: ["lb-3.elb.example.net"],
    }),
  );
  expect((await resolver.resolve4(`peer0-amber-0-0.${domain}`, { ttl: true })).map(({ ttl }) => ttl)).toEqual([30, 30]);
  expect((await resolver.resolve4(`peer0-amber-0-0.${domain}`)).sort()).toEqual(["192.0.2.1", "192.0.2.2"]);
  expect(await resolver.resolve6(`peer0-amber-1-0.${domain}`)).toEqual(["2001:db8::11"]);
  expect(await resolver.resolveCname(`orderer-4-0.${domain}`)).toEqual(["lb-3.elb.example.net"]);
  expect(await resolver.resolveCname(`agent.third.${domain}`)).toEqual(["lb-3.elb.example.net"]);
  expect((await resolver.resolve4(pool)).sort()).toEqual(["192.0.2.1", "192.0.2.11", "192.0.2.2"]);
  expect((await resolver.resolve6(pool)).sort()).toEqual(["2001:db8::1", "2001:db8::11"]);
  await expect(resolver.resolve4(`peer0-amber-9-0.${domain}`)).rejects.toMatchObject({ code: "ENOTFOUND" });
});

describe("a client of the pool", () => {
  let port: number;
  const gateways = new Map<string, Server>();

  beforeAll(async () => {
    port = await start("127.0.0.2", 0);
    await start("127.0.0.3", port);
  });

  afterAll(() => {
    for (const server of gateways.values()) server.forceShutdown();
  });

  async function start(address: string, wanted: number): Promise<number> {
    const server = new Server();
    gateways.set(address, server);
    return new Promise((resolve, reject) =>
      server.bindAsync(`${address}:${wanted}`, ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
  }

  function connected(nameServerAddress: string): Promise<void> {
    const client = new Client(`dns://${nameServerAddress}/${pool}:${port}`, credentials.createInsecure());
    return new Promise<void>((resolve, reject) =>
      client.waitForReady(Date.now() + 2000, (error) => (error ? reject(error) : resolve())),
    ).finally(() => client.close());
  }

  test.each([["127.0.0.2"], ["127.0.0.3"]])("is served whichever gateway is dead: %s now (R7)", async (dead) => {
    const { address } = await serve(ingressWith(hosts, { "aws-prod": ["127.0.0.2"], "gcp-staging": ["127.0.0.3"] }));
    gateways.get(dead)?.forceShutdown();
    // Addresses come in any order.
    for (let times = 0; times < 5; times++) await connected(address);
    await start(dead, port);
  });

  test("is told so where none lives", async () => {
    const { address } = await serve(ingressWith(hosts, { "aws-prod": ["127.0.0.4"], "gcp-staging": ["127.0.0.5"] }));
    await expect(connected(address)).rejects.toThrow("Failed to connect");
  });
});
