import { bytes, fieldAt } from "../../deploy/fields";
import type { RecordedGraph, RecordedResource } from "../graph";
import { kindOf, statement, type Comparison } from "./comparison";
import type { Diff, Statement } from "./document";

type Cost = Diff["cost"][number];

/** What is paid for, counted on both sides; only what is different. */
export function costOf({ before, after }: Comparison): Cost[] {
  const [was, is] = [counts(before.graph), counts(after.graph)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key): Cost[] => {
    const [what = "", unit = ""] = key.split("\n");
    const [from, to] = [rounded(was.get(key) ?? 0), rounded(is.get(key) ?? 0)];
    if (from === to) return [];
    return [{ what, ...(unit === "" ? {} : { unit }), before: from, after: to }];
  });
}

export function costStatements(cost: readonly Cost[]): Statement[] {
  return cost.map(({ what, unit, before, after }) =>
    statement(
      "cost",
      `${what}: ${before} → ${after}${unit === undefined ? "" : ` ${unit}`} (${after > before ? "+" : "−"}${rounded(Math.abs(after - before))}).`,
    ),
  );
}

const gibibyte = 2 ** 30;
const rounded = (value: number) => Math.round(value * 1000) / 1000;

function counts({ resources }: RecordedGraph): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const add = (what: string, amount: number, unit = "") =>
    sums.set(`${what}\n${unit}`, (sums.get(`${what}\n${unit}`) ?? 0) + amount);
  for (const resource of resources) {
    const kind = kindOf(resource);
    if (kind === "StatefulSet" || kind === "Deployment") addPods(resource, add);
    if (kind === "PersistentVolumeClaim") {
      add("Volumes", 1);
      add("Storage", bytes(fieldAt(resource.inputs, ["spec", "resources", "requests", "storage"])) / gibibyte, "GiB");
    }
    if (kind === "Service" && fieldAt(resource.inputs, ["spec", "type"]) === "LoadBalancer") add("Load balancers", 1);
    if (resource.type === "fabric:topologies:Site") add("Clusters", 1);
    // Whatever a cloud is asked for.
    if (resource.custom && !/^(kubernetes|pulumi):/.test(resource.type)) add(resource.type, 1);
  }
  return sums;
}

function addPods({ inputs }: RecordedResource, add: (what: string, amount: number, unit?: string) => void): void {
  const replicas = fieldAt(inputs, ["spec", "replicas"]);
  const pods = typeof replicas === "number" ? replicas : 1;
  add("Pods", pods);
  const containers = fieldAt(inputs, ["spec", "template", "spec", "containers"]);
  for (const container of Array.isArray(containers) ? containers : []) {
    const request = (resource: string) => fieldAt(container, ["resources", "requests", resource]);
    if (request("cpu") !== undefined) add("CPU requested", pods * bytes(request("cpu")), "cores");
    if (request("memory") !== undefined) add("Memory requested", (pods * bytes(request("memory"))) / gibibyte, "GiB");
  }
}
