import { gzipSync } from "node:zlib";
import type { ResourceChange } from "../diff/document";
import type { PolicyResult, Preview } from "../document";
import type { RecordedResource } from "../graph";
import type { Reported } from "./reported";

/** What the report's script works on. */
export interface ReportData {
  readonly resources: readonly RecordedResource[];
  readonly changes: readonly ResourceChange[];
  readonly findings: readonly PolicyResult[];
  readonly configs: readonly Pick<Preview["channels"][number], "name" | "config">[];
}

/**
 * All of it in base64, compressed: objects are alike, and a large network comes to a hundredth. No letter of base64 means
 * anything in HTML.
 */
export function reportData({ preview, diff }: Reported): string {
  const data: ReportData = {
    resources: preview.graph.resources,
    changes: diff?.changes ?? [],
    findings: preview.policies.findings,
    configs: preview.channels.map(({ name, config }) => ({ name, config })),
  };
  return gzipSync(JSON.stringify(data), { level: 9 }).toString("base64");
}
