/** Where things lie in the pods of a certificate authority; the nodes' own paths are in `layout.ts`. */

/** What one certificate authority owns for good. */
export interface AuthorityLayout {
  readonly folder: string;
  readonly certificate: string;
  /** The certificate and those that stand above it, its own first. */
  readonly chain: string;
  /** Key store, where `fabric-ca-server init` makes it; the key's file is called by its hash. */
  readonly keys: string;
  /** Registry of identities and certificates, in SQLite. */
  readonly registry: string;
}

/** The files of an authority whose folder is given. */
export function authorityLayout(folder: string): AuthorityLayout {
  return {
    folder,
    certificate: `${folder}/ca-cert.pem`,
    chain: `${folder}/ca-chain.pem`,
    keys: `${folder}/msp/keystore`,
    registry: `${folder}/registry.db`,
  };
}

/** Mount points and folders of the authority's pods. */
export const authorityPaths = {
  /** Mount point of the claim that only the Job mounts. */
  rootVolume: "/var/hyperledger-root",
  /** Folders of the volumes, one for each authority. */
  root: "/var/hyperledger-root/root-ca",
  enrolment: "/var/hyperledger/ca",
  tls: "/var/hyperledger/tls-ca",
  /** In memory: configuration with passwords in it, and what a server makes for itself. */
  run: "/run/fabric-ca",
  /** In memory: the key pair that both servers show. */
  serving: "/run/serving",
  /** Public certificates on their way into the ConfigMap `msp`. */
  published: "/run/authorities",
  /** Files of the Secret `ca-registrar`. */
  registrar: "/run/registrar",
  /** Files of the Secret with the organisation's own certificates. */
  own: "/run/own-authorities",
  /** Files of the Secret that says where the PostgreSQL registry is. */
  postgresql: "/run/postgresql",
} as const;
