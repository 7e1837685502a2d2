import { describeChanges } from "../../../../lib/fabric/channel/describe-changes";
import { changes } from "../../../support/channel-inputs";
import { configFrom, golden } from "./goldens";

const { input, spares } = golden("3.1.5");

const expected: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  "batch settings": ["transactions per block: 100 becomes 500", "batch timeout: 500ms becomes 200ms"],
  "organisation added": ["member CobaltMSP is added"],
  "organisation removed": ["member AmberMSP is removed"],
  "anchor peers": [
    "anchor peer of member BasaltMSP added: peer0-basalt-2.trade-basalt.svc.cluster.local:7051",
    "anchor peer of member BasaltMSP removed: peer0-basalt-0.trade-basalt.svc.cluster.local:7051",
  ],
  "last anchor peer": [
    "anchor peer of member AmberMSP removed: peer0-amber-0.trade-amber.svc.cluster.local:7051",
    /removed: peer0-amber-1/,
  ],
  endpoints: [
    "ordering node of ordering organisation OrderingMSP added: orderer-ordering-0.fabric.example:443",
    /added: orderer-ordering-1/,
    /removed: orderer-ordering-0/,
    /removed: orderer-ordering-1/,
  ],
  policies: [
    "policy Admins of the application: MAJORITY Admins becomes ALL Admins",
    "policy Endorsement of the application: OutOf(2, 'AmberMSP.peer', AND('BasaltMSP.peer', OR('AmberMSP.admin', 'BasaltMSP.client')), 'CobaltMSP.member') becomes MAJORITY Endorsement",
  ],
  capabilities: ["capability of the application added: V2_0", "capability of the application removed: V2_5"],
  "root certificate added": [
    /^member AmberMSP trusts the root certificate CN=ca\.spare\.example\.com \(until 20\d\d-\d\d-\d\d, SHA-256 \S+…\)$/,
    /^member AmberMSP trusts the TLS root certificate CN=tlsca\.spare\.example\.com /,
  ],
  "intermediate certificate withdrawn": [
    /^member BasaltMSP no longer trusts the intermediate certificate CN=intermediate\.ca\.basalt/,
    /^ordering organisation BasaltMSP no longer trusts the intermediate certificate CN=intermediate/,
  ],
  "consenter added": ["consenter orderer-new added (4 instead of 3)"],
  "consenter removed": ["consenter orderer-basalt-0 removed (2 of 3 remain)"],
  "consenter with another key": ["consenter orderer-ordering-1 gets a certificate of another key"],
  "Raft options": ["tick of Raft: 100ms becomes 500ms", "ticks before an election: 10 becomes 12"],
};

test("every kind of change has its sentences", () => {
  expect(Object.keys(expected).sort()).toEqual(changes.map(({ name }) => name).sort());
});

test.each(changes)("in words: $name", ({ name, apply }) => {
  const sentences = describeChanges(configFrom(input), configFrom(apply(input, spares)));
  const wanted = expected[name] ?? [];
  expect(sentences).toHaveLength(wanted.length);
  wanted.forEach((sentence, index) => expect(sentences[index]).toMatch(sentence));
});

test("nothing is said where nothing differs", () => {
  expect(describeChanges(configFrom(input), configFrom(input))).toEqual([]);
});

test("consenters of one name are told apart by their addresses", () => {
  const alike = input.consenters.map((consenter, index) => ({ ...consenter, host: `orderer-0.org${index}.example` }));
  const sentences = describeChanges(
    configFrom({ ...input, consenters: alike }),
    configFrom({ ...input, consenters: alike.slice(1) }),
  );
  expect(sentences).toEqual(["consenter orderer-0.org0.example:7050 removed (2 of 3 remain)"]);
});
