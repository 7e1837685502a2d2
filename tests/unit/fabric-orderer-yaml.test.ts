import fc from "fast-check";
import { parse } from "yaml";
import { keepalive } from "../../lib/fabric/keepalive";
import { ordererLayout, peerLayout } from "../../lib/fabric/layout";
import { ordererConfiguration, type OrdererConfigurationInput, renderOrdererYaml } from "../../lib/fabric/orderer-yaml";
import { parseFabricVersion } from "../../lib/fabric/version";
import { dottedKeys, knownKeys } from "../fabric/known-keys";
import { fabricVersions, goDuration, goSeconds } from "./fabric-inputs";

const inputs: fc.Arbitrary<OrdererConfigurationInput> = fc.record(
  {
    version: fabricVersions,
    mspId: fc.string({ minLength: 1 }),
    clientAuthentication: fc.boolean(),
    tickInterval: goDuration,
    layout: fc.constantFrom("/var/hyperledger", "/data").map(ordererLayout),
  },
  { requiredKeys: ["version", "mspId", "clientAuthentication"] },
);

const minimal = (version: string): OrdererConfigurationInput => ({
  version: parseFabricVersion(version),
  mspId: "OrdererMSP",
  clientAuthentication: true,
});

describe("orderer.yaml", () => {
  test("has no key that its version does not know, whatever the input", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const known = knownKeys("orderer", input.version.line);
        expect(dottedKeys(ordererConfiguration(input)).filter((key) => !known.has(key))).toEqual([]);
      }),
    );
  });

  test("says the same after it was written and read, by the rules of YAML 1.1 and of 1.2", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const text = renderOrdererYaml(input);
        expect(parse(text, { version: "1.1" })).toEqual(ordererConfiguration(input));
        expect(parse(text, { version: "1.2" })).toEqual(ordererConfiguration(input));
        expect(renderOrdererYaml(input)).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  test("an MSP id that looks like something else stays a text", () => {
    for (const mspId of ["NO", "on", "12e3", "1_000", "0x1F", "10:30", "~", "null", "2024-01-01"]) {
      const text = renderOrdererYaml({ ...minimal("2.5.16"), mspId });
      expect(parse(text, { version: "1.1" })).toHaveProperty("General.LocalMSPID", mspId);
    }
  });

  test("holds what this product promises of every ordering node (R1, R2)", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(ordererConfiguration(input)).toMatchObject({
          General: {
            BootstrapMethod: "none",
            TLS: { Enabled: true, ClientAuthRequired: input.clientAuthentication },
          },
          Admin: { TLS: { Enabled: true, ClientAuthRequired: true } },
          Operations: { TLS: { Enabled: true, ClientAuthRequired: false } },
          ChannelParticipation: { Enabled: true, MaxRequestBodySize: expect.stringMatching(/^\d+ MB$/) },
          Metrics: { Provider: "prometheus" },
        });
      }),
    );
  });

  test("ledger, write-ahead log and snapshots are three folders of one volume", () => {
    fc.assert(
      fc.property(fc.constantFrom("/var/hyperledger", "/data", "/a/b"), (volume) => {
        const { ledger, writeAheadLog, raftSnapshots } = ordererLayout(volume);
        const folders = [ledger, writeAheadLog, raftSnapshots];
        expect(new Set(folders).size).toBe(3);
        expect(folders.filter((folder) => !folder.startsWith(`${volume}/`))).toEqual([]);
      }),
    );
  });

  test("Raft shows the pair that the consenter set knows, as server and as client (R2)", () => {
    const { General } = ordererConfiguration(minimal("3.1.5")) as {
      General: { TLS: Record<string, unknown>; Cluster: Record<string, unknown> };
    };
    expect(General.Cluster["ClientCertificate"]).toBe(General.TLS["Certificate"]);
    expect(General.Cluster["ClientPrivateKey"]).toBe(General.TLS["PrivateKey"]);
  });

  test("lines differ exactly where Fabric does", () => {
    const keys = (version: string) => dottedKeys(ordererConfiguration(minimal(version)));
    expect(keys("3.0.0").filter((key) => !keys("2.5.16").includes(key))).toEqual([
      "General.Cluster.ReplicationPolicy",
      "General.Backoff.BaseDelay",
      "General.Backoff.Multiplier",
      "General.Backoff.MaxDelay",
    ]);
    expect(keys("2.5.16").filter((key) => !keys("3.0.0").includes(key))).toEqual([]);
  });

  test("Raft's tick is the channel's unless a value is given", () => {
    expect(ordererConfiguration(minimal("3.1.5"))).not.toHaveProperty("Consensus.TickIntervalOverride");
    expect(ordererConfiguration({ ...minimal("3.1.5"), tickInterval: "100ms" })).toHaveProperty(
      "Consensus.TickIntervalOverride",
      "100ms",
    );
  });
});

describe("keepalive", () => {
  test("servers permit pings as often as clients send them", () => {
    for (const client of [keepalive.blockDelivery, keepalive.betweenPeers]) {
      expect(goSeconds(client.interval)).toBeGreaterThan(goSeconds(keepalive.server.minimum));
    }
  });

  test("a cut zone is noticed before its connections time out by themselves, at 20 s", () => {
    const { interval, timeout } = keepalive.blockDelivery;
    expect(goSeconds(interval) + goSeconds(timeout)).toBeLessThan(20);
    // gRPC raises anything below 10 s to 10 s.
    expect(goSeconds(interval)).toBeGreaterThanOrEqual(10);
  });
});

describe("layout", () => {
  test("keys, ledger and snapshots of a peer lie beside each other on its volume", () => {
    const layout = peerLayout("/v");
    const folders = [layout.msp.folder, layout.tls.folder, layout.ledger, layout.snapshots];
    expect(folders).toEqual(["/v/msp", "/v/tls", "/v/production", "/v/snapshots"]);
  });
});
