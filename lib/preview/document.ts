import { z } from "zod";
import { recordedGraphSchema } from "./graph";

/** One policy that something breaks. */
const policyFindingSchema = z.strictObject({
  policy: z.string().describe("Id of a policy: `fabric-topologies policies explain <id>`."),
  title: z.string().describe("The policy in a sentence that says how things are where it is kept."),
  severity: z.enum(["mandatory", "advisory"]).describe("A mandatory one stops `pulumi up`, unless it is waived."),
  object: z.string().optional().describe("<Kind>/<namespace>/<name>; none where it is about the stack as a whole."),
  found: z.string().describe("What breaks it."),
  remedy: z.string().describe("What to do."),
  waiver: z
    .strictObject({ owner: z.string(), reason: z.string(), expires: z.string() })
    .optional()
    .describe("Who answers for leaving it, why, and until which day."),
});
export type PolicyResult = z.output<typeof policyFindingSchema>;

const policyWordsSchema = z.strictObject({
  text: z.string().describe("As the network file says it."),
  words: z.string().describe("As a person would say it."),
});

const policiesSchema = z.strictObject({
  checked: z.int().describe("How many policies there are."),
  findings: z.array(policyFindingSchema).describe("Everything that breaks one, waived or not."),
  refusals: z.array(z.string()).describe("Why `pulumi up` would make nothing of it: empty where it would."),
});

/** The failure matrix without its cells that say "goes on". */
const matrixSchema = z.strictObject({
  services: z.array(z.string()).describe("Everything that users need of the network."),
  failures: z.array(z.string()).describe("Every single failure: pods, nodes, zones and the links between them."),
  stops: z
    .array(z.strictObject({ failure: z.string(), service: z.string(), because: z.string() }))
    .describe("What stops when; every other pair of a failure and a service goes on."),
  told: z
    .strictObject({
      columns: z.array(z.string()).describe("Kinds of services."),
      rows: z.array(
        z.strictObject({
          label: z.string(),
          stops: z.array(z.array(z.string())).describe("By column, whose service stops: nobody's where all go on."),
        }),
      ),
      reasons: z.array(
        z.strictObject({
          survives: z.boolean(),
          text: z.string().describe("All of it in one sentence."),
          column: z.string().describe("Kind of the services that it is about."),
          whose: z.array(z.string()).describe("Whose of these."),
          because: z.string().describe("Why they go on or stop."),
          rows: z.array(z.string()).describe("Labels of the rows that it holds for."),
        }),
      ),
    })
    .describe("The same as people read it: alike failures in one row, alike services in one column, and every reason."),
});

/**
 * What `preview --json` prints. Within one version of `format` keys are added only.
 * `schema/preview.schema.json` is made of it.
 */
export const previewSchema = z.strictObject({
  format: z.literal("fabric-topologies.dev/preview/v1").describe("What this document is, and its version."),
  network: z.string().describe("Name of the network."),
  fabric: z.string().describe("Version of Fabric."),
  topology: z.strictObject({
    name: z.string().describe("A folder of topologies/."),
    title: z.string().describe("What it is, in one line."),
  }),
  organisations: z
    .array(z.strictObject({ name: z.string(), mspId: z.string().describe("The name by which Fabric knows it.") }))
    .describe("In the order of the network file."),
  sites: z
    .array(
      z.strictObject({
        name: z.string(),
        zones: z.array(z.strictObject({ name: z.string(), witness: z.boolean() })),
      }),
    )
    .describe("Clusters and their zones."),
  nodes: z
    .array(
      z.strictObject({
        pod: z.string(),
        namespace: z.string(),
        role: z.enum(["peer", "orderer", "ca"]),
        organisation: z.string(),
        site: z.string(),
        zone: z.string(),
      }),
    )
    .describe("Fabric nodes, and where each lives for ever."),
  matrix: matrixSchema.describe("What each single failure costs."),
  policies: policiesSchema.describe("What the policies say of the objects."),
  graph: recordedGraphSchema.describe("Every resource that the Pulumi program would ask for."),
  channels: z
    .array(
      z.strictObject({
        name: z.string(),
        members: z.array(z.string()).describe("Organisations with peers in it."),
        policies: z
          .record(z.string(), policyWordsSchema)
          .describe("readers, writers, admins, endorsement and lifecycleEndorsement."),
        batch: z
          .strictObject({
            timeout: z.string(),
            maxMessages: z.int(),
            absoluteMaxBytes: z.int(),
            preferredMaxBytes: z.int(),
          })
          .describe("When a block is cut; sizes in bytes."),
        chaincodes: z.array(
          z.strictObject({
            name: z.string(),
            version: z.string(),
            sequence: z.int(),
            initRequired: z.boolean(),
            endorsement: policyWordsSchema.optional().describe("Without it the channel's holds."),
            collections: z.array(
              z.strictObject({
                name: z.string(),
                members: z.array(z.string()),
                requiredPeers: z.int(),
                maxPeers: z.int(),
                blocksToLive: z.int().describe("0: for ever."),
                memberOnlyRead: z.boolean(),
                memberOnlyWrite: z.boolean(),
                endorsement: policyWordsSchema.optional(),
              }),
            ),
            packageId: z.string().describe("Known before there is any cluster: the package holds no image."),
          }),
        ),
        config: z
          .record(z.string(), z.unknown())
          .describe("As configtxlator shows it, with a sentence wherever a certificate is going to stand."),
      }),
    )
    .describe("Every channel as its first config block will have it."),
});

/** A whole network as it would be deployed. */
export type Preview = z.output<typeof previewSchema>;
