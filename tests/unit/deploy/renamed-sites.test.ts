import type { KubeObject } from "../../../lib/constructs/manifests";
import type { RecordedObject } from "../../../lib/deploy/recorded";
import { renamedSites } from "../../../lib/deploy/renamed-sites";

const object = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "ns", labels: {} },
});
const site = (name: string, ...objects: string[]) => ({ name, manifests: { objects: objects.map(object) } });
const recorded = (of: string, name: string, uid = `${of}-${name}`): RecordedObject => ({
  site: of,
  key: `ConfigMap/ns/${name}`,
  uid,
  labels: {},
});

test("a site under another name would be taken over and then deleted", () => {
  const [finding, ...more] = renamedSites([recorded("city", "a"), recorded("city", "b")], [site("town", "a", "b")]);
  expect(more).toEqual([]);
  expect(finding).toMatchObject({
    site: "town",
    found: expect.stringMatching(/^2 objects that the last run made for the site `city`.*ConfigMap\/ns\/a and others/),
    fix: "name the site `city` again, or `pulumi destroy` first (ledgers stay) and then `pulumi up`",
  });
});

test("a site that stays, one that is new, and one that goes with all that is its own are in order", () => {
  expect(renamedSites([recorded("city", "a")], [site("city", "a"), site("town", "a")])).toEqual([]);
  expect(renamedSites([], [site("town", "a")])).toEqual([]);
  expect(renamedSites([recorded("city", "a"), recorded("town", "b")], [site("town", "b")])).toEqual([]);
});

test("of two sites one goes: objects of one name are two in two clusters, and one in the same", () => {
  const both = (uid: string) => [recorded("city", "a", "1"), recorded("town", "a", uid)];
  expect(renamedSites(both("2"), [site("town", "a")])).toEqual([]);
  expect(renamedSites(both("1"), [site("town", "a")])).toHaveLength(1);
});
