import { z } from "zod";
import type { Json } from "../../constructs/manifests";
import type { Path } from "../../spec/problem";
import { text } from "../../spec/scalars";
import { patched, type Operation } from "../patch";
import { annotationsIn, type AnnotationChange } from "./annotations";
import type { Manifest, ManifestObject } from "./manifest";
import type { Notebook } from "./notebook";

/** `spec.overrides` of every federated kind. */
export const overridesSchema = z.array(
  z.strictObject({
    clusterName: text("the name of a KubeFedCluster"),
    clusterOverrides: z
      .array(
        z.strictObject({
          op: z.string("add, remove or replace").optional(),
          path: text("a JSON pointer, such as /spec/replicas"),
          value: z.unknown().optional(),
        }),
      )
      .optional(),
  }),
);
type Overrides = z.output<typeof overridesSchema>;

/** What is another on one member. */
export interface MemberOverrides {
  readonly cluster: string;
  readonly operations: readonly Operation[];
  readonly annotations: readonly AnnotationChange[];
}

/** What an object is, for its overrides. */
export interface Overridden {
  readonly manifest: Manifest;
  /** As KubeFed would make it before the overrides: without annotations. */
  readonly bare: ManifestObject;
  /** A ReplicaSchedulingPreference rules the number of pods: KubeFed writes these overrides itself. */
  readonly scheduled: boolean;
}

/** Fields by which KubeFed knows the object again, or that only an API server may write. */
const forbidden: ReadonlySet<string> = new Set([
  "/metadata/namespace",
  "/metadata/name",
  "/metadata/generateName",
  "/kind",
]);
/** Karmada takes these out of whatever it sends to members, after the overrides. */
const pruned =
  /^\/(status|metadata\/(finalizers|ownerReferences|uid|resourceVersion|generation|managedFields|creationTimestamp|selfLink|deletion\w+))(\/|$)/;

/** The overrides by member as Karmada can say them; what is wrong or means something else goes into the notebook. */
export function overridesBy(overrides: Overrides, overridden: Overridden, notebook: Notebook): MemberOverrides[] {
  const seen = new Set<string>();
  return overrides.flatMap(({ clusterName, clusterOverrides }, index) => {
    const { manifest } = overridden;
    if (seen.has(clusterName)) {
      notebook.refuse(manifest, {
        path: ["spec", "overrides", index, "clusterName"],
        found: `overrides of ${clusterName} a second time`,
        allowed: "each cluster once: KubeFed refuses the object as a whole",
        fix: "Put all of its overrides into one list.",
      });
      return [];
    }
    seen.add(clusterName);
    const at = (entry: number): Path => ["spec", "overrides", index, "clusterOverrides", entry];
    const member = new MemberReader(overridden, clusterName, notebook);
    (clusterOverrides ?? []).forEach((override, entry) => {
      member.read(override, at(entry));
    });
    return [member.result()];
  });
}

type Override = NonNullable<Overrides[number]["clusterOverrides"]>[number];

/** Goes through one member's overrides in their order, on the object as it is after each. */
class MemberReader {
  private readonly operations: Operation[] = [];
  private readonly annotations: AnnotationChange[] = [];
  private readonly paths = new Set<string>();
  private object: Json;

  constructor(
    private readonly overridden: Overridden,
    private readonly cluster: string,
    private readonly notebook: Notebook,
  ) {
    this.object = overridden.bare as Json;
  }

  result(): MemberOverrides {
    return { cluster: this.cluster, operations: this.operations, annotations: this.annotations };
  }

  read(override: Override, at: Path): void {
    const { path } = override;
    const { manifest, scheduled } = this.overridden;
    if (!this.wellFormed(override, at)) return;
    if (scheduled && path === "/spec/replicas") {
      return this.notebook.tell(manifest, at, {
        subject: "replicas",
        weight: "same",
        kubefed: `the ReplicaSchedulingPreference writes the override of ${path} for ${this.cluster} itself`,
        karmada: "the policy divides the replicas; the override is left out",
      });
    }
    if (path.startsWith("/metadata/annotations")) {
      return void this.annotations.push(
        ...annotationsIn(override, { ...this.overridden, cluster: this.cluster, at }, this.notebook),
      );
    }
    if (pruned.test(path) || this.allocated(path)) {
      return this.notebook.tell(manifest, at, {
        subject: "overrides",
        weight: "lost",
        kubefed: `${path} is overridden for ${this.cluster}`,
        karmada: "Karmada takes this field out of what it sends to members; the override is left out",
      });
    }
    this.operation(override, at);
  }

  private operation({ op, path, value }: Override, at: Path): void {
    const { manifest, bare } = this.overridden;
    const operation = operationOf(op, path, value);
    try {
      this.object = patched(this.object, [operation]);
    } catch {
      return this.notebook.refuse(manifest, {
        path: [...at, "path"],
        found: `an override of ${path} for ${this.cluster}, which leads nowhere in the template`,
        allowed: `${operation.op === "add" ? "a path whose parent exists" : "a path that exists"}: KubeFed reports ApplyOverridesFailed, and Karmada says that all is well and sends nothing`,
        fix:
          operation.op === "replace"
            ? "Write `op: add`, or put the field into the template."
            : "Correct the path, or take the override away.",
      });
    }
    if (op === undefined || op === "") {
      this.notebook.tell(manifest, at, {
        subject: "overrides",
        weight: "same",
        kubefed: `the override of ${path} has no op, which means replace`,
        karmada: "operator: replace; Karmada has no default",
      });
    }
    if (bare.kind === "Secret" && /^\/(data|stringData)(\/|$)/.test(path)) {
      this.notebook.tell(manifest, at, {
        subject: "overrides",
        weight: "todo",
        kubefed: `${path} is overridden for ${this.cluster}; the value stands in the federated object`,
        karmada: "the value stands in an OverridePolicy and in annotations of Karmada's Work objects, in the clear",
        remedy: "make a Secret of its own for each member, with a policy that places it there",
      });
    }
    this.operations.push(operation);
  }

  private wellFormed({ op, path, value }: Override, at: Path): boolean {
    const refuse = (found: string, allowed: string, fix: string): false => {
      this.notebook.refuse(this.overridden.manifest, { path: [...at, "path"], found, allowed, fix });
      return false;
    };
    if (!["", "add", "remove", "replace"].includes(op ?? "")) {
      this.notebook.refuse(this.overridden.manifest, {
        path: [...at, "op"],
        found: `"${op ?? ""}"`,
        allowed: "add, remove or replace; nothing means replace",
        fix: "Say it with these.",
      });
      return false;
    }
    if (this.paths.has(path)) {
      const found = `the path ${path} a second time for ${this.cluster}`;
      return refuse(found, "each path once: KubeFed refuses the object as a whole", "Keep one of the two.");
    }
    this.paths.add(path);
    if (
      !/^\/./.test(path) ||
      /~(?![01])/.test(path) ||
      path === "/metadata" ||
      path === "/spec/template/metadata/name"
    ) {
      return refuse(
        `an override of ${path} for ${this.cluster}`,
        "a JSON pointer to a field, such as /spec/replicas",
        "Override the single fields that differ.",
      );
    }
    if (forbidden.has(path) || path === "/apiVersion") {
      return refuse(
        `an override of ${path} for ${this.cluster}`,
        path === "/apiVersion"
          ? "the same API version on every member: Karmada looks for the object by the template's"
          : "any other path: by this one KubeFed knows the object again, and refuses it as a whole",
        "Take the override away; what needs another name is another object.",
      );
    }
    if (op !== "remove" && value === undefined) {
      return refuse(
        `an override of ${path} for ${this.cluster} without value`,
        "a value",
        "Add one, or write op: remove.",
      );
    }
    return true;
  }

  /** A Service's address, which every member gives itself. */
  private allocated(path: string): boolean {
    return this.overridden.bare.kind === "Service" && /^\/spec\/clusterIPs?(\/|$)/.test(path);
  }
}

function operationOf(op: Override["op"], path: string, value: unknown): Operation {
  if (op === "remove") return { op, path };
  return { op: op === "add" ? "add" : "replace", path, value: value as Json };
}
