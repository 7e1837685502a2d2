/** Images of programs for Node: the agent, and chaincode. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { z } from "zod";
import { bundleAgent } from "../../agent/build";
import { SandboxError } from "../errors";
import { toolCache } from "../toolchain/cache";
import { withLock } from "../toolchain/lock";
import { addProgram, emptyBase, podUser } from "./base";
import { type Image, searchPath } from "./image";

const run = promisify(execFile);
const checkout = join(__dirname, "..", "..");

/** The agent of this checkout; `entry` stands in for its main program. */
export async function agentImage(reference: string, entry?: string): Promise<Image> {
  const image = await nodeImage(reference, "/agent/agent.cjs", await bundleAgent(entry));
  image.root.link("/usr/local/bin/agent", "/agent/agent.cjs");
  return image;
}

/**
 * A chaincode that this checkout holds as a package, such as `examples/chaincode/asset-transfer`.
 * @throws SandboxError where the folder holds no package that starts with `node <file>`, or does not compile.
 */
export async function chaincodeImage(
  reference: string,
  folder: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Image> {
  return nodeImage(reference, "/chaincode/main.js", await readFile(await bundledChaincode(folder, env)));
}

/** What this machine's Node needs to run one file, and nothing else: there is no shell in it. */
async function nodeImage(reference: string, path: string, program: Uint8Array): Promise<Image> {
  const root = emptyBase();
  await addProgram(root, "/usr/local/bin/node", process.execPath);
  root.write(path, program, 0o755);
  return {
    reference,
    root,
    defaults: {
      environment: { PATH: searchPath, NODE_ENV: "production" },
      entrypoint: ["node", path],
      workingFolder: dirname(path),
      user: `${podUser}:${podUser}`,
    },
  };
}

const packageFile = z.object({ scripts: z.object({ start: z.string().regex(/^node \S+\.js$/) }) });

/**
 * The file of a chaincode's `npm run build`, made in the tool cache and not in the checkout, and only once for the same
 * source. Compiled by TypeScript first: contracts tell the types of their parameters by decorator metadata, which esbuild
 * does not write.
 */
async function bundledChaincode(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  const start = await startFile(folder);
  const target = join(toolCache(env), "chaincode", `${basename(folder)}-${await sourceDigest(folder)}`, "main.js");
  await withLock(`${dirname(target)}.lock`, {}, async () => {
    if (existsSync(target)) return;
    await mkdir(dirname(target), { recursive: true });
    const work = await mkdtemp(join(dirname(target), "build-"));
    try {
      await compile(folder, work);
      // As if it lay beside its libraries: the bundle names its sources, and must not name folders of this machine.
      const own = join(folder, "node_modules");
      await symlink(existsSync(own) ? own : join(checkout, "node_modules"), join(work, "node_modules"));
      await build({
        entryPoints: [join(work, basename(start))],
        absWorkingDir: work,
        preserveSymlinks: true,
        bundle: true,
        outfile: join(work, "bundle", "main.js"),
        platform: "node",
        target: "node20",
        logLevel: "silent",
      });
      await rename(join(work, "bundle", "main.js"), target);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return target;
}

async function startFile(folder: string): Promise<string> {
  const file = join(folder, "package.json");
  const text = await readFile(file, "utf8").catch(() => undefined);
  const parsed = packageFile.safeParse(text === undefined ? undefined : JSON.parse(text));
  if (!parsed.success) {
    throw new SandboxError(
      `${relative(process.cwd(), folder) || folder} holds no chaincode package that starts with "node <file>.js"`,
      `give its package.json a script "start" such as "node dist/main.js"`,
    );
  }
  return parsed.data.scripts.start.replace(/^node /, "");
}

async function compile(folder: string, target: string): Promise<void> {
  const compiler = require.resolve("typescript/bin/tsc");
  try {
    await run(process.execPath, [compiler, "-p", folder, "--outDir", target, "--noEmit", "false"]);
  } catch (thrown) {
    const { stdout } = thrown as { stdout?: string };
    throw new SandboxError(`${folder} does not compile:\n${stdout ?? String(thrown)}`, "mend what TypeScript says", {
      cause: thrown,
    });
  }
}

/** Changes with the source, and with the libraries that package-lock.json pins. */
async function sourceDigest(folder: string): Promise<string> {
  const digest = createHash("sha256").update(await readFile(join(checkout, "package-lock.json")));
  const names = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((name) => !/(^|\/)(node_modules|dist|build)\//.test(name))
    .sort();
  for (const name of names) digest.update(`${name}\0`).update(await readFile(join(folder, name)));
  return digest.digest("hex").slice(0, 16);
}
