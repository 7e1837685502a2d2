import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { KubernetesObject } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";
import { downloadModules } from "./download";
import type { CrdModule } from "./modules";
import type { StructuralSchema } from "./structural";

/** One version of one kind. */
export interface CrdKind {
  readonly schema: StructuralSchema;
  readonly namespaced: boolean;
}

/** Every kind that has a schema, by `apiVersion/kind`; or in one line why there is none. */
export type Catalogue = { readonly kinds: ReadonlyMap<string, CrdKind> } | { readonly missing: string };

interface CustomResourceDefinition {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: StructuralSchema };
    }[];
  };
}

/** Reads the CRDs of all modules, our own of GKE and of Piraeus, and Karmada's Cluster, which is no CRD but an aggregated API. */
export function readCatalogue(): Catalogue {
  const download = downloadModules();
  if ("missing" in download) return download;
  const kinds = new Map<string, CrdKind>(["gke.yaml", "piraeus.yaml"].flatMap((file) => crdsIn(join(__dirname, file))));
  for (const [module, folder] of download.folders) {
    for (const path of module.crds) for (const [key, kind] of crdsIn(join(folder, path))) kinds.set(key, kind);
    if (isKarmada(module)) kinds.set("cluster.karmada.io/v1alpha1/Cluster", karmadaCluster(folder));
  }
  return { kinds };
}

const isKarmada = ({ module }: CrdModule): boolean => module === "github.com/karmada-io/karmada";

function definitionsIn(path: string): CustomResourceDefinition[] {
  const files = statSync(path).isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path];
  return files
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as unknown))
    .filter(isCrd);
}

function crdsIn(path: string): [string, CrdKind][] {
  return definitionsIn(path).flatMap(({ spec }) =>
    spec.versions.map(({ name, schema }): [string, CrdKind] => [
      `${spec.group}/${name}/${spec.names.kind}`,
      { schema: schema.openAPIV3Schema, namespaced: spec.scope === "Namespaced" },
    ]),
  );
}

/** The definitions of Piraeus and of snapshots themselves, for an API server; undefined where modules are missing. */
export function storageDefinitions(): readonly KubernetesObject[] | undefined {
  const download = downloadModules();
  if ("missing" in download) return undefined;
  const folders = [...download.folders].filter(([{ module }]) => module.includes("external-snapshotter"));
  const paths = folders.flatMap(([{ crds }, folder]) => crds.map((path) => join(folder, path)));
  return [join(__dirname, "piraeus.yaml"), ...paths].flatMap(definitionsIn);
}

function isCrd(value: unknown): value is CustomResourceDefinition {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "CustomResourceDefinition";
}

/** From the OpenAPI document that Karmada generates of its Go types: references written out. */
function karmadaCluster(folder: string): CrdKind {
  const document = JSON.parse(readFileSync(join(folder, "api/openapi-spec/swagger.json"), "utf8")) as {
    readonly definitions: Readonly<Record<string, StructuralSchema>>;
  };
  const spec = document.definitions["com.github.karmada-io.karmada.pkg.apis.cluster.v1alpha1.ClusterSpec"];
  if (spec === undefined) throw new Error("Karmada's OpenAPI document has no ClusterSpec");
  const properties = { spec: writtenOut(spec, document.definitions) };
  return { schema: { type: "object", required: ["spec"], properties }, namespaced: false };
}

function writtenOut<T>(value: T, definitions: Readonly<Record<string, StructuralSchema>>): T {
  if (Array.isArray(value)) return value.map((item: unknown) => writtenOut(item, definitions)) as T;
  if (typeof value !== "object" || value === null) return value;
  const reference = "$ref" in value && typeof value.$ref === "string" ? value.$ref : undefined;
  if (reference !== undefined) {
    return writtenOut((definitions[reference.replace("#/definitions/", "")] ?? {}) as T, definitions);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, writtenOut(inner, definitions)])) as T;
}
