import type { Finding, Path } from "../spec/problem";
import type { Settings } from "../spec/settings";

/** What is said of centers where the topology has none. */
export function checkNoCenters({ sites, recovery, topology }: Settings): Finding[] {
  const finding = (path: Path, what: string): Finding => ({
    document: "settings",
    path,
    at: "key",
    found: what,
    allowed: `neither \`center\` nor \`recovery\` in ${topology}: they belong to three-center`,
    fix: "take it out, or choose topology three-center",
  });
  return [
    ...sites.flatMap(({ name, center }, index) =>
      center === undefined ? [] : [finding(["sites", index, "center"], `${name} as ${center} center`)],
    ),
    ...(recovery === undefined ? [] : [finding(["recovery"], "`recovery`")]),
  ];
}
