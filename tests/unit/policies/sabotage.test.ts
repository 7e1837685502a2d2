/** Single faults in a good network: each is caught, and by the rule that is there for it. */
import type { KubeObject } from "../../../lib/constructs/manifests";
import { rules } from "../../../policies/all";
import { keyOf } from "../../../policies/manifest";
import { stackOf } from "../../../policies/recorded";
import type { Manifest } from "../../../policies/rule";
import { checkStack, objectOf, type PolicyFinding } from "../../../policies/run";
import { example } from "../../../scripts/pages/examples";
import { gateway } from "../../support/faults/names";
import { nodeFaults } from "../../support/faults/nodes";
import { securityFaults } from "../../support/faults/security";

const plan = example("trade-finance");
const { sites } = plan.examine();
const good = sites.flatMap(({ objects }) => objects);
const found = (objects: readonly Manifest[]) =>
  checkStack(rules, { sites: [{ site: "city", objects }], placement: plan.placement });
const told = ({ rule, found: what, ...of }: PolicyFinding) => `${rule.id}: ${objectOf(of)}: ${what}`;
const before = found(good);
const known = new Set(before.map(told));

test("the network without a fault keeps every mandatory rule", () => {
  expect(before.filter(({ rule }) => rule.severity === "mandatory").map(told)).toEqual([]);
});

const faults = [...nodeFaults, ...securityFaults];

test("there are at least 40 faults, for every mandatory rule about objects one", () => {
  expect(faults.length).toBeGreaterThanOrEqual(40);
  const tried = new Set(faults.map(([, rule]) => rule));
  const wanted = rules.filter(
    ({ severity, scope, domain }) => severity === "mandatory" && scope !== "resource" && domain !== "backups",
  );
  expect(wanted.map(({ id }) => id).filter((id) => !tried.has(id))).toEqual([]);
});

test.each(faults)("%s is caught by %s", (_, id, fault) => {
  const fresh = found(fault(good)).filter((finding) => !known.has(told(finding)));
  expect(fresh.map(({ rule }) => rule.id)).toContain(id);
});

/** As Pulumi's engine would be asked for it: what it names itself gets a random end. */
test("an object whose name is left to Pulumi is caught by names-given", () => {
  const registered = (object: KubeObject) => ({
    type: `kubernetes:core/v1:${object.kind}`,
    name: `city:${keyOf(object)}`,
    inputs: object as unknown as Readonly<Record<string, unknown>>,
  });
  const service = good.find((one) => keyOf(one) === gateway)!;
  const nameless = { ...service.metadata, name: undefined };
  const ids = (inputs: object) =>
    checkStack(rules, stackOf([{ ...registered(service), inputs: inputs as Readonly<Record<string, unknown>> }])).map(
      ({ rule }) => rule.id,
    );
  expect(ids(service)).not.toContain("names-given");
  expect(ids({ ...service, metadata: nameless })).toContain("names-given");
});
