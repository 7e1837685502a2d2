import type { Diff, ResourceChange } from "../diff/document";
import type { PolicyResult, Preview } from "../document";
import type { RecordedResource } from "../graph";

/** What a report tells about: a preview, or what changes on the way to it. */
export interface Reported {
  /** How it will be. */
  readonly preview: Preview;
  readonly diff?: Diff;
}

/** What the report's script works on. */
export interface ReportData {
  readonly resources: readonly RecordedResource[];
  readonly changes: readonly ResourceChange[];
  readonly findings: readonly PolicyResult[];
  readonly configs: readonly Pick<Preview["channels"][number], "name" | "config">[];
}
