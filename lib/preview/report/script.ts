import { build } from "esbuild";
import { join } from "node:path";

let made: Promise<string> | undefined;

/** The report's script, with everything that it uses. */
export function reportScript(): Promise<string> {
  made ??= bundled();
  return made;
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, "browser", "main.ts")],
    // The same bytes wherever it is made.
    absWorkingDir: __dirname,
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    // Whoever has DecompressionStream, without which there is no search, understands this.
    target: "es2022",
    charset: "utf8",
    logLevel: "silent",
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild made nothing of the report's script");
  return file.text.replaceAll("</script", "<\\/script");
}
