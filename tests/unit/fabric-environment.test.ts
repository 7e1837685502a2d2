import { ordererEnvironment, peerEnvironment, type PeerEnvironmentInput } from "../../lib/fabric/environment";

const pod: PeerEnvironmentInput = {
  id: "$(POD_NAME)",
  address: "$(POD_NAME).peer-svc.trade-org1.svc.cluster.local:7051",
  externalEndpoint: "$(POD_NAME).org1.trade.example:7051",
  stateDatabase: { kind: "leveldb" },
};

const names = (variables: ReturnType<typeof peerEnvironment>) => variables.map(({ name }) => name);

describe("environment of a node", () => {
  test("a peer learns from its pod who and where it is", () => {
    expect(peerEnvironment(pod)).toEqual(
      expect.arrayContaining([
        { name: "CORE_PEER_ID", value: pod.id },
        { name: "CORE_PEER_ADDRESS", value: pod.address },
        { name: "CORE_PEER_GOSSIP_ENDPOINT", value: pod.address },
        { name: "CORE_PEER_GOSSIP_EXTERNALENDPOINT", value: pod.externalEndpoint },
      ]),
    );
  });

  test("nodes log in JSON and read their configuration where it is mounted", () => {
    for (const variables of [peerEnvironment(pod), ordererEnvironment()]) {
      expect(variables).toEqual(
        expect.arrayContaining([
          { name: "FABRIC_LOGGING_FORMAT", value: "json" },
          { name: "FABRIC_CFG_PATH", value: "/etc/hyperledger/fabric" },
        ]),
      );
      expect(new Set(names(variables)).size).toBe(variables.length);
    }
  });

  test("the password of CouchDB is a secret, and asked for only where there is a CouchDB", () => {
    const password = "CORE_LEDGER_STATE_COUCHDBCONFIG_PASSWORD";
    expect(names(peerEnvironment(pod))).not.toContain(password);
    expect(peerEnvironment({ ...pod, stateDatabase: { kind: "couchdb", username: "peer" } })).toContainEqual({
      name: password,
      secret: "couchdbPassword",
    });
  });

  test.each(["id", "address", "externalEndpoint"] as const)(
    "an empty %s is refused, since 2.5 would ignore it",
    (key) => {
      expect(() => peerEnvironment({ ...pod, [key]: "" })).toThrow(/is empty/);
      expect(() => peerEnvironment({ ...pod, [key]: " " })).toThrow(/is empty/);
    },
  );
});
