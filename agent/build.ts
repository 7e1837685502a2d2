import { build } from "esbuild";
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";

/**
 * The program of the agent image, with everything that it uses, as one executable CommonJS file for the Node of
 * package.json. Its first line names Node where the official images have it: `agent` on PATH is a link to the file.
 */
export async function bundleAgent(entry: string = resolve(__dirname, "main.ts")): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    // The bundle names its sources: from the checkout, so that it is the same wherever it is made.
    absWorkingDir: resolve(__dirname, ".."),
    platform: "node",
    target: "node20",
    format: "cjs",
    banner: { js: "#!/usr/local/bin/node" },
    // Native code for keys in hardware, which the Fabric Gateway client loads where it is installed.
    external: ["pkcs11js"],
    // Stack traces name our functions, and errors are told apart by their class names.
    keepNames: true,
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`esbuild made nothing of ${entry}`);
  return file.contents;
}

// `tsx agent/build.ts <file>`, as agent/Dockerfile runs it.
if (require.main === module) {
  const [target] = process.argv.slice(2);
  if (target === undefined) throw new Error("usage: tsx agent/build.ts <file>");
  void bundleAgent().then((content) => writeFileSync(target, content));
}
