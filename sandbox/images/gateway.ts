/** Stand-ins for the images of the programs that gateways run. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ensurePrograms, type EnsureOptions } from "../toolchain";
import { whichAll } from "../toolchain/found";
import { programs } from "../toolchain/programs";
import { compareVersions, parseVersion } from "../toolchain/versions";
import { addProgram, shellBase } from "./base";
import type { ImageOrMissing } from "./fabric";
import { searchPath } from "./image";

const run = promisify(execFile);

/** What gateways run. */
export type GatewayProgram = "envoy" | "haproxy";

/** `docker.io/envoyproxy/envoy`, or `docker.io/library/haproxy` of this machine's own HAProxy. */
export async function gatewayImage(
  program: GatewayProgram,
  version: string,
  reference: string,
  options: EnsureOptions = {},
): Promise<ImageOrMissing> {
  const env = options.env ?? process.env;
  const haproxy = program === "haproxy" ? await installedHaproxy(env) : undefined;
  const there = program === "envoy" ? programs.envoy.version : haproxy?.version;
  if (!isSame(there, version)) {
    const fix =
      program === "envoy"
        ? `name ${there} in the network file, or put an archive of the image into the folder of ready images`
        : "apt-get install haproxy, name its version in the network file, or put an archive of the image into the folder of ready images";
    return { missing: { reference, reason: `${program} ${version} is not here${there ? ` (${there} is)` : ""}`, fix } };
  }
  const file = haproxy?.file ?? (await ensurePrograms(["envoy"], options)).envoy;
  const root = await shellBase(env);
  await addProgram(root, `/usr/local/bin/${program}`, file);
  return { image: { reference, root, defaults: { environment: { PATH: searchPath }, command: [program] } } };
}

async function installedHaproxy(env: NodeJS.ProcessEnv): Promise<{ file: string; version: string } | undefined> {
  // Its package puts it where an unprivileged PATH often does not lead.
  const [file] = await whichAll("haproxy", { PATH: `${env["PATH"] ?? ""}:/usr/sbin` });
  if (file === undefined) return undefined;
  const version = parseVersion((await run(file, ["-v"], { env })).stdout);
  return version && { file, version: version.join(".") };
}

function isSame(there: string | undefined, wanted: string): boolean {
  const [have, want] = [parseVersion(there ?? ""), parseVersion(wanted)];
  return have !== undefined && want !== undefined && compareVersions(have, want) === 0;
}
