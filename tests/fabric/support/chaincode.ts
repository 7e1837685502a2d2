import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { packageChaincode } from "../../../lib/fabric/chaincode-package";
import type { ConsortiumChaincode } from "../../../lib/fabric/consortium";
import { type NodeProcess, until } from "../node-process";
import type { BareNetwork } from "./bare-network";

const root = join(__dirname, "../../..");

/** Builds an example chaincode as its own `npm run build` does, into one file for Node. */
export function buildChaincode(example: string, file: string): void {
  const parent = join(root, "node_modules/.cache/fabric-topologies");
  mkdirSync(parent, { recursive: true });
  // Below node_modules' parent, where the compiled files find their libraries.
  const build = mkdtempSync(join(parent, `${example}-`));
  try {
    const project = join(root, "examples/chaincode", example);
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", project, "--outDir", build]);
    buildSync({
      entryPoints: [join(build, "main.js")],
      bundle: true,
      platform: "node",
      target: "node20",
      outfile: file,
      logLevel: "error",
    });
  } finally {
    rmSync(build, { recursive: true, force: true });
  }
}

/** Starts an organisation's server of a chaincode and waits until it listens. */
export async function startChaincode(
  network: BareNetwork,
  organisation: string,
  chaincode: ConsortiumChaincode,
  file: string,
): Promise<NodeProcess> {
  const { authorities, chaincodes } = network.organisation(organisation);
  const address = chaincodes[chaincode.name];
  if (address === undefined) throw new Error(`${organisation} has no address for ${chaincode.name}`);
  const pair = await authorities.tlsPair(chaincode.name, [address.slice(0, address.lastIndexOf(":"))]);
  const folder = join(network.folder, `${chaincode.name}-${organisation}`);
  mkdirSync(folder);
  const write = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const server = network.run(process.execPath, [file], {
    CHAINCODE_ID: packageChaincode(chaincode).packageId,
    CHAINCODE_SERVER_ADDRESS: address,
    CORE_CHAINCODE_TLS_KEY_FILE: write("server.key", pair.privateKey),
    CORE_CHAINCODE_TLS_CERT_FILE: write("server.crt", pair.certificate),
    CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE: write("ca.crt", authorities.tlsAuthority),
    CORE_CHAINCODE_LOGGING_LEVEL: "error",
    CORE_CHAINCODE_LOGGING_SHIM: "error",
  });
  await until(server, () =>
    Promise.resolve(server.log().includes("chaincode serves") ? undefined : "does not listen yet"),
  );
  return server;
}
