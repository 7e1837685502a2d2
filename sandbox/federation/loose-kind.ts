/** What a kind is called. */
export interface KindNames {
  readonly group: string;
  readonly version: string;
  readonly scope: "Cluster" | "Namespaced";
  readonly kind: string;
  readonly plural: string;
  /** Annotations of its definition. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The definition of a kind whose objects may hold anything in `spec` and `status`: what its own project refuses, it takes. */
export function looseKind({ group, version, scope, kind, plural, annotations }: KindNames) {
  const anything = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}`, ...(annotations === undefined ? {} : { annotations }) },
    spec: {
      group,
      scope,
      names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: { type: "object", properties: { spec: anything, status: anything } } },
        },
      ],
    },
  };
}
