import { stringify } from "yaml";
import { authorityLayout, type AuthorityLayout } from "./authority-layout";
import type { Configuration } from "./configuration-file";

/**
 * `fabric-ca-server-config.yaml` of the servers that an organisation runs (fabric-ca docs, "Fabric CA server's
 * configuration file"). A server takes the folder of its configuration file as its home; here that is in memory, so every
 * file that must last is named in full.
 */

/** In the texts, the registrar's password: put in when a server starts, since it stands in a Secret. */
const passwordMark = "@PASSWORD@";

/** The enrolment id that registers all others, on both authorities. */
export const registrarName = "registrar";

/** Names of the authorities in their own API (`ca.name`). */
export const authorityNames = { enrolment: "ca", tls: "tls-ca" } as const;

/** Ten years are the habit for roots; these are fabric-ca's own defaults: 15 years, and 5 for an intermediate. */
const rootLife = "131400h";
const intermediateLife = "43800h";

/** Certificate and key that a server signs with. */
export interface SigningPair {
  readonly certificate: string;
  /** Absent where the key is in {@link SigningPair.keys} already. */
  readonly privateKey?: string;
  readonly chain: string;
  /** Folder of the key store. */
  readonly keys: string;
}

/** Where identities are kept: a file, or PostgreSQL, whose address reaches the server through its environment. */
export type Registry =
  | { readonly kind: "sqlite"; readonly file: string }
  /** `authority` is a file with the certificate that the database's own must come from. */
  | { readonly kind: "postgresql"; readonly authority: string };

/** What differs from one running server to the other. */
export interface ServerInput {
  readonly name: string;
  readonly port: number;
  /** Port of health and metrics. */
  readonly operations: number;
  readonly signing: SigningPair;
  readonly registry: Registry;
  /** Life of what it signs, as a Go duration. */
  readonly validity: string;
  /** The server's own pair. */
  readonly serving: { readonly certificate: string; readonly privateKey: string };
  /** What it signs: identities of Fabric, or TLS certificates. */
  readonly signs: "identities" | "tls";
}

/** A server that nodes enrol with. */
export function serverConfiguration(input: ServerInput): Configuration {
  return {
    port: input.port,
    tls: { enabled: true, certfile: input.serving.certificate, keyfile: input.serving.privateKey },
    ca: {
      ...caSection(input.name, input.signing),
      // A consenter is known by the key of its TLS certificate. One that was away until that had expired must be able to
      // have the same key certified again; whoever asks proves that he holds it. Identities enrol anew instead.
      reenrollIgnoreCertExpiry: input.signs === "tls",
    },
    registry: registrySection(registrarName, passwordMark, {
      "hf.Registrar.Roles": "peer,orderer,admin,client",
      "hf.Registrar.DelegateRoles": "client",
      "hf.Registrar.Attributes": "*",
      "hf.Revoker": true,
      "hf.GenCRL": true,
    }),
    db: databaseSection(input.registry),
    signing: signingSection(input.signs, input.validity),
    bccsp: keySection(input.signing.keys),
    // Secrets have 256 bits: a lock after ten wrong ones would only lock out a node that somebody mistreats.
    cfg: { identities: { passwordattempts: 0 } },
    operations: {
      listenAddress: `0.0.0.0:${input.operations}`,
      tls: {
        enabled: true,
        cert: { file: input.serving.certificate },
        key: { file: input.serving.privateKey },
        // fabric-ca knows only all or nothing, and the kubelet has no certificate: network policies say who may ask.
        clientAuthRequired: false,
      },
    },
    metrics: { provider: "prometheus" },
  };
}

/** The authorities of an organisation. */
export type AuthorityKind = "root" | "intermediate" | "tls";

/** The common name of an authority's certificate. */
export function commonName(organisation: string, kind: AuthorityKind): string {
  return `${organisation}-${kind}-ca`;
}

/**
 * For `fabric-ca-server init`, which makes an authority's key and certificate in the folder of this file, under the names
 * of `authorityLayout`.
 */
export function newAuthorityConfiguration(organisation: string, kind: AuthorityKind): Configuration {
  const { certificate, chain } = authorityLayout(".");
  return {
    ca: { name: commonName(organisation, kind), certfile: certificate, chainfile: chain },
    registry: { maxenrollments: -1, identities: [] },
    db: temporaryDatabase,
    signing: signingSection("identities", intermediateLife),
    csr: {
      // An intermediate takes the name of the identity that it enrols with; one of its own is refused.
      ...(kind === "intermediate" ? {} : { cn: commonName(organisation, kind) }),
      keyrequest: { algo: "ecdsa", size: 256 },
      names: [{ O: organisation }],
      ca: { expiry: rootLife, pathlength: kind === "root" ? 1 : 0 },
    },
  };
}

/** The root while it signs the intermediate: on the loopback address, for that one identity, for moments. */
export function rootConfiguration(organisation: string, files: AuthorityLayout, port: number): Configuration {
  return {
    ...loopback(port),
    ca: caSection(commonName(organisation, "root"), files),
    registry: registrySection(commonName(organisation, "intermediate"), passwordMark, { "hf.IntermediateCA": true }),
    db: temporaryDatabase,
    signing: {
      ...signingSection("identities", intermediateLife),
      profiles: {
        ca: {
          usage: ["cert sign", "crl sign"],
          expiry: intermediateLife,
          caconstraint: { isca: true, maxpathlen: 0 },
        },
      },
    },
    bccsp: keySection(files.keys),
  };
}

/** The TLS authority while it certifies its own pod's servers: on the loopback address, for that one identity. */
export function servingConfiguration(
  identity: string,
  signing: SigningPair,
  port: number,
  validity: string,
): Configuration {
  return {
    ...loopback(port),
    ca: caSection(authorityNames.tls, signing),
    registry: registrySection(identity, passwordMark, {}),
    db: temporaryDatabase,
    signing: signingSection("tls", validity),
    bccsp: keySection(signing.keys),
  };
}

/** The text of a configuration, the same for the same object on every machine. */
export function renderAuthorityYaml(configuration: Configuration): string {
  return stringify(configuration, { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false });
}

const temporaryDatabase = { type: "sqlite3", datasource: "temporary.db" };

function loopback(port: number): Configuration {
  return { port, address: "127.0.0.1", tls: { enabled: false } };
}

function caSection(name: string, signing: SigningPair): Configuration {
  return {
    name,
    certfile: signing.certificate,
    ...(signing.privateKey === undefined ? {} : { keyfile: signing.privateKey }),
    chainfile: signing.chain,
  };
}

// Not `keystore`, as fabric-ca's documentation has it: 1.5.21 does not read that and takes a folder in its home.
function keySection(folder: string): Configuration {
  return { default: "SW", sw: { hash: "SHA2", security: 256, filekeystore: { keystorepath: folder } } };
}

function registrySection(name: string, password: string, attributes: Configuration): Configuration {
  return {
    maxenrollments: -1,
    identities: [{ name, pass: password, type: "client", affiliation: "", attrs: attributes }],
  };
}

function databaseSection(registry: Registry): Configuration {
  return registry.kind === "sqlite"
    ? { type: "sqlite3", datasource: registry.file }
    : { type: "postgres", tls: { enabled: true, certfiles: [registry.authority] } };
}

function signingSection(signs: ServerInput["signs"], validity: string): Configuration {
  const usage =
    signs === "identities"
      ? ["digital signature"]
      : ["signing", "key encipherment", "server auth", "client auth", "key agreement"];
  return {
    default: { usage, expiry: validity },
    ...(signs === "tls" ? { profiles: { tls: { usage, expiry: validity } } } : {}),
  };
}
