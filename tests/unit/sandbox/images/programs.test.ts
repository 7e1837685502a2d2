import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { shellBase } from "../../../../sandbox/images/base";
import { fabricImage } from "../../../../sandbox/images/fabric";
import { agentImage, chaincodeImage } from "../../../../sandbox/images/node-program";
import type { RootFileSystem } from "../../../../sandbox/images/root-file-system";
import { parseLdd, sharedLibraries } from "../../../../sandbox/images/shared-libraries";

// The loader of this machine is asked about some fifty programs, which takes seconds where others use the machine.
jest.setTimeout(60_000);

let machine: string;
let env: NodeJS.ProcessEnv;
beforeEach(() => {
  machine = mkdtempSync(join(tmpdir(), "machine-"));
  env = { PATH: process.env["PATH"], XDG_CACHE_HOME: join(machine, "cache") };
});
afterEach(() => rmSync(machine, { recursive: true }));

function script(file: string, line: string): string {
  const path = join(machine, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
  return path;
}
const release = "cache/fabric-topologies/fabric/3.1.5";
const paths = async (root: RootFileSystem) => (await root.entries()).map(({ entry }) => entry.path);

async function textOf(root: RootFileSystem, path: string): Promise<string> {
  const found = (await root.entries()).find(({ entry }) => entry.path === path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of found?.content?.() ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe("the libraries of a program", () => {
  test("are those that ldd names with a place, and its loader", () => {
    const said = [
      "\tlinux-vdso.so.1 (0x00007f6f6faa9000)",
      "\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f6f6f8b6000)",
      "\t/lib64/ld-linux-x86-64.so.2 (0x00007f6f6faab000)",
      "\tlibmissing.so.1 => not found",
      "",
    ];
    expect(parseLdd(said.join("\n"))).toEqual([
      { name: "libc.so.6", path: "/lib/x86_64-linux-gnu/libc.so.6" },
      { name: "/lib64/ld-linux-x86-64.so.2", path: "/lib64/ld-linux-x86-64.so.2" },
      { name: "libmissing.so.1" },
    ]);
    expect(parseLdd("\tstatically linked\n")).toEqual([]);
  });

  test("include the C library of Node", async () => {
    expect(await sharedLibraries(process.execPath)).toEqual(
      expect.arrayContaining([expect.stringMatching(/libc\b.*\.so/)]),
    );
  });

  test("are none for what is no program at all", async () => {
    expect(await sharedLibraries(script("script", "true"))).toEqual([]);
  });
});

test("an image with a shell runs scripts, and has nothing that the stock images lack", async () => {
  const found = await paths(await shellBase());
  expect(found).toEqual(
    expect.arrayContaining(["usr/bin/bash", "usr/bin/timeout", "usr/bin/od", "usr/bin/find", "tmp"]),
  );
  for (const absent of ["openssl", "curl", "wget", "jq", "python3"]) expect(found).not.toContain(`usr/bin/${absent}`);
});

test("what this machine lacks for it is named", async () => {
  script("bin/bash", "");
  await expect(shellBase({ PATH: join(machine, "bin") })).rejects.toMatchObject({
    message: expect.stringMatching(/^images cannot be made here: no awk, find, grep, .*, wc on PATH$/),
    fix: expect.stringContaining("coreutils"),
  });
});

describe("a Fabric image", () => {
  const reference = "docker.io/hyperledger/fabric-peer:3.1.5";
  const peer = () => script(`${release}/bin/peer`, `printf 'peer:\\n Version: v3.1.5\\n'`);
  const builder = () => {
    for (const name of ["detect", "build", "release"]) script(`${release}/builders/ccaas/bin/${name}`, "");
  };

  test("has the program and the builder where the stock image has them", async () => {
    peer();
    builder();
    const result = await fabricImage("peer", "3.1.5", reference, env);
    if (!("image" in result)) throw new Error(result.missing.reason);
    expect(await paths(result.image.root)).toEqual(
      expect.arrayContaining([
        "usr/local/bin/peer",
        "opt/hyperledger/ccaas_builder/bin/detect",
        "opt/hyperledger/ccaas_builder/bin/build",
        "opt/hyperledger/ccaas_builder/bin/release",
        "etc/hyperledger/fabric",
        "var/hyperledger",
      ]),
    );
    expect(result.image.defaults).toMatchObject({
      command: ["peer", "node", "start"],
      environment: { FABRIC_CFG_PATH: "/etc/hyperledger/fabric" },
    });
  });

  test("of a release that is not there says where it was looked for, what there is, and where to get it", async () => {
    peer();
    const cache = join(machine, "cache/fabric-topologies/fabric");
    await expect(fabricImage("peer", "2.5.16", reference, env)).resolves.toEqual({
      missing: {
        reference,
        reason: `no peer of Fabric 2.5.16 in $FABRIC_BIN and ${cache}/<version>/bin (there is 3.1.5)`,
        fix:
          `unpack hyperledger-fabric-linux-<architecture>-2.5.16.tar.gz of ` +
          `https://github.com/hyperledger/fabric/releases into ${cache}/2.5.16, or name its bin folder in FABRIC_BIN`,
      },
    });
  });

  test("of a peer without its builder would run no chaincode, so it is not made", async () => {
    peer();
    await expect(fabricImage("peer", "3.1.5", reference, env)).resolves.toEqual({
      missing: {
        reference,
        reason: `no builder for chaincode as a service in ${join(machine, release)}/builders/ccaas/bin`,
        fix: expect.stringContaining("builders beside bin"),
      },
    });
  });
});

describe("an image of a program for Node", () => {
  test("has the agent as one file that runs by itself, also under its short name", async () => {
    const entry = join(machine, "entry.ts");
    writeFileSync(join(machine, "other.ts"), `export const greeting: string = "hello";`);
    writeFileSync(entry, `import { greeting } from "./other"; console.log(greeting, process.argv[2]);`);
    const { root, defaults } = await agentImage("docker.io/fabric-topologies/agent:0.1.0", entry);
    expect(await paths(root)).toEqual(expect.arrayContaining(["usr/local/bin/node", "usr/local/bin/agent"]));
    expect(defaults).toMatchObject({ entrypoint: ["node", "/agent/agent.cjs"], user: "10001:10001" });
    const bundle = join(machine, "agent.cjs");
    writeFileSync(bundle, await textOf(root, "agent/agent.cjs"));
    expect(readFileSync(bundle, "utf8")).toMatch(/^#!\/usr\/local\/bin\/node\n/);
    expect(execFileSync(process.execPath, [bundle, "world"], { encoding: "utf8" })).toBe("hello world\n");
  });

  test("has chaincode with the types of its parameters, and compiles it once", async () => {
    const folder = join(machine, "chaincode");
    mkdirSync(join(folder, "src"), { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ scripts: { start: "node dist/main.js" } }));
    const options = { module: "commonjs", target: "es2022", rootDir: "src", skipLibCheck: true, types: [] };
    const decorators = { experimentalDecorators: true, emitDecoratorMetadata: true };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...options, ...decorators }, include: ["src"] }),
    );
    writeFileSync(
      join(folder, "src/main.ts"),
      `const noted = (_target: object, _key: string): void => {};\nexport class C { @noted put(key: string): void { void key; } }\n`,
    );
    const made = async () => textOf((await chaincodeImage("x:1", folder, env)).root, "chaincode/main.js");
    const first = await made();
    expect(first).toContain("design:paramtypes");
    expect(first).not.toContain(machine);
    const [cached] = readdirSync(join(machine, "cache/fabric-topologies/tools/chaincode"));
    writeFileSync(join(machine, "cache/fabric-topologies/tools/chaincode", cached!, "main.js"), "compiled before");
    expect(await made()).toBe("compiled before");
    writeFileSync(join(folder, "src/main.ts"), "export const changed = true;\n");
    expect(await made()).toContain("changed = true");
  });

  test("of what is no chaincode says what is missing", async () => {
    await expect(chaincodeImage("x:1", machine, env)).rejects.toMatchObject({
      message: expect.stringContaining(`holds no chaincode package that starts with "node <file>.js"`),
      fix: expect.stringContaining("node dist/main.js"),
    });
  });
});
