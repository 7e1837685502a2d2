import fc from "fast-check";
import { parse } from "yaml";
import {
  defaultPeerTimeouts,
  peerConfiguration,
  type PeerConfigurationInput,
  renderCoreYaml,
} from "../../lib/fabric/core-yaml";
import { peerLayout } from "../../lib/fabric/layout";
import { parseFabricVersion } from "../../lib/fabric/version";
import { dottedKeys, knownKeys } from "../fabric/known-keys";
import { fabricVersions, goDuration, goSeconds } from "./fabric-inputs";

const endpoint = fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65535 })).map(([host, port]) => `${host}:${port}`);

const inputs: fc.Arbitrary<PeerConfigurationInput> = fc.record(
  {
    version: fabricVersions,
    networkId: fc.string({ minLength: 1 }),
    mspId: fc.string({ minLength: 1 }),
    clientAuthentication: fc.boolean(),
    stateDatabase: fc.oneof(
      fc.constant({ kind: "leveldb" } as const),
      fc.string({ minLength: 1 }).map((username) => ({ kind: "couchdb", username }) as const),
    ),
    gossipBootstrap: fc.array(endpoint, { maxLength: 4 }),
    timeouts: fc.record(
      { execute: goDuration, endorsement: goDuration, broadcast: goDuration, dial: goDuration },
      { requiredKeys: [] },
    ),
    layout: fc.constantFrom("/var/hyperledger", "/data").map(peerLayout),
  },
  { requiredKeys: ["version", "networkId", "mspId", "clientAuthentication", "stateDatabase", "gossipBootstrap"] },
);

const minimal = (version: string): PeerConfigurationInput => ({
  version: parseFabricVersion(version),
  networkId: "trade",
  mspId: "Org1MSP",
  clientAuthentication: true,
  stateDatabase: { kind: "leveldb" },
  gossipBootstrap: ["peer0-org1-0.peer-svc.trade-org1.svc.cluster.local:7051"],
});

describe("core.yaml", () => {
  test("has no key that its version does not know, whatever the input", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const known = knownKeys("core", input.version.line);
        expect(dottedKeys(peerConfiguration(input)).filter((key) => !known.has(key))).toEqual([]);
      }),
    );
  });

  test("says the same after it was written and read, by the rules of YAML 1.1 and of 1.2", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const text = renderCoreYaml(input);
        expect(parse(text, { version: "1.1" })).toEqual(peerConfiguration(input));
        expect(parse(text, { version: "1.2" })).toEqual(peerConfiguration(input));
        expect(renderCoreYaml(input)).toBe(text);
      }),
      { numRuns: 40 },
    );
  });

  test("holds what this product promises of every peer (R1, R2)", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const configuration = peerConfiguration(input);
        expect(configuration).toMatchObject({
          peer: {
            tls: { enabled: true, clientAuthRequired: input.clientAuthentication },
            gossip: { useLeaderElection: false, orgLeader: true, state: { enabled: false } },
            deliveryclient: { blockGossipEnabled: false },
          },
          chaincode: { externalBuilders: [{ path: "/opt/hyperledger/ccaas_builder" }] },
          operations: { tls: { enabled: true, clientAuthRequired: false } },
          metrics: { provider: "prometheus" },
        });
        expect(configuration).not.toHaveProperty("vm");
        expect(renderCoreYaml(input)).not.toMatch(/password/i);
      }),
    );
  });

  test("chaincode may run for 15 s (R1); a gateway leaves a peer that does not endorse well before clients give up", () => {
    expect(peerConfiguration(minimal("3.1.5"))).toHaveProperty("chaincode.executetimeout", "15s");
    expect(goSeconds(defaultPeerTimeouts.endorsement)).toBeLessThan(5);
  });

  test("one timeout can be changed without the others", () => {
    const configuration = peerConfiguration({ ...minimal("2.5.16"), timeouts: { broadcast: "3s" } });
    expect(configuration).toHaveProperty("peer.gateway.broadcastTimeout", "3s");
    expect(configuration).toHaveProperty("peer.gateway.dialTimeout", defaultPeerTimeouts.dial);
  });

  test("lines differ exactly where Fabric does", () => {
    const keys = (version: string) => dottedKeys(peerConfiguration(minimal(version)));
    const added = (from: string, to: string) => keys(to).filter((key) => !keys(from).includes(key));
    expect(added("2.5.16", "3.0.0")).toEqual([
      "peer.deliveryclient.policy",
      "peer.deliveryclient.blockCensorshipTimeoutKey",
      "peer.deliveryclient.minimalReconnectInterval",
    ]);
    expect(added("3.0.0", "3.1.0")).toEqual([
      "chaincode.runtimeParams.useWriteBatch",
      "chaincode.runtimeParams.maxSizeWriteBatch",
      "chaincode.runtimeParams.useGetMultipleKeys",
      "chaincode.runtimeParams.maxSizeGetMultipleKeys",
    ]);
    expect(added("3.1.5", "2.5.16")).toEqual([]);
  });

  test("CouchDB is asked in the pod, as the user given", () => {
    const configuration = peerConfiguration({
      ...minimal("3.1.5"),
      stateDatabase: { kind: "couchdb", username: "peer" },
    });
    expect(configuration).toMatchObject({
      ledger: {
        state: { stateDatabase: "CouchDB", couchDBConfig: { couchDBAddress: "localhost:5984", username: "peer" } },
      },
    });
    expect(peerConfiguration(minimal("3.1.5"))).toHaveProperty("ledger.state.stateDatabase", "goleveldb");
  });
});
