import { readFileSync } from "node:fs";
import type { ChaincodeServerOpts } from "fabric-shim";

/**
 * What the server needs to know, from the environment.
 *
 * - `CHAINCODE_ID` (or `CORE_CHAINCODE_ID`): the package id, which peers ask for.
 * - `CHAINCODE_SERVER_ADDRESS` (or `CORE_CHAINCODE_ADDRESS`): where to listen, `0.0.0.0:9999` if not given.
 * - `CORE_CHAINCODE_TLS_KEY_FILE`, `CORE_CHAINCODE_TLS_CERT_FILE`: the server's pair, PEM files.
 * - `CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE`: PEM file of the authorities that the peers' certificates come from.
 * @throws Error naming the variable that is missing. There is no way to run without TLS and client certificates.
 */
export function settings(env: NodeJS.ProcessEnv): ChaincodeServerOpts {
  const ask = (...names: readonly string[]) => {
    const value = names.map((name) => env[name]).find((set) => set !== undefined && set !== "");
    if (value === undefined) throw new Error(`the environment names no ${names.join(" or ")}`);
    return value;
  };
  return {
    ccid: ask("CHAINCODE_ID", "CORE_CHAINCODE_ID"),
    address: env["CHAINCODE_SERVER_ADDRESS"] ?? env["CORE_CHAINCODE_ADDRESS"] ?? "0.0.0.0:9999",
    tlsProps: {
      key: readFileSync(ask("CORE_CHAINCODE_TLS_KEY_FILE")),
      cert: readFileSync(ask("CORE_CHAINCODE_TLS_CERT_FILE")),
      clientCACerts: readFileSync(ask("CORE_CHAINCODE_TLS_CLIENT_CACERT_FILE")),
    },
    // A peer whose zone was cut off closes nothing; a ping that goes unanswered does.
    "grpc.keepalive_time_ms": 30_000,
    "grpc.keepalive_timeout_ms": 20_000,
  };
}
