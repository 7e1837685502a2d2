import { gzipSync } from "node:zlib";
import type { ReportData, Reported } from "./reported";

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
