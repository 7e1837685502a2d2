/** Stand-ins for the images that Fabric's projects publish: the same programs at the same places. */
import { dirname, join } from "node:path";
import { builderBeside, installedFabric, lookedIn, sameRelease } from "../fabric/installed";
import { authorityPrograms, ensurePrograms, type EnsureOptions } from "../toolchain";
import { programs } from "../toolchain/programs";
import { addProgram, shellBase } from "./base";
import { type Image, searchPath } from "./image";

/** Why an image cannot be made here, and what a person can do about it. */
export interface MissingImage {
  readonly reference: string;
  readonly reason: string;
  readonly fix: string;
}

/** An image, or why there is none. */
export type ImageOrMissing = { readonly image: Image } | { readonly missing: MissingImage };

const configurationFolder = "/etc/hyperledger/fabric";
const dataFolder = "/var/hyperledger";
const builderFolder = "/opt/hyperledger/ccaas_builder";

/** `docker.io/hyperledger/fabric-peer` or `fabric-orderer` of a release that was unpacked on this machine. */
export async function fabricImage(
  role: "peer" | "orderer",
  version: string,
  reference: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ImageOrMissing> {
  const installed = installedFabric(role, env);
  const found = installed.find((one) => sameRelease(one.version, version));
  if (!found) {
    const others = installed.map((one) => one.version.replace(/^v/, ""));
    return {
      missing: {
        reference,
        reason: `no ${role} of Fabric ${version} in ${lookedIn(env)}${others.length > 0 ? ` (there is ${others.join(", ")})` : ""}`,
        fix: releaseHint(version, env),
      },
    };
  }
  const builder = role === "peer" ? builderBeside(found.program) : undefined;
  if (role === "peer" && builder === undefined) {
    return {
      missing: {
        reference,
        reason: `no builder for chaincode as a service in ${join(dirname(dirname(found.program)), "builders/ccaas/bin")}`,
        fix: `unpack the whole release archive, with its folder builders beside bin`,
      },
    };
  }
  const root = await shellBase(env);
  root.folder(configurationFolder).folder(dataFolder);
  await addProgram(root, `/usr/local/bin/${role}`, found.program);
  for (const name of builder === undefined ? [] : ["detect", "build", "release"])
    await addProgram(root, `${builderFolder}/bin/${name}`, join(builder ?? "", "bin", name));
  const environment = { PATH: searchPath, FABRIC_CFG_PATH: configurationFolder };
  const command = role === "peer" ? ["peer", "node", "start"] : ["orderer", "start"];
  return { image: { reference, root, defaults: { environment, command } } };
}

function releaseHint(version: string, env: NodeJS.ProcessEnv): string {
  const folder = lookedIn(env)
    .replace(/^.* and /, "")
    .replace("/<version>/bin", `/${version}`);
  return (
    `unpack hyperledger-fabric-linux-<architecture>-${version}.tar.gz of ` +
    `https://github.com/hyperledger/fabric/releases into ${folder}, or name its bin folder in FABRIC_BIN`
  );
}

/** `docker.io/hyperledger/fabric-ca`, its programs built from the pinned module. */
export async function authorityImage(
  version: string,
  reference: string,
  options: EnsureOptions = {},
): Promise<ImageOrMissing> {
  const pinned = programs["fabric-ca-server"].version;
  if (version !== pinned) {
    return {
      missing: {
        reference,
        reason: `Fabric CA ${version} is not the release that is built here`,
        fix: `set fabric.caVersion to ${pinned} in the network file, or put an archive of the image into the folder of ready images`,
      },
    };
  }
  const built = await ensurePrograms(authorityPrograms, options);
  const root = await shellBase(options.env);
  const home = "/etc/hyperledger/fabric-ca-server";
  root.folder(home).folder(dataFolder);
  for (const [name, file] of Object.entries(built)) await addProgram(root, `/usr/local/bin/${name}`, file);
  const environment = { PATH: searchPath, FABRIC_CA_HOME: home };
  return { image: { reference, root, defaults: { environment, command: ["fabric-ca-server", "start"] } } };
}
