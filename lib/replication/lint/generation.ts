import type { Path } from "../../spec/problem";
import type { Fault } from "./fault";
import type { Statement } from "./parse";

/** Words of DRBD 8 in a file for DRBD 9, and addresses that nobody looks up. Wherever they stand. */
export function generationFaults(statements: readonly Statement[], path: Path = []): Fault[] {
  return statements.flatMap(({ words, line, inner = [] }) => {
    const [first] = words;
    const name = first?.text ?? "";
    const here = [
      ...path,
      words
        .slice(0, 2)
        .map(({ text }) => text)
        .join(" "),
    ];
    const option = [...path, name];
    return [
      ...(name === "syncer" ? [syncer(line, here)] : []),
      ...(name === "stacked-on-top-of" ? [stacked(line, here)] : []),
      ...(name === "address" && !isLiteral(words.at(-1)?.text ?? "")
        ? [address(line, option, words.at(-1)?.text ?? "")]
        : []),
      ...generationFaults(inner, here),
    ];
  });
}

const syncer = (line: number, path: Path): Fault => ({
  line,
  path,
  found: "a section syncer, which is of DRBD 8",
  allowed: "disk { c-max-rate 97656; } in each connection",
  fix: "let `fabric-topologies migrate-syncer` say what its options mean now",
});

const stacked = (line: number, path: Path): Fault => ({
  line,
  path,
  found: "a stacked resource, which DRBD 9 keeps for old installations only",
  allowed: "one resource with all machines, and a connection between every two",
  fix: "write the third machine with on <name> { … } and its connections with protocol A",
});

const address = (line: number, path: Path, found: string): Fault => ({
  line,
  path,
  found: `the address ${found}`,
  allowed: "a literal address with a port, such as ipv4 10.0.1.10:7789 or ipv6 [fd00::1]:7789: DRBD looks up no names",
  fix: "write the machine's address of the replication network",
});

const isLiteral = (text: string): boolean => /^([0-9]{1,3}(\.[0-9]{1,3}){3}|\[[0-9a-f:.%]+\]):[0-9]+$/i.test(text);
