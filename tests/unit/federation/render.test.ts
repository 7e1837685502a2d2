import fc from "fast-check";
import { objectKey, type KubeObject, type SiteManifests } from "../../../lib/constructs/manifests";
import { appliedId, type Federation } from "../../../lib/federation/applied";
import { Unpropagatable, type FederationFinding } from "../../../lib/federation/findings";
import type { NonEmpty } from "../../../lib/federation/propagation";
import { render, type Engine } from "../../../lib/federation/render";
import { modelled } from "../../support/federation/engine-models";
import { siteNames, threeSites } from "../../support/federation/sites";

const engines: readonly Engine[] = ["direct", "karmada", "kubefed"];
const federation: Federation = {
  host: "hub",
  network: "net",
  members: siteNames.map((name) => ({ name, endpoint: `https://${name}.example.com`, authority: "UEVN" })),
};

const asWanted = (sites: readonly SiteManifests[]) =>
  Object.fromEntries(
    sites.map(({ site, objects }) => [site, Object.fromEntries(objects.map((one) => [objectKey(one), one]))]),
  );
const asMade = (engine: Engine, sites: NonEmpty<SiteManifests>) => {
  const made = modelled(engine, render(engine, sites, federation), federation.host, siteNames);
  return Object.fromEntries([...made].map(([member, objects]) => [member, Object.fromEntries(objects)]));
};
const findings = (run: () => unknown): readonly FederationFinding[] => {
  try {
    run();
  } catch (error) {
    if (error instanceof Unpropagatable) return error.findings;
    throw error;
  }
  return [];
};

test.each(engines)("%s gives every member exactly its site's objects (R7)", (engine) => {
  const sites = threeSites("net", { own: { third: "another" }, some: ["aws-prod", "third"] });
  expect(asMade(engine, sites)).toEqual(asWanted(sites));
});

/** Objects of one name and any content, on any of the sites. */
const content = fc.dictionary(fc.constantFrom("a", "b/c", "d~e", "f.g"), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
const texts = fc.dictionary(fc.constantFrom("x", "y/z"), fc.constantFrom("1", "2"), { maxKeys: 2 });
const scattered = fc.array(
  fc.record({
    kind: fc.constantFrom("ConfigMap", "Deployment", "Service", "PriorityClass"),
    forms: fc.uniqueArray(
      fc.record({
        site: fc.constantFrom(...siteNames),
        content,
        labels: texts,
        annotations: fc.option(texts, { nil: undefined }),
      }),
      { selector: ({ site }) => site, minLength: 1 },
    ),
  }),
  { maxLength: 6 },
);
type Scattered = typeof scattered extends fc.Arbitrary<infer T> ? T : never;

function sitesOf(objects: Scattered): NonEmpty<SiteManifests> {
  const space: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "ns", labels: {} } };
  const sites = siteNames.map((site): SiteManifests => ({
    site,
    dependencies: new Map(),
    objects: [
      space,
      ...objects.flatMap(({ kind, forms }, index) =>
        forms.flatMap((form): KubeObject[] =>
          form.site !== site
            ? []
            : [
                {
                  apiVersion:
                    kind === "Deployment" ? "apps/v1" : kind === "PriorityClass" ? "scheduling.k8s.io/v1" : "v1",
                  kind,
                  metadata: {
                    name: `object-${index}`,
                    ...(kind === "PriorityClass" ? {} : { namespace: "ns" }),
                    labels: form.labels,
                    ...(form.annotations === undefined ||
                    kind === "Deployment" ||
                    Object.keys(form.annotations).length === 0
                      ? {}
                      : { annotations: form.annotations }),
                  },
                  content: form.content,
                },
              ],
        ),
      ),
    ],
  }));
  return sites as unknown as NonEmpty<SiteManifests>;
}

test.each(engines)("%s: whatever differs between sites, each gets its own objects back (R7)", (engine) => {
  fc.assert(
    fc.property(scattered, (objects) => {
      const sites = sitesOf(objects);
      expect(asMade(engine, sites)).toEqual(asWanted(sites));
    }),
    { numRuns: 60 },
  );
});

test("claims, their classes and Secrets are never given to an engine", () => {
  for (const engine of ["karmada", "kubefed"] as const) {
    const hub = render(engine, threeSites("net"), federation).filter(({ cluster }) => cluster === "hub");
    expect(hub.filter(({ object }) => /PersistentVolume|StorageClass/.test(object.kind))).toEqual([]);
    // What is there of Secrets is the engine's own way to the members.
    expect(
      hub.flatMap(({ object, common }) =>
        object.kind === "Secret" && common !== true ? appliedId({ cluster: "hub", object }) : [],
      ),
    ).toEqual([]);
  }
});

test.each(engines)("%s: everything that waits for something waits for what is applied", (engine) => {
  const applied = render(engine, threeSites("net"), federation);
  const ids = applied.map(appliedId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { after } of applied) for (const other of after) expect(ids).toContain(other);
});

test.each(engines)("%s: the same sites in another order are the same objects", (engine) => {
  const sites = threeSites("net", { own: { third: "another" } });
  const [first, ...rest] = sites;
  const sorted = (all: NonEmpty<SiteManifests>) =>
    render(engine, all, federation).sort((one, other) => appliedId(one).localeCompare(appliedId(other)));
  expect(sorted([...rest.reverse(), first] as unknown as NonEmpty<SiteManifests>)).toEqual(sorted(sites));
});

test("a node that two sites want is one identity twice: refused under every engine", () => {
  const sites = threeSites("net", { orderers: ["aws-prod", "gcp-staging"] });
  const [aws, gcp, third] = sites;
  const moved = { ...gcp!, objects: gcp!.objects.map(renamed("orderer-1", "orderer-0")) };
  for (const engine of engines) {
    const said = findings(() => render(engine, [aws, moved, third!], federation));
    expect(said.map(({ object, found }) => `${object}: ${found}`)).toEqual([
      "PersistentVolumeClaim/net-amber/data-orderer-0-0: two homes: aws-prod, gcp-staging",
      "StatefulSet/net-amber/orderer-0: two homes: aws-prod, gcp-staging",
    ]);
  }
});

const renamed =
  (from: string, to: string) =>
  (object: KubeObject): KubeObject =>
    JSON.parse(JSON.stringify(object).replaceAll(from, to)) as KubeObject;

test("an organisation's authority stands on every site with keys of its own", () => {
  const sites = threeSites("net", { orderers: [] }).map((site) => ({
    ...site,
    objects: [
      ...site.objects,
      ...threeSites("net", { orderers: [site.site as "third"] })
        .find((one) => one.site === site.site)!
        .objects.filter(({ kind }) => kind === "StatefulSet" || kind === "PersistentVolumeClaim")
        .map((object): KubeObject => ({
          ...object,
          apiVersion: object.apiVersion,
          kind: object.kind,
          metadata: { ...object.metadata, labels: { ...object.metadata.labels, "fabric-topologies.dev/role": "ca" } },
        })),
    ],
  })) as unknown as NonEmpty<SiteManifests>;
  for (const engine of engines) expect(asMade(engine, sites)).toEqual(asWanted(sites));
});

test("a Secret with data goes to one member at most", () => {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "keys", namespace: "net-amber", labels: {} } };
  const everywhere = (data: object) =>
    threeSites("net").map((site) => ({
      ...site,
      objects: [...site.objects, { ...secret, ...data }],
    })) as unknown as NonEmpty<SiteManifests>;
  for (const engine of engines) {
    expect(findings(() => render(engine, everywhere({ data: { key: "c2VjcmV0" } }), federation))).toMatchObject([
      { object: "Secret/net-amber/keys", found: "a Secret with data for aws-prod, gcp-staging, third" },
    ]);
    expect(findings(() => render(engine, everywhere({ data: {} }), federation))).toEqual([]);
  }
});

test("an annotation on a Deployment cannot be said to KubeFed, and is told why; Karmada and direct take it", () => {
  const annotated = threeSites("net").map((site) => ({
    ...site,
    objects: site.objects.map((object) =>
      object.kind === "Deployment"
        ? { ...object, metadata: { ...object.metadata, annotations: { note: "1" } } }
        : object,
    ),
  })) as unknown as NonEmpty<SiteManifests>;
  expect(findings(() => render("kubefed", annotated, federation))).toMatchObject([
    {
      object: "Deployment/net-amber/agent",
      found: "the annotation note on a Deployment under the engine kubefed",
      allowed: expect.stringContaining("deployment.kubernetes.io/revision") as string,
    },
  ]);
  for (const engine of ["direct", "karmada"] as const) expect(asMade(engine, annotated)).toEqual(asWanted(annotated));
});

test("a field that is fixed at birth cannot be another one for a member", () => {
  const [first, ...rest] = threeSites("net");
  const sites: NonEmpty<SiteManifests> = [
    {
      ...first,
      objects: first.objects.map((object) =>
        object.kind === "Deployment"
          ? { ...object, spec: { ...(object["spec"] as object), selector: { matchLabels: { b: "c" } } } }
          : object,
      ),
    },
    ...rest,
  ];
  const said = findings(() => render("karmada", sites, federation));
  expect(new Set(said.map(({ object, allowed }) => `${object}: ${allowed}`))).toEqual(
    new Set(["Deployment/net-amber/agent: one /spec/selector for all members"]),
  );
});
