/** The rules that keep the house liveable: one direction, from what people write to what is deployed. */
const never = (name, from, to, comment) => ({
  name,
  severity: "error",
  comment,
  from: { path: from },
  to: { path: to },
});

const cdk8s = "node_modules/(cdk8s|cdk8s-plus-28|constructs)/";
const pulumi = "node_modules/@pulumi/";

module.exports = {
  forbidden: [
    {
      name: "no-circles",
      severity: "error",
      comment: "Two files that need each other are one.",
      from: {},
      to: { circular: true },
    },
    never(
      "model-is-pure",
      "^lib/(spec|placement|fabric|explain)/",
      `${cdk8s}|${pulumi}`,
      "The model knows neither cdk8s nor Pulumi.",
    ),
    never(
      "constructs-without-pulumi",
      "^lib/constructs/",
      pulumi,
      "Synthesis is pure; only deploy and clouds speak Pulumi.",
    ),
    never(
      "only-deploy-speaks-pulumi",
      "^(lib/(?!deploy/|clouds/|preview/(record|sdk-shortcuts)\\.ts)|topologies/|policies/(?!pack/)|cli/|agent/)",
      pulumi,
      "Only lib/deploy and lib/clouds do, the recorder that stands in for the engine, and the pack that the engine runs.",
    ),
    never(
      "fabric-stands-alone",
      "^lib/fabric/",
      "^(lib/(?!fabric/)|topologies/|cli/|sandbox/)",
      "Fabric's own formats, nothing of ours.",
    ),
    never(
      "agent-knows-fabric",
      "^agent/",
      "^(lib/(?!fabric/|recovery/)|topologies|policies|cli|sandbox|tests)/",
      "What runs in the cluster is told what to do; it knows neither the network file nor the placement.",
    ),
    never(
      "client-knows-fabric-only",
      "^client/",
      "^(lib/(?!fabric/)|agent|topologies|policies|cli|sandbox|tests)/",
      "An example for applications: they copy it, with Fabric's formats and nothing else of ours.",
    ),
    never(
      "spec-before-placement",
      "^lib/spec/",
      "^lib/(placement|constructs|deploy|explain)/",
      "What people write comes first.",
    ),
    never(
      "placement-before-constructs",
      "^lib/placement/",
      "^lib/(constructs|deploy|explain)/",
      "Placement decides, constructs obey.",
    ),
    never(
      "constructs-before-deploy",
      "^lib/constructs/",
      "^lib/(deploy|explain)/",
      "Objects do not know who applies them.",
    ),
    never(
      "federation-is-pure",
      "^lib/federation/",
      `${cdk8s}|${pulumi}|^lib/(?!federation/|constructs/manifests\\.ts|deploy/(fields|unsaid)\\.ts|spec/)`,
      "Who takes which object where follows from the objects alone; whoever applies them asks.",
    ),
    never(
      "failover-is-pure",
      "^lib/recovery/failover/",
      `node_modules/|^(node:)?(fs|net|tls|http|https|child_process|timers|dns|os|crypto)(/|$)|^(lib/(?!recovery/failover/|spec/problem\\.ts|constructs/manifests\\.ts)|agent/|cli/|topologies/)`,
      "Who decides to move a bank's network has no clock, no network and no library: everything is told to it as an event.",
    ),
    never(
      "replication-is-pure",
      "^lib/replication/",
      `${cdk8s}|${pulumi}|^lib/(?!replication/|constructs/manifests\\.ts|spec/)`,
      "How storage replicates follows from the volume alone; nobody's cluster is asked.",
    ),
    never(
      "preview-is-for-people",
      "^(lib/(?!preview/)|topologies/|agent/|client/|sandbox/|index)",
      "^lib/preview/",
      "What is deployed does not know that it is previewed; the command line shows it.",
    ),
    never(
      "lib-below-topologies",
      "^lib/",
      "^(topologies|policies|cli|sandbox|tests|agent|client)/",
      "Mechanism does not know who composes it, nor who runs it in the cluster.",
    ),
    never(
      "policies-are-pure",
      "^policies/",
      `${cdk8s}|^(cli|sandbox|tests|agent|client|topologies)/|^lib/(?!spec/|placement/|fabric/|constructs/manifests\\.ts)`,
      "A rule sees objects and the placement, so that whoever has these can hold them against it.",
    ),
    never(
      "pack-for-the-engine-only",
      "^(policies/(?!pack/)|topologies/|lib/|cli/)",
      "^policies/pack/(?!config\\.ts)",
      "The pack is a program that Pulumi's engine starts; of it, others know what it can be told.",
    ),
    never(
      "topologies-compose",
      "^topologies/",
      "^(cli|sandbox|tests|agent|client)/|^lib/deploy/",
      "A topology tells what, not how it is applied.",
    ),
    never(
      "cli-reads-status",
      "^cli/",
      "^agent/(?!status/(?:document|heard)\\.ts)",
      "Of the agent, the command line knows the document in which it says how things are, and for how long that counts.",
    ),
    {
      name: "cli-runs-clients-in-pods",
      severity: "error",
      comment: "The client runs in a pod of the network; here only the forms of what it prints are known.",
      from: { path: "^cli/" },
      to: { path: "^client/", dependencyTypesNot: ["type-only"] },
    },
    never(
      "sandbox-stands-alone",
      "^sandbox/",
      "^(lib|topologies|policies|cli|tests)/",
      "The sandbox is any cluster; it knows no network.",
    ),
    never(
      "nobody-imports-tests",
      "^(lib|topologies|policies|cli|sandbox|agent|client|bin|index)",
      "^tests/",
      "Tests look at the product, not the other way.",
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(node_modules|sandbox/tools)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".js", ".cjs", ".mjs", ".json"] },
  },
};
