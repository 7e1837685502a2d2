import type { Path } from "../../spec/problem";
import { stepsOf } from "../patch";
import { isMapping, type Manifest, type Texts } from "./manifest";
import type { Notebook } from "./notebook";

/** Annotations that one member has, or has not, beside the template's. */
export interface AnnotationChange {
  readonly operator: "add" | "remove";
  readonly value: Texts;
  /** KubeFed wrote the whole map, so that nothing else was in it. */
  readonly whole: boolean;
}

interface Place {
  readonly manifest: Manifest;
  readonly cluster: string;
  readonly at: Path;
}

interface Override {
  readonly op?: string | undefined;
  readonly path: string;
  readonly value?: unknown;
}

/**
 * Annotations overridden for one member. KubeFed drops the template's, keeps the member's own, and can write only the
 * whole map at first; Karmada sets and removes single keys and leaves the others alone.
 */
export function annotationsIn(override: Override, place: Place, notebook: Notebook): AnnotationChange[] {
  const [, , key, ...deeper] = stepsOf(override.path);
  if (deeper.length > 0 || !/^\/metadata\/annotations(\/|$)/.test(override.path)) {
    return refused(override, place, notebook, "the whole map, or one key of it");
  }
  return key === undefined ? wholeMap(override, place, notebook) : oneKey(override, key, place, notebook);
}

function wholeMap(override: Override, { manifest, cluster, at }: Place, notebook: Notebook): AnnotationChange[] {
  const subject = "annotations" as const;
  if (override.op === "remove") {
    notebook.tell(manifest, at, {
      subject,
      weight: "lost",
      kubefed: `every annotation is removed on ${cluster}, those of controllers too; before there is one, it fails`,
      karmada: "annotations of controllers stay; those of the template are removed there",
    });
    const template = templateAnnotations(manifest);
    const none = Object.keys(template).length === 0;
    return none ? [] : [{ operator: "remove", value: template, whole: true }];
  }
  const value = texts(override.value);
  if (value === undefined)
    return refused(override, { manifest, cluster, at }, notebook, "a mapping from names to texts");
  const fails = override.op === "add" ? "" : "; with replace that fails until the member has an annotation";
  notebook.tell(manifest, at, {
    subject,
    weight: "changed",
    kubefed: `the whole map of annotations is written on ${cluster} at every synchronisation, which wipes what controllers wrote${fails}`,
    karmada: "these keys are set there and others left alone",
  });
  return [{ operator: "add", value, whole: true }];
}

function oneKey(override: Override, key: string, place: Place, notebook: Notebook): AnnotationChange[] {
  const { manifest, cluster, at } = place;
  const remove = override.op === "remove";
  const { value } = override;
  if (!remove && typeof value !== "string") return refused(override, place, notebook, "a text");
  notebook.tell(manifest, at, {
    subject: "annotations",
    weight: "changed",
    kubefed: `the annotation ${key} is ${remove ? "removed" : "set"} on ${cluster}, which fails (ApplyOverridesFailed) until the member has annotations`,
    karmada: `it is ${remove ? "removed there where the template has it" : "set there from the beginning"}`,
  });
  return [{ operator: remove ? "remove" : "add", value: { [key]: remove ? "" : String(value) }, whole: false }];
}

function refused({ path }: Override, { manifest, cluster, at }: Place, notebook: Notebook, allowed: string): [] {
  notebook.refuse(manifest, {
    path: [...at, "path"],
    found: `an override of ${path} for ${cluster} that is no annotation`,
    allowed,
    fix: "Annotations are texts: put numbers and true or false into quotes.",
  });
  return [];
}

/** kubectl's own note of what was applied; it is of no use, and full of what it notes. */
export const ownNote = "kubectl.kubernetes.io/last-applied-configuration";

/** The annotations of a federated object's template, which KubeFed dropped. */
export function templateAnnotations({ value }: Manifest): Texts {
  const spec = value["spec"];
  const template = isMapping(spec) ? spec["template"] : undefined;
  const metadata = isMapping(template) ? template["metadata"] : undefined;
  const found = texts(isMapping(metadata) ? (metadata["annotations"] ?? {}) : {}) ?? {};
  return Object.fromEntries(Object.entries(found).filter(([key]) => key !== ownNote));
}

/** A mapping of texts, if it is one. */
export function texts(value: unknown): Texts | undefined {
  return isMapping(value) && Object.values(value).every((text) => typeof text === "string")
    ? (value as Texts)
    : undefined;
}
