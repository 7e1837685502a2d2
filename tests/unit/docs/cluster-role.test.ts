import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../../lib/constructs/manifests";
import { example } from "../../../scripts/pages/examples";
import type { Plan } from "../../../topologies/plan";

/** A rule of a Role or ClusterRole (Kubernetes, "Using RBAC Authorization"). */
interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** One thing that may be done; without a name: to any object of the resource. */
interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verb: string;
  readonly name?: string;
}

const rights = ({ apiGroups, resources, verbs, resourceNames }: Rule): Right[] =>
  apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb): Right[] =>
        resourceNames === undefined
          ? [{ group, resource, verb }]
          : resourceNames.map((name) => ({ group, resource, verb, name })),
      ),
    ),
  );

const rulesOf = (object: unknown) => (object as { rules: readonly Rule[] }).rules;
const [deploying] = parseAllDocuments(readFileSync(join(__dirname, "../../../docs/cluster-role.yaml"), "utf8"));
const granted = rulesOf(deploying?.toJSON()).flatMap(rights);

const isGranted = (asked: Right) =>
  granted.some(
    ({ group, resource, verb, name }) =>
      group === asked.group &&
      resource === asked.resource &&
      verb === asked.verb &&
      (name === undefined || name === asked.name),
  );

const plural = (kind: string) => {
  const lower = kind.toLowerCase();
  if (lower.endsWith("s")) return `${lower}es`;
  return lower.endsWith("y") ? `${lower.slice(0, -1)}ies` : `${lower}s`;
};

/** Every object that an example comes to, where the cluster has the Prometheus operator. */
function objectsOf({ topology, placement, settings, synthesise }: Plan): KubeObject[] {
  const sites = settings.sites.map((site) => ({ ...site, prometheusOperator: true }));
  return [...synthesise(), ...topology.synthesise(placement, { ...settings, sites })].flatMap(({ objects }) => [
    ...objects,
  ]);
}

const objects = [example("minimal"), example("trade-finance")].flatMap(objectsOf);

test("docs/cluster-role.yaml lets every kind of object be made, changed, awaited and removed", () => {
  const asked = objects.flatMap(({ apiVersion, kind }) => {
    const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
    return ["get", "list", "watch", "create", "patch", "delete"].map((verb): Right => ({
      group,
      resource: plural(kind),
      verb,
    }));
  });
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((right) => !isGranted(right))).toEqual([]);
});

test("docs/cluster-role.yaml has every right that a Role hands on, which Kubernetes asks of whoever makes it", () => {
  const handedOn = objects.filter(({ kind }) => kind === "Role").flatMap((role) => rulesOf(role).flatMap(rights));
  expect(handedOn.length).toBeGreaterThan(0);
  expect(handedOn.filter((right) => !isGranted(right))).toEqual([]);
});

test("docs/cluster-role.yaml lets nobody give himself more: it neither escalates nor binds, and has no wildcard", () => {
  const loose = granted.filter(
    ({ group, resource, verb }) => [group, resource, verb].includes("*") || ["escalate", "bind"].includes(verb),
  );
  expect(loose).toEqual([]);
});
