import type { StructuralSchema } from "./structural";

const text: StructuralSchema = { type: "string" };
const list = (properties: StructuralSchema["properties"], ...required: string[]): StructuralSchema => ({
  type: "array",
  items: { type: "object", ...(properties === undefined ? {} : { properties }), required },
});

/**
 * What `kubefedctl enable` v0.10.0 gives every federated type (pkg/kubefedctl/enable/validation.go): it makes the schema
 * at run time, so the module has no file of it. `template` may be anything, and is for the member's API server to judge.
 */
export const federatedKind: StructuralSchema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      properties: {
        template: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        retainReplicas: { type: "boolean" },
        placement: {
          type: "object",
          properties: {
            clusters: list({ name: text }, "name"),
            clusterSelector: {
              type: "object",
              properties: {
                matchLabels: { type: "object", additionalProperties: text },
                matchExpressions: list(
                  { key: text, operator: text, values: { type: "array", items: text } },
                  "key",
                  "operator",
                ),
              },
            },
          },
        },
        overrides: list({
          clusterName: text,
          clusterOverrides: list(
            {
              op: { type: "string", pattern: "^(add|remove|replace)?$" },
              path: text,
              value: { "x-kubernetes-preserve-unknown-fields": true },
            },
            "path",
          ),
        }),
      },
    },
    status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};
