import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutRequest,
  GetRequiredPluginsRequest,
  ProgramInfo,
  RunPluginRequest,
  type RunPluginResponse,
  RunRequest,
  type RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";

import {
  programArguments,
  programEnvironment,
  runtimeOptions,
  splitWords,
} from "../../../sandbox/engine/program-arguments";

// Each test starts processes: on a busy machine that takes seconds.
jest.setTimeout(30_000);

const launcher = resolve("sandbox/engine/bin/pulumi-language-nodejs");

test.each([
  ["--import tsx", ["--import", "tsx"]],
  ["  --max-old-space-size=4096   --inspect ", ["--max-old-space-size=4096", "--inspect"]],
  [`--require "./with blank.js" --title='a "b"'`, ["--require", "./with blank.js", `--title=a "b"`]],
  ["", []],
])("splits %j as a shell does", (line, words) => {
  expect(splitWords(line)).toEqual(words);
});

test("TypeScript by the SDK is on unless Pulumi.yaml turns it off", () => {
  expect(runtimeOptions({})).toEqual({ nodeArguments: [], typescript: true, tsconfig: undefined });
  expect(runtimeOptions({ typescript: false, nodeargs: "--import tsx", tsconfig: "a.json" })).toEqual({
    nodeArguments: ["--import", "tsx"],
    typescript: false,
    tsconfig: "a.json",
  });
});

test("a run's request becomes arguments and environment of the SDK's runner", () => {
  const request = new RunRequest()
    .setProject("fabric")
    .setStack("dev")
    .setOrganization("organization")
    .setMonitorAddress("127.0.0.1:1")
    .setParallel(8)
    .setDryrun(true)
    .setInfo(new ProgramInfo().setRootDirectory("/root").setProgramDirectory("/program").setEntryPoint("index.ts"))
    .setConfigsecretkeysList(["fabric:secret"]);
  request.getConfigMap().set("fabric:word", "hello");
  expect(programArguments(request, "127.0.0.1:2").join(" ")).toBe(
    "--monitor 127.0.0.1:1 --engine 127.0.0.1:2 --organization organization --project fabric " +
      "--root-directory /root --stack dev --pwd /program --parallel 8 --dry-run index.ts",
  );
  expect(programArguments(request.setDryrun(false), "")).not.toContain("--dry-run");
  expect(programEnvironment(request, runtimeOptions({ typescript: false, tsconfig: "t.json" }), { A: "b" })).toEqual({
    A: "b",
    PULUMI_CONFIG: '{"fabric:word":"hello"}',
    PULUMI_CONFIG_SECRET_KEYS: '["fabric:secret"]',
    PULUMI_NODEJS_TYPESCRIPT: "false",
    PULUMI_NODEJS_TSCONFIG_PATH: "t.json",
  });
});

test("a host whose engine ended before it was looked for ends too", async () => {
  const engine = createServer();
  const address = await listen(engine);
  await once(engine.close(), "close");
  const host = spawn(launcher, [address], { stdio: "ignore" });
  expect(await once(host, "close")).toEqual([1, null]);
});

describe("the running host", () => {
  let folder: string;
  let host: ChildProcess;
  let client: LanguageRuntimeClient;
  /** Stands for the engine, which only has to be there. */
  const engine = createServer();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "program-"));
    host = spawn(launcher, [await listen(engine)], { stdio: ["ignore", "pipe", "inherit"] });
    client = new LanguageRuntimeClient(`127.0.0.1:${await firstLine(host)}`, grpc.credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    engine.close();
    host.kill();
    if (host.exitCode === null && host.signalCode === null) await once(host, "close");
    rmSync(folder, { recursive: true });
  });

  /** Stands for the SDK below a program's own node_modules. */
  const sdk = (file: string, ...lines: string[]) => {
    const path = join(folder, "node_modules/@pulumi/pulumi/cmd", file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, lines.join("\n"));
  };
  const run = (directory = folder) =>
    new Promise<RunResponse>((done, failed) =>
      client.run(
        new RunRequest().setInfo(new ProgramInfo().setProgramDirectory(directory).setEntryPoint("index.ts")),
        (error, response) => (error ? failed(error) : done(response)),
      ),
    );
  const runPlugin = async (kind: string, directory = folder) => {
    const info = new ProgramInfo().setProgramDirectory(directory);
    const request = new RunPluginRequest().setKind(kind).setInfo(info).setArgsList(["127.0.0.1:9"]);
    const got: RunPluginResponse[] = [];
    const answers: AsyncIterable<RunPluginResponse> = client.runPlugin(request.setEnvList(["A=b=c"]));
    for await (const answer of answers) got.push(answer);
    const text = (part: "getStdout_asU8" | "getStderr_asU8") =>
      Buffer.concat(got.map((response) => response[part]())).toString();
    return { out: text("getStdout_asU8"), err: text("getStderr_asU8"), code: got.at(-1)?.getExitcode() };
  };

  test("a program or a policy pack without the SDK is told to install it", async () => {
    // A package that has nothing in it, so that none of a folder above is found, whatever this machine has there.
    const bare = join(folder, "bare");
    mkdirSync(join(bare, "node_modules/@pulumi/pulumi"), { recursive: true });
    writeFileSync(join(bare, "node_modules/@pulumi/pulumi/package.json"), '{"exports":{}}');
    const details = `@pulumi/pulumi is not installed in ${bare}: run npm ci there`;
    expect((await run(bare)).getError()).toBe(details);
    await expect(runPlugin("analyzer", bare)).rejects.toMatchObject({ code: grpc.status.FAILED_PRECONDITION, details });
  });

  test.each([
    [0, "", false],
    [32, "", true],
    [3, "Program exited with non-zero exit code: 3", false],
  ])("a program that ends with %i", async (code, error, bail) => {
    sdk("run/index.js", `process.exit(process.cwd() === ${JSON.stringify(folder)} ? ${code} : 99);`);
    expect((await run()).toObject()).toMatchObject({ error, bail });
  });

  test("a policy pack runs with the SDK of its own folder, in it, with the engine's environment", async () => {
    sdk(
      "run-policy-pack/index.js",
      `console.log(JSON.stringify([process.argv.slice(2), process.cwd(), process.env.A]));`,
      `console.error("a warning");`,
      `process.exitCode = 4;`,
    );
    await expect(runPlugin("analyzer")).resolves.toEqual({
      out: `${JSON.stringify([["127.0.0.1:9", folder], folder, "b=c"])}\n`,
      err: "a warning\n",
      code: 4,
    });
  });

  test("other plugins and code generation are refused, not pretended", async () => {
    await expect(runPlugin("resource")).rejects.toMatchObject({
      code: grpc.status.UNIMPLEMENTED,
      details: 'this language host runs policy packs, not plugins of kind "resource"',
    });
    await expect(
      new Promise((done, failed) =>
        client.getRequiredPlugins(new GetRequiredPluginsRequest(), (error, r) => (error ? failed(error) : done(r))),
      ),
    ).rejects.toMatchObject({ code: grpc.status.UNIMPLEMENTED });
  });

  test("says which Node it runs programs with", async () => {
    const about = await new Promise<string>((done) =>
      client.about(new AboutRequest(), (error, response) => done(error ? error.message : response.getVersion())),
    );
    expect(about).toBe(process.version);
  });
});

test("the host and its program end when the engine is killed", async () => {
  // The shell stands for the engine: it is killed by SIGKILL, and cannot tell anybody.
  const port = createServer();
  const command = `${launcher} ${await listen(port)} & wait`;
  const engine = spawn("/bin/sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] });
  await firstLine(engine);
  engine.kill("SIGKILL");
  // The pipe closes only when every process that holds it has ended.
  await once(engine, "close");
  expect(engine.signalCode).toBe("SIGKILL");
  port.close();
});

async function firstLine(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error("no output to read");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return line;
}

/** Stands for the engine's own port, which only has to be there; gives its address. */
async function listen(server: Server): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
