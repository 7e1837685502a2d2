import { masked, type RecordedResource } from "../graph";
import type { ToldResource } from "./told";

type Part = Readonly<Record<string, unknown>>;

/**
 * A recorded resource as it is held against the engine's: without what the engine does not print, and with one thing that
 * the provider writes in another way.
 */
export function ofRecorder(resource: RecordedResource): Part {
  return {
    ...without(resource, notPrinted),
    dependencies: [...resource.dependencies].sort(),
    inputs: secretAsData(resource),
  };
}

/** Options of a program that the engine obeys and does not print (Pulumi 3.259). */
const notPrinted: ReadonlySet<string> = new Set(["aliases", "deleteBeforeReplace"]);

/**
 * The engine's resource, in the form of a recorded one. What it has and a recorded resource has not, such as
 * `customTimeouts`, stays, and is a difference: the recorder would have to learn it.
 */
export function ofEngine(resource: ToldResource): Part {
  const { provider } = resource;
  return {
    ...without(resource, engineOwn),
    // The engine prints a URN only, of which a resource's name is the last part.
    name: resource.urn.split("::").slice(3).join("::"),
    ...(provider === undefined ? {} : { provider: withoutId(provider) }),
    dependencies: [...resource.dependencies].sort(),
    inputs: withoutEngineOwn(resource),
  };
}

/**
 * Which line of the program asked; which property comes from which resource (their union are the dependencies, which are
 * compared); which outputs the SDK's class of a resource marks as secret; and what is true of the object that is there
 * already, not of what is asked for.
 */
const engineOwn: ReadonlySet<string> = new Set([
  ...["sourcePosition", "stackTrace", "propertyDependencies", "additionalSecretOutputs"],
  ...["id", "outputs", "created", "modified", "initErrors"],
]);

/**
 * The provider's check writes the `stringData` of a Secret into its `data`. Both are masked as a whole, so that all that
 * can be said is whether there are any.
 */
function secretAsData({ type, inputs }: RecordedResource): Part {
  if (type !== "kubernetes:core/v1:Secret" || inputs["stringData"] !== masked) return inputs;
  return { ...without(inputs, new Set(["stringData"])), data: masked };
}

/** A reference is a URN and an id; the id is unknown before there is a provider, and made up by the engine then. */
function withoutId(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("::"));
}

/** To what a program says of a provider, the engine adds the plugin's version, and an empty place for notes of its own. */
function withoutEngineOwn({ type, inputs }: ToldResource): Part {
  if (!type.startsWith("pulumi:providers:")) return inputs;
  return without(inputs, new Set(["version", ...(isEmpty(inputs["__internal"]) ? ["__internal"] : [])]));
}

function without(part: Part, keys: ReadonlySet<string>): Part {
  return Object.fromEntries(Object.entries(part).filter(([key]) => !keys.has(key)));
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}
