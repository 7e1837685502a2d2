import { reportMarkdown } from "../../../cli/convert/report-markdown";
import { reportText } from "../../../cli/convert/report-text";
import { reportJson } from "../../../lib/federation/convert/report";
import { byKarmada, byKubeFed, type ModelMember } from "../../support/federation/conversion-models";
import { refused, reported } from "./convert-expected";
import { unsaidDifferences } from "../../support/federation/conversion-differences";
import {
  converted,
  exampleText,
  examplesIn,
  hubObjects,
  objectsIn,
  workloadsOf,
} from "../../support/federation/conversions";

const members: readonly ModelMember[] = [
  { name: "aws-prod", labels: { env: "prod", cloud: "aws" } },
  { name: "gcp-staging", labels: { env: "staging", cloud: "gcp" } },
  { name: "third", labels: { env: "prod", cloud: "other" } },
];

/** API versions of the kinds in the examples that are not of Kubernetes' core. */
const versions = {
  Deployment: "apps/v1",
  StatefulSet: "apps/v1",
  ClusterRole: "rbac.authorization.k8s.io/v1",
  Auction: "trade.example.com/v1",
};

const convertedExample = (file: string) => converted({ [file]: exampleText("corpus", file) });

/** One of the objects that Karmada is given. */
function hubObject(file: string, kind: string, name: string) {
  const found = hubObjects(convertedExample(file)).find(
    (object) => object.kind === kind && object.metadata.name === name,
  );
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

describe("what members have after a conversion from KubeFed to Karmada", () => {
  it.each(examplesIn("corpus"))("is what they had, but for what the report says: %s", (file) => {
    const text = exampleText("corpus", file);
    const conversion = converted({ [file]: text });
    expect(conversion.problems).toEqual([]);
    const before = byKubeFed(objectsIn(text), members, versions);
    expect([...before.failed]).toEqual([]);
    expect(unsaidDifferences(before.placed, byKarmada(workloadsOf(conversion), members), conversion)).toEqual([]);
  });

  it("never comes from an empty placement, which would mean every member", () => {
    for (const file of examplesIn("corpus")) {
      for (const { spec } of hubObjects(convertedExample(file)).filter(({ kind }) =>
        kind.endsWith("PropagationPolicy"),
      )) {
        const { placement } = spec as { readonly placement: { readonly clusterAffinity: object } };
        expect(Object.keys(placement.clusterAffinity)).not.toEqual([]);
      }
    }
  });
});

describe("a converted object", () => {
  it("waits for its overrides, takes over what KubeFed made, and is kept on members if KubeFed kept it", () => {
    expect(hubObject("workloads.yaml", "PropagationPolicy", "web-deployment")).toEqual({
      apiVersion: "policy.karmada.io/v1alpha1",
      kind: "PropagationPolicy",
      metadata: {
        name: "web-deployment",
        namespace: "trade",
        labels: { owner: "trade-team" },
        annotations: { note: "kept" },
      },
      spec: {
        resourceSelectors: [{ apiVersion: "apps/v1", kind: "Deployment", namespace: "trade", name: "web" }],
        placement: {
          clusterAffinity: { clusterNames: ["aws-prod", "gcp-staging"] },
          clusterTolerations: [{ operator: "Exists" }],
        },
        conflictResolution: "Overwrite",
        dependentOverrides: ["web-deployment"],
        preserveResourcesOnDeletion: true,
      },
    });
  });

  it("has an operator in every override", () => {
    expect(hubObject("workloads.yaml", "OverridePolicy", "web-deployment")["spec"]).toMatchObject({
      overrideRules: [
        {
          targetCluster: { clusterNames: ["aws-prod"] },
          overriders: {
            plaintext: [
              { path: "/spec/template/spec/containers/0/image", operator: "replace", value: "aws.example.com/web:1.0" },
              {
                path: "/spec/template/spec/containers/0/env/-",
                operator: "add",
                value: { name: "CLOUD", value: "aws" },
              },
            ],
          },
        },
        { targetCluster: { clusterNames: ["gcp-staging"] } },
        { targetCluster: { clusterNames: ["third"] } },
      ],
    });
  });

  it("has the annotations that every member got alike, and single ones by override", () => {
    expect(hubObject("workloads.yaml", "ConfigMap", "alike").metadata.annotations).toEqual({
      "example.com/set": "true",
    });
    expect(hubObject("workloads.yaml", "OverridePolicy", "different-configmap")["spec"]).toMatchObject({
      overrideRules: [
        { overriders: { annotationsOverrider: [{ operator: "add", value: { "example.com/cloud": "aws" } }] } },
      ],
    });
  });

  it("carries nothing of the dump that it came from", () => {
    const { metadata, ...rest } = hubObject("workloads.yaml", "Deployment", "web");
    expect(metadata).toEqual({
      name: "web",
      namespace: "trade",
      labels: { app: "web", "resourcetemplate.karmada.io/retain-replicas": "true" },
      annotations: { "trade.example.com/contact": "desk" },
    });
    expect(rest).not.toHaveProperty("status");
  });

  it("divides its replicas by the same weights, a wildcard apart from the clusters that have their own", () => {
    const scheduling = (name: string) =>
      (hubObject("replicas.yaml", "PropagationPolicy", `${name}-deployment`)["spec"] as { readonly placement: object })
        .placement;
    expect(hubObject("replicas.yaml", "Deployment", "even")["spec"]).toMatchObject({ replicas: 8 });
    expect(scheduling("even")).toMatchObject({
      clusterAffinity: { clusterNames: ["aws-prod", "gcp-staging"] },
      replicaScheduling: {
        replicaSchedulingType: "Divided",
        replicaDivisionPreference: "Weighted",
        weightPreference: {
          staticWeightList: [
            { targetCluster: { clusterNames: ["aws-prod"] }, weight: 3 },
            { targetCluster: { clusterNames: ["gcp-staging"] }, weight: 1 },
          ],
        },
      },
    });
    expect(scheduling("bounded")).toMatchObject({
      clusterAffinity: { labelSelector: { matchLabels: { env: "prod" } } },
      replicaScheduling: {
        weightPreference: {
          staticWeightList: [
            { targetCluster: { clusterNames: ["third"] }, weight: 1 },
            { targetCluster: { exclude: ["third"] }, weight: 2 },
          ],
        },
      },
    });
  });

  it("that is a namespace goes only where its policy says", () => {
    expect(hubObject("namespaces.yaml", "Namespace", "narrow").metadata.labels).toEqual({
      team: "trade",
      "namespace.karmada.io/skip-auto-propagation": "true",
    });
    expect(hubObject("namespaces.yaml", "ClusterPropagationPolicy", "narrow-namespace")["spec"]).toMatchObject({
      placement: { clusterAffinity: { clusterNames: ["aws-prod", "gcp-staging"] } },
    });
  });

  it("of somebody's own kind has policies that no kind of the same name in another group shares", () => {
    const names = hubObjects(convertedExample("types.yaml")).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names).toContainEqual(expect.stringMatching(/^PropagationPolicy spring-auction-[0-9a-f]{8}$/));
  });
});

describe("converted members", () => {
  it("are reached at a URL, with the token and the certificates in one Secret", () => {
    expect(hubObject("members.yaml", "Cluster", "aws-prod")).toEqual({
      apiVersion: "cluster.karmada.io/v1alpha1",
      kind: "Cluster",
      metadata: { name: "aws-prod", labels: { env: "prod", cloud: "aws" } },
      spec: {
        syncMode: "Push",
        apiEndpoint: "https://192.0.2.1:6443",
        secretRef: { namespace: "karmada-cluster", name: "aws-prod" },
        region: "eu-central-1",
        zones: ["eu-central-1a", "eu-central-1b"],
      },
    });
    expect(hubObject("members.yaml", "Secret", "aws-prod")["data"]).toEqual({
      token: "b25seS1LdWJlRmVkLWtub3dz",
      caBundle: "Y2VydGlmaWNhdGVz",
    });
    expect(hubObject("members.yaml", "Secret", "gcp-staging")["data"]).toEqual({ caBundle: "Y2VydGlmaWNhdGVz" });
  });

  it("are never trusted blindly because one check of their certificate was switched off", () => {
    expect(hubObject("members.yaml", "Cluster", "gcp-staging")["spec"]).not.toHaveProperty(
      "insecureSkipTLSVerification",
    );
    expect(hubObject("members.yaml", "Cluster", "third")["spec"]).toHaveProperty("insecureSkipTLSVerification", true);
  });
});

describe("the report of a conversion", () => {
  it.each(Object.entries(reported))("has a line for everything that is not as it was: %s", (file, lines) => {
    const { changes } = convertedExample(file);
    expect(changes.map(({ line, weight, subject, karmada }) => `${line} ${weight} ${subject}: ${karmada}`)).toEqual(
      lines,
    );
  });

  it("shows no secret, in no form", () => {
    for (const file of examplesIn("corpus")) {
      const conversion = convertedExample(file);
      const forms = [reportText(conversion), reportMarkdown(conversion), JSON.stringify(reportJson(conversion))];
      for (const secret of ["aHVudGVyMg==", "c3RhZ2luZw==", "b25seS1LdWJlRmVkLWtub3dz"]) {
        for (const form of forms) expect(form).not.toContain(secret);
      }
    }
  });

  it("begins with the order of steps that loses nothing: members keep their objects before KubeFed goes", () => {
    const report = reportMarkdown(convertedExample("workloads.yaml"));
    expect(report.indexOf("kubefed.io/orphan=true")).toBeLessThan(report.indexOf("Stop KubeFed"));
    expect(report.indexOf("Stop KubeFed")).toBeLessThan(report.indexOf("Apply the rest of karmada/"));
  });
});

describe("what has no right counterpart in Karmada", () => {
  it.each(Object.entries(refused))("is refused all at once, each with its line: %s", (file, lines) => {
    const { problems } = converted({ [file]: exampleText("refused", file) });
    const found = [...problems].sort((a, b) => a.line - b.line || a.column - b.column);
    expect(found.map((problem) => `${problem.line}: ${problem.found}`)).toEqual(lines);
    for (const { fix, allowed } of found) expect(`${allowed}. ${fix}`).toMatch(/^.{3,}\. [A-Z].+[.?]$/);
  });
});
