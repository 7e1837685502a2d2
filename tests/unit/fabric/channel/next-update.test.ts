import { common, type orderer } from "@hyperledger/fabric-protos";
import fc from "fast-check";
import { decodeConfig } from "../../../../lib/fabric/channel/decode";
import { configSteps, nextConfigUpdate } from "../../../../lib/fabric/channel/next-update";
import { mspOf, organisationGroups, raftOf } from "../../../../lib/fabric/channel/read";
import { arbitraryChannelInput } from "../../../support/arbitrary-channel";
import { configFrom, golden } from "./goldens";

/** More than any way between two random channels takes. */
const manySteps = 40;

type Member = orderer.etcdraft.Consenter;
const identity = (member: Member) => Buffer.from(member.getClientTlsCert_asU8()).toString();
const membersOf = (config: common.Config) => raftOf(config)?.getConsentersList() ?? [];

/** Everything a config says but for versions and the order of lists. */
function meaning(config: common.Config): unknown {
  return JSON.parse(JSON.stringify(decodeConfig(config)), (key, value: unknown) => {
    if (key === "version" || key === "sequence") return undefined;
    return Array.isArray(value) ? value.map((one) => JSON.stringify(one)).sort() : value;
  });
}

function* walk(current: common.Config, desired: common.Config) {
  let now = current;
  for (let count = 0; count < manySteps; count += 1) {
    const step = nextConfigUpdate("records", now, desired);
    if (step === undefined) return;
    yield { now, step };
    now = step.result;
  }
  throw new Error(`not there after ${manySteps} steps`);
}

test("a config outlives being written and read", () => {
  fc.assert(
    fc.property(arbitraryChannelInput, (input) => {
      const config = configFrom(input);
      const again = common.Config.deserializeBinary(config.serializeBinary());
      expect(decodeConfig(again)).toEqual(decodeConfig(config));
      expect(Buffer.compare(again.serializeBinary(), config.serializeBinary())).toBe(0);
      expect(nextConfigUpdate("records", config, again)).toBeUndefined();
    }),
    { numRuns: 20 },
  );
});

test("updates lead from any channel to any other one, each safe by itself, and then there are none", () => {
  fc.assert(
    fc.property(arbitraryChannelInput, arbitraryChannelInput, (one, other) => {
      const [current, desired] = [configFrom(one), configFrom(other)];
      let last = current;
      for (const { now, step } of walk(current, desired)) {
        expect(step.changes).not.toEqual([]);
        expect(step.result.getSequence()).toBe(last.getSequence() + 1);
        atMostOneConsenter(membersOf(now), membersOf(step.result));
        everyConsenterOrders(step.result);
        notBothTrustAndDistrust(trusted(now), trusted(step.result));
        last = step.result;
      }
      expect(meaning(last)).toEqual(meaning(desired));
    }),
    { numRuns: 25 },
  );
});

/** Fabric takes one that comes, one that goes, or one of each as a change of key; the others keep their places. */
function atMostOneConsenter(before: Member[], after: Member[]): void {
  const [were, are] = [before.map(identity), after.map(identity)];
  const come = are.filter((who) => !were.includes(who)).length;
  const gone = were.filter((who) => !are.includes(who)).length;
  expect([come, gone].every((count) => count <= 1)).toBe(true);
  if (come === 1 && gone === 1) expect(are).toHaveLength(were.length);
  expect(are.filter((who) => were.includes(who))).toEqual(were.filter((who) => are.includes(who)));
  expect(are).not.toEqual([]);
}

function everyConsenterOrders(config: common.Config): void {
  const ordering = organisationGroups(config, "Orderer").map(([name]) => name.replace("MSP", "").toLowerCase());
  const needed = membersOf(config).map((member) => /^orderer-([a-z]+)-/.exec(member.getHost())?.[1]);
  expect(ordering).toEqual(expect.arrayContaining(needed));
}

function notBothTrustAndDistrust(before: string[], after: string[]): void {
  const added = after.some((certificate) => !before.includes(certificate));
  const removed = before.some((certificate) => !after.includes(certificate));
  expect(added && removed).toBe(false);
}

function trusted(config: common.Config): string[] {
  return (["Orderer", "Application"] as const).flatMap((kind) =>
    organisationGroups(config, kind).flatMap(([name, group]) => {
      const msp = mspOf(group);
      const lists = [msp?.getRootCertsList_asB64(), msp?.getTlsRootCertsList_asB64()];
      return lists.flatMap((list) => (list ?? []).map((pem) => `${kind} ${name} ${pem}`));
    }),
  );
}

test("the same two configs give the same update, whoever computes it", () => {
  fc.assert(
    fc.property(arbitraryChannelInput, arbitraryChannelInput, (one, other) => {
      const bytes = () => nextConfigUpdate("records", configFrom(one), configFrom(other))?.update.serializeBinary();
      expect(bytes()).toEqual(bytes());
    }),
    { numRuns: 10 },
  );
});

const { input, spares } = golden("3.1.5");
const changesOf = (target: typeof input, options = {}) =>
  configSteps("records", configFrom(input), configFrom(target), options).map(({ changes }) => changes);

test("consenters come before others leave, and a lost one leaves first", () => {
  const [first, second] = input.consenters;
  if (first === undefined || second === undefined) throw new Error("the sample has too few consenters");
  const newcomer = { host: "new-0.example.com", port: 7050, tlsCertificate: spares.tlsCertificate };
  const target = { ...input, consenters: [first, second, newcomer] };
  const added = ["consenter new-0 added (4 instead of 3)"];
  expect(changesOf(target)).toEqual([added, ["consenter orderer-basalt-0 removed (3 of 4 remain)"]]);
  const lost = input.consenters[2];
  const unreachable = new Set([`${lost?.host}:${lost?.port}`]);
  expect(changesOf(target, { unreachable })).toEqual([
    ["consenter orderer-basalt-0 removed (2 of 3 remain)"],
    ["consenter new-0 added (3 instead of 2)"],
  ]);
});

test("a consenter that moves does so in one step", () => {
  const consenters = input.consenters.map((consenter, index) =>
    index === 0 ? { ...consenter, host: "elsewhere.example.com", port: 443 } : consenter,
  );
  expect(changesOf({ ...input, consenters })).toEqual([
    [
      "consenter orderer-ordering-0 moves from orderer-ordering-0.trade-ordering.svc.cluster.local:7050 to elsewhere.example.com:443",
    ],
  ]);
});

test("a value that somebody added by hand goes, and the update says so", () => {
  const current = configFrom(input);
  const value = new common.ConfigValue();
  value.setModPolicy("Admins");
  value.setValue(Buffer.from("anything"));
  current.getChannelGroup()?.getGroupsMap().get("Application")?.getValuesMap().set("ACLs", value);
  const step = nextConfigUpdate("records", current, configFrom(input));
  expect(step?.changes).toEqual(["ACLs of the application is removed"]);
});
