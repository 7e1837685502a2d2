import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { pulumiEnvironment, shellLines } from "../../../sandbox/engine/environment";

let machine: string;
let stateDir: string;
let env: NodeJS.ProcessEnv;

beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "machine-"));
  stateDir = join(machine, "state/pulumi");
  for (const name of ["tools/pulumi", "tools/pulumi-resource-kubernetes"]) executable(name);
  env = { PATH: join(machine, "bin"), HOME: machine, FABRIC_TOPOLOGIES_TOOLS: join(machine, "tools") };
});
afterEach(() => rmSync(machine, { recursive: true }));

function executable(name: string): string {
  const file = join(machine, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  return file;
}

const make = () => pulumiEnvironment({ stateDir, env });
const plugin = (folder: string, name: string) => join(stateDir, "home/plugins", folder, name);

test("everything that the engine keeps is below the state folder, and readable by this user alone", async () => {
  const made = await make();
  expect(made.pulumi).toBe(join(machine, "tools/pulumi"));
  expect(made.env).toMatchObject({
    HOME: machine,
    PATH: `${join(machine, "tools")}:${join(machine, "bin")}`,
    PULUMI_BACKEND_URL: `file://${stateDir}/backend?metadata=skip`,
    PULUMI_HOME: `${stateDir}/home`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
  });
  const passphrase = made.env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "";
  expect(dirname(passphrase)).toBe(stateDir);
  expect(statSync(passphrase).mode & 0o777).toBe(0o600);
  expect(statSync(join(stateDir, "backend")).mode & 0o777).toBe(0o700);
  expect(readFileSync(passphrase, "utf8")).toMatch(/^[\w-]{43}$/);
});

test("the passphrase stays what it was, and differs from folder to folder", async () => {
  const first = readFileSync((await make()).env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "", "utf8");
  const again = readFileSync((await make()).env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "", "utf8");
  expect(again).toBe(first);
  stateDir = join(machine, "other");
  expect(readFileSync((await make()).env["PULUMI_CONFIG_PASSPHRASE_FILE"] ?? "", "utf8")).not.toBe(first);
});

test("a passphrase of the user's own environment cannot win over the file", async () => {
  env["PULUMI_CONFIG_PASSPHRASE"] = "the user's own";
  const made = await make();
  expect("PULUMI_CONFIG_PASSPHRASE" in made.env).toBe(false);
  expect(shellLines(made.variables)).toContain("unset PULUMI_CONFIG_PASSPHRASE\n");
});

test("provider and stand-in language host are installed as plugins, and follow when they move", async () => {
  await expect(make()).resolves.toMatchObject({ languageHost: "stand-in" });
  const provider = plugin("resource-kubernetes-v4.25.0", "pulumi-resource-kubernetes");
  expect(readlinkSync(provider)).toBe(join(machine, "tools/pulumi-resource-kubernetes"));
  const host = realpathSync(plugin("language-nodejs-v3.248.0", "pulumi-language-nodejs"));
  expect(host).toMatch(/sandbox\/engine\/bin\/pulumi-language-nodejs$/);
  expect(statSync(host).mode & 0o111).toBe(0o111);

  for (const name of ["moved/pulumi", "moved/pulumi-resource-kubernetes"]) executable(name);
  env["FABRIC_TOPOLOGIES_TOOLS"] = join(machine, "moved");
  await make();
  expect(readlinkSync(provider)).toBe(join(machine, "moved/pulumi-resource-kubernetes"));
});

test.each(["bin", "tools"])("Pulumi's own language host is left in peace where it is in %s", async (folder) => {
  executable(`${folder}/pulumi-language-nodejs`);
  await expect(make()).resolves.toMatchObject({ languageHost: "official" });
  expect(() => readlinkSync(plugin("language-nodejs-v3.248.0", "pulumi-language-nodejs"))).toThrow("ENOENT");
});

test("a provider of the user's PATH does not get before ours", async () => {
  executable("bin/pulumi-resource-kubernetes");
  expect((await make()).env["PATH"]?.split(":")[0]).toBe(join(machine, "tools"));
});

test("PATH stays as it is where its own pulumi is the one to be used", async () => {
  env["PATH"] = `${join(machine, "bin")}:${join(machine, "tools")}`;
  expect((await make()).env["PATH"]).toBe(env["PATH"]);
});

test("shell lines survive blanks and quotes", () => {
  expect(shellLines({ A: "it's here", B: undefined })).toBe("export A='it'\\''s here'\nunset B\n");
});
