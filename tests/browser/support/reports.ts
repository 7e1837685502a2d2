import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleSettings } from "../../../cli/input";
import { previewOfPlan } from "../../../cli/preview/previewed";
import { diffOf } from "../../../lib/preview/diff/diff";
import type { Preview } from "../../../lib/preview/document";
import { reportHtml } from "../../../lib/preview/report/report";
import type { Reported } from "../../../lib/preview/report/reported";
import { planStack } from "../../../topologies/plan";

/** Reports as files of a folder that goes with the tests. */
export interface Reports {
  readonly preview: (network: string) => Promise<Preview>;
  /** A file with that report. */
  readonly write: (name: string, reported: Reported) => Promise<string>;
  /** A file with that text, such as a network's. */
  readonly text: (name: string, text: string) => string;
  readonly remove: () => void;
}

export function reportsFolder(): Reports {
  const folder = mkdtempSync(join(tmpdir(), "fabric-topologies-report-"));
  const text = (name: string, content: string) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  return {
    preview: async (network) => {
      const plan = planStack({ settings: exampleSettings, network });
      return (await previewOfPlan(plan, "preview", "fabric-topologies")).preview;
    },
    write: async (name, reported) => text(`${name}.html`, await reportHtml(reported)),
    text,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** From one preview to another, as the command `diff` reports it. */
export function difference(before: Preview, after: Preview): Reported {
  return { preview: after, diff: diffOf({ label: "before", preview: before }, { label: "after", preview: after }) };
}
