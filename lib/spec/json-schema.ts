import { z } from "zod";
import { networkSchema } from "./network";
import { settingsSchema } from "./settings";

/**
 * JSON Schemas of the two documents as people write them, for completion and red underlines in editors. They know the
 * form only; `fabric-topologies validate` also knows what fits together.
 */
export const jsonSchemas = {
  "network.schema.json": () => editorSchema(networkSchema, "A Hyperledger Fabric network"),
  "settings.schema.json": () => editorSchema(settingsSchema, "Where a network runs"),
} as const;

/** The text of a schema file, the same on every machine. */
function editorSchema(schema: z.ZodObject, title: string): string {
  // Draft 7 is what the YAML language server understands best.
  const generated = z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    override: ({ jsonSchema }) => {
      // A limit of JavaScript, and noise in an editor.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  const { $schema, ...rest } = generated;
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}
