import { z } from "zod";
import { text } from "../../spec/scalars";
import { ownAnnotations } from "./template";
import { coreGroup } from "./kinds";
import { isMapping, present, type Manifest, type ManifestObject } from "./manifest";
import type { Notebook } from "./notebook";

/** Where Karmada keeps its members' credentials. */
const credentials = "karmada-cluster";

const schema = z.strictObject({
  apiEndpoint: text("a host with a port, such as 192.0.2.1:6443, or a URL"),
  caBundle: z.string("certificates in PEM, in base64").optional(),
  secretRef: z.strictObject({ name: text("the name of a Secret with the key token") }),
  disabledTLSValidations: z.array(z.enum(["*", "SubjectName", "ValidityPeriod"])).optional(),
  proxyURL: z.string("a URL").optional(),
});

/** Whether an object declares a member. */
export const isMember = ({ value: { apiVersion, kind } }: Manifest): boolean =>
  apiVersion.startsWith(`${coreGroup}/`) && kind === "KubeFedCluster";

/** What became of the members. */
export interface Members {
  /** Clusters and their Secrets, and the namespace in which these are. */
  readonly objects: readonly ManifestObject[];
  readonly names: readonly string[];
  /** Secrets among the files that were the members': they are not the host's any more. */
  readonly secrets: ReadonlySet<Manifest>;
}

/** Karmada's members: their addresses, and Secrets with the token and, unlike KubeFed's, the certificates. */
export function membersIn(manifests: readonly Manifest[], notebook: Notebook): Members {
  const secrets = new Set<Manifest>();
  const members = manifests.filter(isMember);
  const objects = members.flatMap((manifest) => {
    const spec = notebook.read(
      manifest,
      ["spec"],
      Object.fromEntries(present(asMapping(manifest.value["spec"]))),
      schema,
    );
    if (spec === undefined || !fitName(manifest, notebook)) return [];
    const apiEndpoint = endpointOf(manifest, spec.apiEndpoint, notebook);
    if (apiEndpoint === undefined) return [];
    const secret = manifests.find(
      ({ value: { apiVersion, kind, metadata } }) =>
        apiVersion === "v1" &&
        kind === "Secret" &&
        metadata.name === spec.secretRef.name &&
        metadata.namespace === manifest.value.metadata.namespace,
    );
    if (secret !== undefined) secrets.add(secret);
    tellTrust(manifest, spec, notebook);
    return [secretOf(manifest, spec, secret, notebook), clusterOf(manifest, { ...spec, apiEndpoint })];
  });
  const names = members.map(({ value }) => value.metadata.name);
  const space = { apiVersion: "v1", kind: "Namespace", metadata: { name: credentials } };
  return { objects: objects.length === 0 ? [] : [space, ...objects], names, secrets };
}

const asMapping = (value: unknown): Readonly<Record<string, unknown>> => (isMapping(value) ? value : {});

function fitName(manifest: Manifest, notebook: Notebook): boolean {
  const { name } = manifest.value.metadata;
  if (/^[a-z0-9]([-a-z0-9]{0,46}[a-z0-9])?$/.test(name)) return true;
  notebook.refuse(manifest, {
    path: ["metadata", "name"],
    found: `a member called ${name}`,
    allowed: "at most 48 of a-z 0-9 -: Karmada makes a namespace of it",
    fix: "Join the cluster under another name; placements and overrides must say the same one.",
  });
  return false;
}

/** Karmada takes URLs only. */
function endpointOf(manifest: Manifest, written: string, notebook: Notebook): string | undefined {
  const url = /^[a-z]+:\/\//.test(written) ? written : `https://${written}`;
  try {
    const { host, username, search, hash } = new URL(url);
    if (host !== "" && username + search + hash === "") return url;
  } catch {
    // Said below.
  }
  notebook.refuse(manifest, {
    path: ["spec", "apiEndpoint"],
    found: "an address that is no URL of an API server",
    allowed: "such as https://192.0.2.1:6443",
    fix: "Correct the address.",
  });
  return undefined;
}

type Spec = z.output<typeof schema>;

function tellTrust(manifest: Manifest, { disabledTLSValidations = [] }: Spec, notebook: Notebook): void {
  const at = ["spec", "disabledTLSValidations"];
  if (disabledTLSValidations.includes("*")) {
    notebook.tell(manifest, at, {
      subject: "members",
      weight: "same",
      kubefed: "the member's certificate is not looked at",
      karmada: "insecureSkipTLSVerification: it is not looked at",
    });
  } else if (disabledTLSValidations.length > 0) {
    notebook.tell(manifest, at, {
      subject: "members",
      weight: "todo",
      kubefed: `of the member's certificate, ${disabledTLSValidations.join(" and ")} is not looked at`,
      karmada: "Karmada looks at all of it or at nothing; here at all of it, so the connection may fail",
      remedy: "renew the API server's certificate with the right names and dates",
    });
  }
}

function secretOf(manifest: Manifest, spec: Spec, secret: Manifest | undefined, notebook: Notebook): ManifestObject {
  const { name } = manifest.value.metadata;
  const data = asMapping(secret?.value["data"]);
  const text = asMapping(secret?.value["stringData"]);
  const token = typeof data["token"] === "string" ? { data: { token: data["token"] } } : {};
  const stringToken = typeof text["token"] === "string" ? { stringData: { token: text["token"] } } : {};
  const has = "data" in token || "stringData" in stringToken;
  notebook.tell(manifest, ["spec", "secretRef"], {
    subject: "members",
    weight: "todo",
    kubefed: `the token is in Secret ${spec.secretRef.name}, that of an account which kubefedctl join made on the member`,
    karmada: has
      ? `Secret ${credentials}/${name} holds the same token: once the cluster leaves KubeFed, the account is gone and Karmada locked out`
      : `Secret ${credentials}/${name} is written without a token, as ${spec.secretRef.name} is not among the files`,
    remedy: has
      ? "make an account for Karmada on the member before the cluster leaves KubeFed, and put its token there"
      : `put one there: kubectl -n ${credentials} patch secret ${name} --type merge --patch-file <a file with stringData: {token: …}>`,
  });
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace: credentials },
    type: "Opaque",
    data: { ...token.data, ...(spec.caBundle === undefined ? {} : { caBundle: spec.caBundle }) },
    ...stringToken,
  };
}

function clusterOf(manifest: Manifest, spec: Spec): ManifestObject {
  const { name, labels } = manifest.value.metadata;
  const status = asMapping(manifest.value["status"]);
  const annotations = ownAnnotations(manifest);
  return {
    apiVersion: "cluster.karmada.io/v1alpha1",
    kind: "Cluster",
    metadata: {
      name,
      ...(labels === undefined ? {} : { labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    spec: {
      syncMode: "Push",
      apiEndpoint: spec.apiEndpoint,
      secretRef: { namespace: credentials, name },
      ...(spec.disabledTLSValidations?.includes("*") === true ? { insecureSkipTLSVerification: true } : {}),
      ...(spec.proxyURL === undefined || spec.proxyURL === "" ? {} : { proxyURL: spec.proxyURL }),
      ...(typeof status["region"] === "string" ? { region: status["region"] } : {}),
      ...(Array.isArray(status["zones"]) && status["zones"].length > 0 ? { zones: status["zones"] as unknown[] } : {}),
    },
  };
}
