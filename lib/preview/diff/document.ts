import { z } from "zod";

/** What a change of one resource comes to. */
const actions = ["create", "update", "replace", "remove", "release"] as const;

const fieldChangeSchema = z.strictObject({
  path: z.string().describe('Where in the resource\'s inputs, such as spec.replicas or metadata.labels["a.b"].'),
  before: z.unknown().optional().describe("Absent where there was nothing. Secrets are the text [secret]."),
  after: z.unknown().optional().describe("Absent where there is nothing any more."),
  replaces: z.boolean().describe("true: the object cannot be changed so, and is made anew."),
});

const resourceChangeSchema = z.strictObject({
  urn: z.string().describe("As it will be; of what goes, as it was."),
  was: z.string().optional().describe("Its former URN, where an alias says that it is the same resource."),
  action: z.enum(actions).describe("release: it leaves the program, and stays in the cluster (retainOnDelete)."),
  type: z.string().describe("Type token."),
  kind: z.string().describe("Kind of the Kubernetes object, or the last part of the type."),
  name: z.string().describe("Name of the object."),
  namespace: z.string().optional(),
  site: z.string().optional().describe("Cluster that it belongs to."),
  organisation: z.string().optional(),
  fields: z.array(fieldChangeSchema).describe("What is different; empty for what comes or goes whole."),
});

/** What statements are about, in the order in which people need them. */
export const topics = {
  refused: "Refused",
  data: "Data",
  versions: "Versions",
  restarts: "Restarts",
  failures: "Failures",
  identity: "Identity",
  channels: "Channels",
  security: "Security",
  policies: "Policies",
  cost: "Cost",
} as const;
export type Topic = keyof typeof topics;

const statementSchema = z.strictObject({
  topic: z.enum(Object.keys(topics) as [Topic, ...Topic[]]),
  care: z.boolean().describe("true: somebody should look at it before it is applied."),
  says: z.string().describe("One sentence."),
  details: z.array(z.string()).describe("More about it, a line each."),
  urns: z.array(z.string()).describe("The resources that it is about."),
});

const restartSchema = z.strictObject({
  site: z.string(),
  namespace: z.string(),
  workload: z.string().describe("<Kind>/<name>."),
  role: z.string().describe("peer, orderer, ca, agent or chaincode."),
  pods: z
    .array(z.string())
    .describe("In the order in which they stop and come back. Empty for a Deployment's: they have no names yet."),
  count: z.int().describe("How many pods."),
  because: z.array(z.string()).describe("Paths in the pod template that are different."),
});

const cellSchema = z.strictObject({
  failure: z.string(),
  service: z.string(),
  before: z.enum(["goes on", "stops", "absent"]),
  after: z.enum(["goes on", "stops", "absent"]),
  because: z.string().optional().describe("Why it stops, after or else before."),
});

const sideSchema = z.strictObject({
  label: z.string().describe("As it was asked for: a file, a stack, a topology or a revision."),
  network: z.string(),
  fabric: z.string(),
  topology: z.string(),
  stack: z.string(),
  note: z.string().optional().describe("What is to be known of how it was previewed."),
});

/** What `diff --json` prints. Within one version of `format` keys are added only. */
export const diffSchema = z.strictObject({
  format: z.literal("fabric-topologies.dev/diff/v1"),
  from: sideSchema,
  to: sideSchema,
  verdict: z.enum(["none", "changes", "care"]).describe("Exit codes 0, 2 and 3."),
  counts: z.strictObject({
    create: z.int(),
    update: z.int(),
    replace: z.int(),
    remove: z.int(),
    release: z.int(),
    same: z.int(),
  }),
  statements: z.array(statementSchema).describe("What it all means, by topic."),
  restarts: z.array(restartSchema),
  cells: z.array(cellSchema).describe("Cells of the failure matrix that are different."),
  cost: z
    .array(z.strictObject({ what: z.string(), unit: z.string().optional(), before: z.number(), after: z.number() }))
    .describe("What is paid for, counted; only what is different."),
  changes: z.array(resourceChangeSchema).describe("Every resource that is different, by URN."),
});

/** Two previews held against each other. */
export type Diff = z.output<typeof diffSchema>;
export type ResourceChange = z.output<typeof resourceChangeSchema>;
export type FieldChange = z.output<typeof fieldChangeSchema>;
export type Statement = z.output<typeof statementSchema>;
export type Restart = z.output<typeof restartSchema>;
export type CellChange = z.output<typeof cellSchema>;
