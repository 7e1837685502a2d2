import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { markdownTable } from "../../lib/explain/markdown";

/** What the white paper on a financial-grade consortium chain asks, from which the project began. */
const requirements: Readonly<Record<string, string>> = {
  R1: "Peer, orderer (Raft), chaincode and SDK; `executetimeout` 15 s; external builder; clients through the gateway, with connections reused; event listening",
  R2: "Mutual TLS everywhere; Prometheus metrics and OpenTelemetry",
  R3: "Several organisations and channels; node OUs; ImplicitMeta MAJORITY Admins; signature policies such as `AND(...)`; lifecycle endorsement",
  R4: "Root CA, intermediate CA (path length 1), TLS enrolment, re-enrolment, warning 30 days before expiry, roles",
  R5: "Private data collections",
  R6: "Dual-active: pod 0 in zone-a, pod 1 in zone-b, orderer-0 in zone-a; stable names, ordered starts, a volume per pod; any one pod, node or zone may be lost; orderers start before peers",
  R7: "Federated: Services synchronised between clusters, global ingress, DNS names by themselves, weights, gray release, failover by health",
  R8: "Three-center: asynchronous block replication, snapshots every 5 s kept 1 h and per transaction kept 7 days, the failover flow",
  R9: "Helm chart and GitOps packaging: strict lint, signed OCI artefact, Flux",
  R10: "Gateway in three layers, adaptive trace sampling, supply-chain score gate, mapping to the national protection standard",
  R11: "National ciphers SM2, SM3, SM4 where the images support them",
};

const root = join(__dirname, "../..");

/** A test that shows a requirement, as it stands in the code. */
interface TaggedTest {
  readonly file: string;
  readonly name: string;
  readonly tags: readonly string[];
}

/** The names in a test file that carry tags: "orderers start before peers (R6)", or "(R1, R2)" for two. */
export function taggedTests(file: string, source: string): TaggedTest[] {
  const names = source.matchAll(/\b(?:test|it|describe)\b[^"`\n]*\(\s*(?:"((?:[^"\\\n]|\\.)*)"|`([^`]*)`)/g);
  return [...names].flatMap(([, quoted, template]) => {
    const name = (quoted ?? template ?? "").replace(/\\(.)/g, "$1");
    const tags = [...name.matchAll(/\((R\d+(?:, R\d+)*)\)/g)].flatMap(([, list = ""]) => list.split(", "));
    const bare = name.replace(/ *\(R\d+(?:, R\d+)*\)/g, "");
    return tags.length === 0 ? [] : [{ file, name: bare, tags }];
  });
}

/** docs/requirements.md: each requirement with the tests that carry its tag. */
export function requirementsPage(): string {
  const tests = testFiles().flatMap((file) => taggedTests(file, readFileSync(join(root, file), "utf8")));
  const unknown = tests.filter(({ tags }) => tags.some((tag) => requirements[tag] === undefined));
  if (unknown.length > 0) throw new Error(`tags of no requirement: ${unknown.map(({ name }) => name).join(", ")}`);
  const rows = Object.entries(requirements).map(([id, text]) => {
    const shown = tests.filter(({ tags }) => tags.includes(id));
    const list = shown.map(({ file, name }) => `[${escaped(name)}](../${file})`);
    return [id, text, list.length === 0 ? "no test yet" : list.join("<br>")];
  });
  return `# What was asked, and what shows it

Made from the names of the tests: one that ends in "(R6)" shows requirement R6. A requirement may be met in part only; what
is listed is what is tested.

${markdownTable(["Id", "Asked", "Tests"], rows)}
`;
}

/** What Markdown would take for marks of its own. */
const escaped = (name: string) => name.replace(/[[\]*_<>|]/g, "\\$&");

function testFiles(): string[] {
  return readdirSync(join(root, "tests"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => `tests/${file.split(sep).join("/")}`)
    .sort();
}
