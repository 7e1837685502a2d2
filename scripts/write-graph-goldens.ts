import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fingerprintsOf, fingerprintsSchema, instabilities } from "../lib/preview/stability";
import { examples, goldenFile, recordExample } from "../tests/graph/support/examples";

/**
 * Writes the fingerprints of every example's resources: `npx tsx scripts/write-graph-goldens.ts`. What would cost a
 * deployed stack its resources or its ledgers is refused; `--accept` writes it all the same, for a change that says in
 * its commit how such stacks get over it.
 */
async function main(): Promise<void> {
  for (const name of examples) {
    const file = goldenFile(name);
    const graph = await recordExample(name);
    const before = existsSync(file) ? fingerprintsSchema.parse(JSON.parse(readFileSync(file, "utf8"))) : {};
    const found = instabilities(before, graph);
    for (const one of found) console.error(`${name}: ${one.urn}\n    found ${one.found}\n    do: ${one.fix}`);
    if (found.length > 0 && !process.argv.includes("--accept")) {
      process.exitCode = 1;
      continue;
    }
    const lines = Object.entries(fingerprintsOf(graph)).map(
      ([urn, rest]) => `${JSON.stringify(urn)}: ${JSON.stringify(rest)}`,
    );
    writeFileSync(file, `{\n${lines.join(",\n")}\n}\n`);
  }
}

void main();
