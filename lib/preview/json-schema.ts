import { z } from "zod";
import { previewSchema } from "./document";

/** The JSON Schema of what `preview --json` prints. */
export function previewJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(previewSchema, {
    target: "draft-7",
    override: ({ jsonSchema }) => {
      // A limit of JavaScript, and noise for who reads it.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return `${JSON.stringify({ $schema, title: "A network as it would be deployed", ...rest }, null, 2)}\n`;
}
