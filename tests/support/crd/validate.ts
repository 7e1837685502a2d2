import Ajv, { type ErrorObject, type ValidateFunction } from "ajv";
import { readCatalogue, type Catalogue } from "./catalogue";
import { federatedKind } from "./federated-kinds";
import { strictObjectSchema } from "./structural";

/** Any object with a kind. */
interface Kinded {
  readonly apiVersion: string;
  readonly kind: string;
  readonly [field: string]: unknown;
}

/**
 * Holds an object against its CRD, as an API server would that is asked for strict validation, but for CEL rules
 * (x-kubernetes-validations), which only an API server can judge.
 *
 * @returns what is wrong, each as `spec.rules[0].host: why`; empty where nothing is.
 * @throws where there is no schema for the kind: then nothing was checked.
 */
export function validateAgainstCrd(object: Kinded): string[] {
  const validate = validatorOf(`${object.apiVersion}/${object.kind}`);
  return validate(object) === true ? [] : (validate.errors ?? []).map(told);
}

/**
 * `describe` for tests that need the schemas. Where Go or the modules are missing they are skipped, with one line that
 * says why; on CI, where they must be there, they fail.
 */
export function describeWithCrds(name: string, tests: () => void): void {
  const found = catalogue();
  if (!("missing" in found)) return describe(name, tests);
  if (process.env["CI"]) throw new Error(`${found.missing}: without CRDs nothing can be said about ${name}`);
  console.warn(`skipped "${name}": no CRD schemas (${found.missing})`);
  describe.skip(name, tests);
}

let read: Catalogue | undefined;
const catalogue = (): Catalogue => (read ??= readCatalogue());

const validators = new Map<string, ValidateFunction>();

function validatorOf(key: string): ValidateFunction {
  const known = validators.get(key) ?? ajv().compile(schemaOf(key));
  validators.set(key, known);
  return known;
}

function schemaOf(key: string): object {
  if (/^types\.kubefed\.io\/v1beta1\/Federated/.test(key)) return strictObjectSchema(federatedKind, false);
  const found = catalogue();
  if ("missing" in found) throw new Error(`no CRD schemas (${found.missing}): use describeWithCrds`);
  const kind = found.kinds.get(key);
  if (kind === undefined) throw new Error(`no CRD of ${key}; there are: ${[...found.kinds.keys()].sort().join(", ")}`);
  return strictObjectSchema(kind.schema, kind.namespaced);
}

function ajv(): Ajv.Ajv {
  const instance = new Ajv({ allErrors: true, unknownFormats: "ignore", logger: false });
  // Lists that are maps or sets to the API server: two items with the same key are refused.
  instance.addKeyword("x-kubernetes-list-type", {
    validate: (type: unknown, items: unknown, parent?: object) => distinct(type, items, parent),
    errors: false,
  });
  return instance;
}

function distinct(type: unknown, items: unknown, parent: object | undefined): boolean {
  if (!Array.isArray(items) || (type !== "map" && type !== "set")) return true;
  const keys = (parent as { readonly "x-kubernetes-list-map-keys"?: readonly string[] } | undefined)?.[
    "x-kubernetes-list-map-keys"
  ];
  const identities = items.map((item: unknown) =>
    JSON.stringify(
      type === "map" && keys !== undefined ? keys.map((key) => (item as Record<string, unknown>)[key]) : item,
    ),
  );
  return new Set(identities).size === identities.length;
}

function told({ dataPath, keyword, message, params }: ErrorObject): string {
  const where = dataPath.replace(/^\./, "") || "the object";
  if (keyword === "additionalProperties" && "additionalProperty" in params) {
    return `${where}: unknown field ${params.additionalProperty}`;
  }
  if (keyword === "x-kubernetes-list-type") return `${where}: two items with the same key`;
  const allowed = "allowedValues" in params ? ` ${JSON.stringify(params.allowedValues)}` : "";
  return `${where}: ${message ?? keyword}${allowed}`;
}
