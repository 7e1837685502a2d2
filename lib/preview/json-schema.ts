import { z } from "zod";
import { diffSchema } from "./diff/document";
import { previewSchema } from "./document";

/** The JSON Schema of what `preview --json` prints. */
export function previewJsonSchema(): string {
  return jsonSchema("A network as it would be deployed", previewSchema);
}

/** The JSON Schema of what `diff --json` prints. */
export function diffJsonSchema(): string {
  return jsonSchema("What it would mean to go from one network to another", diffSchema);
}

function jsonSchema(title: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    target: "draft-7",
    override: ({ jsonSchema: made }) => {
      // A limit of JavaScript, and noise for who reads it.
      if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
      if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
    },
  });
  return `${JSON.stringify({ $schema, title, ...rest }, null, 2)}\n`;
}
