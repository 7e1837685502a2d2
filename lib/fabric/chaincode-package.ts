import { createHash } from "node:crypto";
import { storedArchive } from "./archive";
import { chaincodeAddressTemplate } from "./chaincode-server";
import type { ConsortiumChaincode } from "./consortium";

/** A chaincode as peers install it. */
export interface ChaincodePackage {
  /** What people see of it: `<name>_<version>`. */
  readonly label: string;
  /** `<label>:<SHA-256 of the bytes>`: what peers call it, what organisations approve, and its server's CHAINCODE_ID. */
  readonly packageId: string;
  /** A `.tar.gz` of metadata.json and code.tar.gz. */
  readonly bytes: Uint8Array;
}

/** What the peer takes for a label (Fabric `core/chaincode/persistence/chaincode_package.go`). */
const labelForm = /^[A-Za-z0-9][A-Za-z0-9_.+-]*$/;

/**
 * The package of a chaincode that runs as a service: no code, only how a peer finds its server and shows who it is.
 *
 * It is the same for all organisations and known before any cluster exists, because what differs from peer to peer is
 * left to the peer's builder: it fills the template in from its `CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG`, JSON with
 * `peer` (the pod), `namespace`, `domain` (of the cluster) and, in PEM, `root_cert`, `client_cert` and `client_key`
 * (Fabric `ccaas_builder`). No certificate and no key is in the package, which every administrator can read.
 * @throws RangeError if name and version make no label.
 */
export function packageChaincode(chaincode: Pick<ConsortiumChaincode, "name" | "version">): ChaincodePackage {
  const { name, version } = chaincode;
  const label = `${name}_${version}`;
  if (!labelForm.test(label)) {
    throw new RangeError(`chaincode "${name}" version "${version}": "${label}" is no label that a peer would take`);
  }
  const code = storedArchive([{ name: "connection.json", content: json(connectionTemplate({ name, version })) }]);
  const bytes = storedArchive([
    { name: "metadata.json", content: json({ path: "", type: "ccaas", label }) },
    { name: "code.tar.gz", content: code },
  ]);
  return { label, packageId: `${label}:${createHash("sha256").update(bytes).digest("hex")}`, bytes };
}

function connectionTemplate(
  chaincode: Pick<ConsortiumChaincode, "name" | "version">,
): Readonly<Record<string, string | boolean>> {
  return {
    address: chaincodeAddressTemplate(chaincode),
    dial_timeout: "10s",
    tls_required: true,
    client_auth_required: true,
    root_cert: "{{.root_cert}}",
    client_cert: "{{.client_cert}}",
    client_key: "{{.client_key}}",
  };
}

const json = (value: unknown) => Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
