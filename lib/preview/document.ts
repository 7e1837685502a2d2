import { z } from "zod";
import { recordedGraphSchema } from "./graph";

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
  graph: recordedGraphSchema.describe("Every resource that the Pulumi program would ask for."),
  channels: z
    .array(
      z.strictObject({
        name: z.string(),
        members: z.array(z.string()).describe("Organisations with peers in it."),
        chaincodes: z.array(
          z.strictObject({
            name: z.string(),
            version: z.string(),
            sequence: z.int(),
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
