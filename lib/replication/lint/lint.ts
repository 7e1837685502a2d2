import type { Problem } from "../../spec/problem";
import { connectionFaults } from "./connections";
import type { Fault, Promise } from "./fault";
import { optionFaults } from "./options";
import { optionsIn, readResourceFile, sectionsIn, type Statement } from "./parse";
import { generationFaults } from "./generation";

/**
 * What is wrong with a file of DRBD's configuration although `drbdadm sh-nop` takes it, or would say in words that help
 * nobody: machines without a connection, counts written as sizes, a quorum that cannot be, rates that nothing keeps.
 * Use it beside `drbdadm`, not instead.
 *
 * @param file Its name in messages.
 * @param promise What was promised of it, such as 100 MB/s.
 */
export function lintResourceFile(file: string, text: string, promise: Promise = {}): readonly Problem[] {
  const statements = readResourceFile(text);
  const resources = sectionsIn(statements, "resource");
  const common = sectionsIn(statements, "common").flatMap(({ inner }) => inner ?? []);
  const faults =
    resources.length === 0 && common.length === 0
      ? [nothing]
      : [
          ...generationFaults(statements),
          ...optionFaults({ name: "common", whole: common, own: common }, promise),
          ...resources.flatMap((resource) => resourceFaults(resource, common, promise)),
        ];
  return faults
    .map(({ line, path, found, allowed, fix }): Problem => {
      return { document: "replication", path, found, allowed, fix, file, line, column: 1 };
    })
    .sort((one, other) => one.line - other.line);
}

const nothing: Fault = {
  line: 1,
  path: [],
  found: "no resource",
  allowed: "resource <name> { … }, with a machine for each copy",
  fix: "name a file of DRBD's configuration, such as /etc/drbd.d/fabric-ledger.res",
};

function resourceFaults(resource: Statement, common: readonly Statement[], promise: Promise): Fault[] {
  const own = resource.inner ?? [];
  const name = resource.words[1]?.text ?? "";
  const hosts = sectionsIn(own, "on").flatMap(({ words }) => words.slice(1));
  const part = { name, line: resource.line, own, whole: [...own, ...common], hosts };
  const handlers = optionsIn(part.whole, "handlers");
  return [...optionFaults(part, promise), ...connectionFaults(part, handlers, promise)];
}
