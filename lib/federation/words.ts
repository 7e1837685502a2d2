import type { KubeObject } from "../constructs/manifests";
import { fieldAt } from "../deploy/fields";
import { federatedKind } from "./kubefed/types";
import { kindOf } from "./kinds";
import type { Engine } from "./render";

/** What an engine says of an object on a member. */
export interface EngineWord {
  /** Whether it says that the member has it. */
  readonly done: boolean;
  /** Its own words, where it says otherwise; empty where it says nothing. */
  readonly reason: string;
  /** Whether it has taken up the object at all. */
  readonly heard: boolean;
}

/** Where on the host an engine says how it goes with an object. */
export function wordPath(engine: Exclude<Engine, "direct">, object: KubeObject): string {
  const { namespace, name } = object.metadata;
  if (engine === "karmada") {
    const binding = `${name}-${object.kind.toLowerCase()}`;
    return namespace === undefined
      ? `/apis/work.karmada.io/v1alpha2/clusterresourcebindings/${binding}`
      : `/apis/work.karmada.io/v1alpha2/namespaces/${namespace}/resourcebindings/${binding}`;
  }
  const home = object.kind === "Namespace" ? name : namespace;
  const plural = `federated${kindOf(object).plural}`;
  const inside = home === undefined ? "" : `/namespaces/${home}`;
  return `/apis/types.kubefed.io/v1beta1${inside}/${plural}/${name}`;
}

/** What an engine says of one member, in the object at {@link wordPath}; undefined where there is no such object. */
export function wordOf(engine: Exclude<Engine, "direct">, said: unknown, member: string): EngineWord {
  if (said === undefined) return { done: false, reason: "", heard: false };
  return engine === "karmada" ? karmadaWord(said, member) : kubefedWord(said, member);
}

function karmadaWord(binding: unknown, member: string): EngineWord {
  const scheduled = conditionOf(binding, "Scheduled");
  const own = listAt(binding, ["status", "aggregatedStatus"]).find((one) => fieldAt(one, ["clusterName"]) === member);
  if (own === undefined) return { done: false, reason: wordsOf(scheduled), heard: scheduled !== undefined };
  const done = fieldAt(own, ["applied"]) === true;
  return { done, reason: done ? "" : textOf(fieldAt(own, ["appliedMessage"])), heard: true };
}

function kubefedWord(carrying: unknown, member: string): EngineWord {
  const own = listAt(carrying, ["status", "clusters"]).find((one) => fieldAt(one, ["name"]) === member);
  const propagation = conditionOf(carrying, "Propagation");
  const heard =
    propagation !== undefined &&
    fieldAt(carrying, ["status", "observedGeneration"]) === fieldAt(carrying, ["metadata", "generation"]);
  const status = textOf(fieldAt(own, ["status"]));
  // A member without a word of its own is in order where the whole is.
  return {
    done: own !== undefined && (status === "" || status === "OK"),
    reason: status === "OK" ? "" : status,
    heard,
  };
}

/** Kind of the object in which an engine says how it goes. */
export function wordKind(engine: Exclude<Engine, "direct">, { kind, metadata }: KubeObject): string {
  if (engine === "kubefed") return federatedKind(kind);
  return metadata.namespace === undefined ? "ClusterResourceBinding" : "ResourceBinding";
}

function conditionOf(object: unknown, type: string): unknown {
  return listAt(object, ["status", "conditions"]).find((one) => fieldAt(one, ["type"]) === type);
}

function wordsOf(condition: unknown): string {
  if (condition === undefined || fieldAt(condition, ["status"]) === "True") return "";
  return [fieldAt(condition, ["reason"]), fieldAt(condition, ["message"])].map(textOf).filter(Boolean).join(": ");
}

function listAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const found = fieldAt(value, path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
