/** A structural schema as a CRD has it: OpenAPI v3 with the extensions of Kubernetes. */
export interface StructuralSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema | boolean;
  readonly items?: StructuralSchema;
  readonly nullable?: boolean;
  readonly "x-kubernetes-preserve-unknown-fields"?: boolean;
  readonly "x-kubernetes-int-or-string"?: boolean;
  readonly "x-kubernetes-embedded-resource"?: boolean;
  readonly [key: string]: unknown;
}

/** What an API server asks of every object's metadata; CRDs say only that it is an object. */
const metadata: StructuralSchema = {
  type: "object",
  required: ["name"],
  properties: {
    name: { type: "string", maxLength: 253, pattern: "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$" },
    namespace: { type: "string", maxLength: 63, pattern: "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$" },
    labels: {
      type: "object",
      additionalProperties: { type: "string", maxLength: 63, pattern: "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$" },
    },
    annotations: { type: "object", additionalProperties: { type: "string" } },
    finalizers: { type: "array", items: { type: "string" } },
  },
};

/**
 * The schema of a whole object as JSON schema, in which a field that the CRD does not know is wrong: an API server would
 * drop it silently, or refuse it where strict validation is asked for.
 */
export function strictObjectSchema(schema: StructuralSchema, namespaced: boolean): object {
  const required = namespaced ? ["name", "namespace"] : ["name"];
  const properties = {
    ...schema.properties,
    apiVersion: { type: "string" },
    kind: { type: "string" },
    metadata: { ...metadata, required },
  };
  return strict({ ...schema, type: "object", properties });
}

/** Known to the validator as they are; the rest of what a schema may say is about defaults and documentation. */
const kept = [
  ...["enum", "required", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "multipleOf"],
  ...["exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"],
  // These only narrow what stands beside them, and so name no new fields.
  ...["allOf", "anyOf", "oneOf", "not"],
  ...["x-kubernetes-list-type", "x-kubernetes-list-map-keys"],
];

/** The same schema, closed: what is not named is refused, but where the CRD says that anything may stand. */
function strict(schema: StructuralSchema): object {
  const closed: Record<string, unknown> = {};
  for (const key of kept) if (key in schema) closed[key] = schema[key];
  if (schema["x-kubernetes-int-or-string"] === true) return { ...closed, type: ["integer", "string"] };
  if (schema.type !== undefined) closed["type"] = schema.nullable === true ? [schema.type, "null"] : schema.type;
  if (schema.items !== undefined) closed["items"] = strict(schema.items);
  return { ...closed, ...fields(schema) };
}

function fields(schema: StructuralSchema): object {
  const { properties, additionalProperties } = schema;
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true || schema["x-kubernetes-embedded-resource"];
  const isObject = schema.type === "object" || properties !== undefined || additionalProperties !== undefined;
  if (!isObject) return {};
  const closed = (value: StructuralSchema | boolean): object | boolean =>
    typeof value === "boolean" ? value : strict(value);
  return {
    ...(properties === undefined
      ? {}
      : { properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, strict(value)])) }),
    additionalProperties: additionalProperties === undefined ? Boolean(open) : closed(additionalProperties),
  };
}
