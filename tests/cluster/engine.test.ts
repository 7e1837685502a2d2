/** The real Pulumi engine, as the sandbox sets it up, runs a TypeScript program with no network and no account. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

import { type PulumiEnvironment, pulumiEnvironment } from "../../sandbox/engine/environment";
import { ended, identify, type ProcessIdentity } from "../../sandbox/supervisor/process-identity";
import { printProgress } from "../../sandbox/toolchain";

const run = promisify(execFile);
const minutes = 60_000;
jest.setTimeout(2 * minutes);

let folder: string;
let engine: PulumiEnvironment;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "engine-"));
  engine = await pulumiEnvironment({ stateDir: join(folder, "state"), progress: printProgress(process.stderr) });
  // The checkout's own settings are what is tried: only the program is another one.
  const settings = readFileSync("Pulumi.yaml", "utf8").replace(/^name: .*$/m, "name: engine-test");
  writeFileSync(join(folder, "Pulumi.yaml"), settings);
  cpSync("tsconfig.json", join(folder, "tsconfig.json"));
  writeFileSync(join(folder, "package.json"), "{}");
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  mkdirSync(join(folder, "lib"));
  writeFileSync(
    join(folder, "lib/word.ts"),
    "export interface Word { readonly text: string }\nexport const word: Word = { text: 'typed' };\n",
  );
  program();
  await pulumi("stack", "init", "dev");
}, 60 * minutes);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the program; `lines` come after what every one has. */
function program(...lines: string[]): void {
  writeFileSync(
    join(folder, "index.ts"),
    [
      `import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";`,
      `import { Provider } from "@pulumi/kubernetes/provider";`,
      `import * as pulumi from "@pulumi/pulumi";`,
      `import { type Word, word } from "./lib/word";`,
      `const given: Word = word;`,
      `export const text = given.text;`,
      `export const folder = process.cwd() === __dirname;`,
      `export const secret = new pulumi.Config().getSecret("secret") ?? "none";`,
      ...lines,
    ].join("\n"),
  );
}

const pulumi = (...args: string[]) =>
  run(engine.pulumi, [...args, "--non-interactive"], { cwd: folder, env: { ...engine.env, CI: "true" } });

/** Every file below the folder in which the engine keeps its stacks. */
const stateFiles = () =>
  readdirSync(join(folder, "state/backend"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test("a program and its imports run as they are written, and the engine has nothing to warn of", async () => {
  const { stdout, stderr } = await pulumi("preview");
  expect(stdout).toContain('text  : "typed"');
  expect(stdout).toContain("folder: true");
  expect(stdout + stderr).not.toMatch(/warning/i);
});

test("secrets are in no file of the state in clear", async () => {
  await pulumi("config", "set", "--secret", "secret", "correct-horse-battery");
  await pulumi("up", "--yes");
  const { stdout } = await pulumi("stack", "output", "--json", "--show-secrets");
  expect(JSON.parse(stdout)).toEqual({ text: "typed", folder: true, secret: "correct-horse-battery" });
  expect(stateFiles().length).toBeGreaterThan(0);
  for (const file of stateFiles()) expect(readFileSync(file, "utf8")).not.toContain("correct-horse-battery");
});

test("the Kubernetes provider of the SDK's release answers", async () => {
  program(
    `const provider = new Provider("yaml", { renderYamlToDirectory: "rendered" });`,
    `new ConfigMap("one", { metadata: { name: "one" }, data: { a: "b" } }, { provider });`,
  );
  await pulumi("up", "--yes", "--skip-preview");
  const files = readdirSync(join(folder, "rendered"), { recursive: true, encoding: "utf8" });
  const manifest = files.find((file) => file.endsWith(".yaml")) ?? "";
  expect(readFileSync(join(folder, "rendered", manifest), "utf8")).toMatch(/kind: ConfigMap\n/);
  const { stdout } = await pulumi("stack", "export");
  expect(stdout).toContain('"version": "4.25.0"');
});

test("what fails in the program is shown where it was written, and the exit code says so", async () => {
  program(
    // The SDK formats stacks with a library that does not see the source maps of tsx; Node itself does.
    `Error.prepareStackTrace = undefined;`,
    `throw new Error("no such topology");`,
  );
  const failed = await pulumi("preview").catch((error: { code: number; stdout: string }) => error);
  expect(failed).toMatchObject({ code: 1, stdout: expect.stringMatching(/no such topology[^]*index\.ts:10:7/) });
});

test("a killed engine leaves no process behind, and one command that it names frees the stack", async () => {
  program(
    `const provider = new Provider("yaml", { renderYamlToDirectory: "rendered" });`,
    `new ConfigMap("two", { metadata: { name: "two" } }, { provider });`,
    `console.log("waiting");`,
    `export const never = pulumi.output(new Promise(() => setTimeout(() => undefined, 3_600_000)));`,
  );
  const up = spawn(engine.pulumi, ["up", "--yes", "--skip-preview", "--non-interactive"], {
    cwd: folder,
    env: engine.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const killed = once(up, "close");
  await new Promise<void>((seen) => up.stdout.on("data", (text) => String(text).includes("waiting") && seen()));
  const started = await descendants(up.pid ?? 0);
  // The language host, its program and the provider.
  expect(started.length).toBeGreaterThanOrEqual(3);
  up.kill("SIGKILL");
  await killed;
  expect(await Promise.all(started.map((process) => ended(process, 10_000)))).not.toContain(false);

  program();
  const locked = await pulumi("up", "--yes").catch((error: { stderr: string; stdout: string }) => error);
  expect(locked.stdout + locked.stderr).toMatch(/locked by 1 lock[^]*pulumi cancel/);
  await pulumi("cancel", "--yes");
  await pulumi("up", "--yes");
});

/** Every process below one. */
async function descendants(root: number): Promise<ProcessIdentity[]> {
  const { stdout } = await run("ps", ["-eo", "ppid=,pid="]);
  const rows = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    rows.flatMap(([ppid, pid]) => (ppid === parent && pid !== undefined ? [pid, ...below(pid)] : []));
  return below(root).flatMap((pid) => identify(pid) ?? []);
}
