import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { convertCommand } from "../../../cli/convert/command";

const root = join(__dirname, "../../..");
const corpus = join(root, "tests/unit/federation/corpus");
const refused = join(root, "tests/unit/federation/refused");

let output = "";
let folder = "";
beforeEach(() => {
  output = "";
  folder = mkdtempSync(join(tmpdir(), "fabric-topologies-convert-"));
  jest.spyOn(process.stdout, "write").mockImplementation((text) => ((output += String(text)), true));
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const convert = (...words: string[]) =>
  convertCommand()
    .exitOverride()
    .parseAsync(["kubefed", "karmada", ...words], { from: "user" });
const written = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort();

describe("fabric-topologies convert kubefed karmada", () => {
  it("writes nothing without -o, and says what would change in meaning", async () => {
    await convert(join(corpus, "workloads.yaml"));
    expect(output).toMatch(
      /Lost: Karmada cannot say it \(1\)\n {2}FederatedStatefulSet trade\/ledger .*workloads\.yaml:\d+\n/,
    );
    expect(output).toMatch(/\d+ objects for Karmada, 0 for the host; /);
  });

  it("writes files that kubectl applies in the right order, and what stays on the host apart", async () => {
    const out = join(folder, "converted");
    await convert(join(corpus, "members.yaml"), join(corpus, "workloads.yaml"), join(corpus, "types.yaml"), "-o", out);
    expect(readdirSync(join(out, "karmada"))).toEqual([
      "0-members.yaml",
      "1-cluster.yaml",
      "2-auctions.yaml",
      "2-trade.yaml",
    ]);
    expect(readdirSync(out)).toEqual(["host", "karmada", "report.md"]);
    const trade = parseAllDocuments(readFileSync(join(out, "karmada/2-trade.yaml"), "utf8"));
    const kinds = trade.map((document) => (document.toJS() as { readonly kind: string }).kind);
    expect(kinds.slice(0, 3)).toEqual(["OverridePolicy", "PropagationPolicy", "Deployment"]);
  });

  it("takes folders, with everything below them", async () => {
    mkdirSync(join(folder, "in/deep"), { recursive: true });
    writeFileSync(join(folder, "in/deep/a.yaml"), readFileSync(join(corpus, "namespaces.yaml")));
    writeFileSync(join(folder, "in/notes.txt"), "no manifest");
    await convert(join(folder, "in"), "--json");
    expect(JSON.parse(output)).toMatchObject({ objects: { karmada: 11, host: 0 } });
  });

  it("lets only the user read what it writes, and prints no secret", async () => {
    const out = join(folder, "converted");
    await convert(join(corpus, "members.yaml"), "-o", out, "--markdown");
    expect(statSync(join(out, "karmada/0-members.yaml")).mode & 0o077).toBe(0);
    expect(readFileSync(join(out, "karmada/0-members.yaml"), "utf8")).toContain("b25seS1LdWJlRmVkLWtub3dz");
    expect(output + readFileSync(join(out, "report.md"), "utf8")).not.toContain("b25seS1LdWJlRmVkLWtub3dz");
  });

  it("writes nothing at all where one object has no right counterpart, and tells every problem with its line", async () => {
    const out = join(folder, "converted");
    await expect(convert(join(corpus, "namespaces.yaml"), join(refused, "placement.yaml"), "-o", out)).rejects.toThrow(
      /^6 problems\n[^]*placement\.yaml:16:14 {2}FederatedConfigMap trade\/empty-list\.spec\.placement: found/,
    );
    expect(written()).toEqual([]);
  });

  it("shows no word of a manifest that is no YAML: it may be a secret", async () => {
    const file = join(folder, "secret.yaml");
    writeFileSync(file, "kind: Secret\ndata:\n  password: *hunter2\n  other: {\n");
    const said = await convert(file).then(String, String);
    expect(said).toMatch(/secret\.yaml:3:\d+ .*found the alias/);
    expect(said).not.toContain("hunter2");
  });

  it("replaces an earlier conversion with --force only", async () => {
    const out = join(folder, "converted");
    await convert(join(corpus, "workloads.yaml"), "-o", out);
    await expect(convert(join(corpus, "namespaces.yaml"), "-o", out)).rejects.toThrow("found an earlier conversion in");
    expect(readdirSync(join(out, "karmada"))).toContain("2-trade.yaml");
    await convert(join(corpus, "namespaces.yaml"), "-o", out, "--force");
    expect(readdirSync(join(out, "karmada"))).toEqual(["1-cluster.yaml", "2-narrow.yaml", "2-prod-only.yaml"]);
    expect(readdirSync(folder)).toEqual(["converted"]);
  });

  it("never replaces what it did not write, not even with --force", async () => {
    writeFileSync(join(folder, "mine.yaml"), "kind: Mine\n");
    await expect(convert(join(corpus, "workloads.yaml"), "-o", folder, "--force")).rejects.toThrow(
      "found mine.yaml in",
    );
    expect(written()).toEqual(["mine.yaml"]);
  });
});
