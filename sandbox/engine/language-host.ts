/**
 * A stand-in for Pulumi's Node language host, for machines without it: the official release of Pulumi brings
 * `pulumi-language-nodejs` along, but no package registry has it. It answers what `pulumi preview`, `up`, `refresh` and
 * `destroy` ask, runs policy packs, and leaves the rest (code generation, conversion) unimplemented.
 *
 * The engine starts it with its own address as the last argument and reads the port from the first line of its output.
 */
import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeService, type ILanguageRuntimeServer } from "@pulumi/pulumi/proto/language_grpc_pb";
import {
  AboutResponse,
  GetRequiredPackagesResponse,
  LanguageHandshakeResponse,
  RunPluginResponse,
  type RunRequest,
  RunResponse,
} from "@pulumi/pulumi/proto/language_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { version } from "@pulumi/pulumi/version";
import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { join } from "node:path";

import { programArguments, programEnvironment, runtimeOptions } from "./program-arguments";

/** The SDK's process ends with this code where it has shown the user the reason already. */
const errorAlreadyShown = 32;

type Handlers = Pick<
  ILanguageRuntimeServer,
  | "handshake"
  | "getRequiredPackages"
  | "getPluginInfo"
  | "about"
  | "installDependencies"
  | "run"
  | "runPlugin"
  | "cancel"
>;

/** Answers the engine. Every process started for it is in `children` as long as it runs. */
function handlers(engineAddress: string, children: Set<ChildProcess>): Handlers {
  const start = (...[file, args, options]: Parameters<typeof spawn>): ChildProcess => {
    const child = spawn(file, args, options);
    children.add(child);
    child.once("close", () => children.delete(child));
    return child;
  };

  const run = (request: RunRequest, answer: (response: RunResponse) => void): void => {
    const cwd = request.getInfo()?.getProgramDirectory() || request.getPwd();
    const options = runtimeOptions(request.getInfo()?.getOptions()?.toJavaScript() ?? {});
    const response = new RunResponse();
    const runner = fromProgram(cwd, "@pulumi/pulumi/cmd/run");
    if (!runner) return answer(response.setError(notInstalled(cwd)));
    // The program's output becomes ours: the engine shows the user what a language host prints after its port.
    const child = start(
      process.execPath,
      [...options.nodeArguments, runner, ...programArguments(request, engineAddress)],
      { cwd, env: programEnvironment(request, options, process.env), stdio: ["ignore", "inherit", "inherit"] },
    );
    whenEnded(child, (code) => {
      if (code === errorAlreadyShown) response.setBail(true);
      else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code}`);
      answer(response);
    });
  };

  return {
    handshake: (_call, callback) => callback(null, new LanguageHandshakeResponse()),
    // Nothing to fetch: the engine finds the providers on PATH when a program first asks for them.
    getRequiredPackages: (_call, callback) => callback(null, new GetRequiredPackagesResponse()),
    getPluginInfo: (_call, callback) => callback(null, new PluginInfo().setVersion(version)),
    about: (_call, callback) =>
      callback(null, new AboutResponse().setExecutable(process.execPath).setVersion(process.version)),
    // `npm ci` has installed everything; the checkout's own instructions say so.
    installDependencies: (call) => void call.end(),
    run: (call, callback) => run(call.request, (response) => callback(null, response)),
    runPlugin: (call) => {
      const { request } = call;
      const refuse = (code: grpc.status, details: string) => void call.emit("error", { code, details });
      if (request.getKind() !== "analyzer") {
        const details = `this language host runs policy packs, not plugins of kind "${request.getKind()}"`;
        return refuse(grpc.status.UNIMPLEMENTED, details);
      }
      const pack = request.getInfo()?.getProgramDirectory() || request.getPwd();
      const runner = fromProgram(pack, "@pulumi/pulumi/cmd/run-policy-pack");
      if (!runner) return refuse(grpc.status.FAILED_PRECONDITION, notInstalled(pack));
      const child = start(process.execPath, [runner, ...request.getArgsList(), pack], {
        cwd: pack,
        env: Object.fromEntries(request.getEnvList().map(splitVariable)),
        stdio: ["ignore", "pipe", "pipe"],
      });
      child.stdout?.on("data", (bytes: Buffer) => call.write(new RunPluginResponse().setStdout(bytes)));
      child.stderr?.on("data", (bytes: Buffer) => call.write(new RunPluginResponse().setStderr(bytes)));
      call.on("cancelled", () => child.kill());
      whenEnded(child, (code) => {
        call.write(new RunPluginResponse().setExitcode(code));
        call.end();
      });
    },
    cancel: (call, callback) => {
      for (const child of children) child.kill();
      callback(null, call.request);
    },
  };
}

/** Finds a module of the SDK that a program itself uses, which need not be the one next to this file. */
function fromProgram(folder: string, module: string): string | undefined {
  try {
    return createRequire(join(folder, "package.json")).resolve(module);
  } catch {
    return undefined;
  }
}

const notInstalled = (folder: string) => `@pulumi/pulumi is not installed in ${folder}: run npm ci there`;

/** Calls back once, with the exit code; 1 where the process could not be started or was killed. */
function whenEnded(child: ChildProcess, callback: (code: number) => void): void {
  child.once("error", () => callback(1));
  // Not "exit": output may still be on its way then.
  child.once("close", (code) => {
    if (child.pid !== undefined) callback(code ?? 1);
  });
}

function splitVariable(line: string): [name: string, value: string] {
  const at = line.indexOf("=");
  return [line.slice(0, at), line.slice(at + 1)];
}

/**
 * Ends with the engine: one that was killed cannot say goodbye, but its children are then given another parent. One that
 * ended while we were being loaded (a command without a stack takes less time than that) was not the parent that we saw,
 * and does not answer.
 */
function endWithEngine(address: string, end: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, 500).unref();
  const at = address.lastIndexOf(":");
  const knock = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
  knock.once("connect", () => knock.destroy()).once("error", end);
}

/** Serves on a free port of this machine and prints it, until the engine ends. */
export function main(): void {
  const engineAddress = process.argv.at(-1) ?? "";
  const children = new Set<ChildProcess>();
  const end = () => {
    for (const child of children) child.kill("SIGKILL");
    process.exit(1);
  };
  endWithEngine(engineAddress, end);
  process.once("SIGTERM", end).once("SIGINT", end);

  // A program's configuration travels in one message: no limit, as in Pulumi's own hosts.
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(LanguageRuntimeService, handlers(engineAddress, children));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      console.error(error.message);
      process.exit(1);
    }
    console.log(port);
  });
}
