/**
 * The whole name of an image, as containerd keeps it: `fabric-topologies/agent:0.1.0` is
 * `docker.io/fabric-topologies/agent:0.1.0`, `couchdb` is `docker.io/library/couchdb:latest`.
 */
export function normalReference(reference: string): string {
  const slash = reference.indexOf("/");
  const first = slash < 0 ? "" : reference.slice(0, slash);
  const named = /[.:]|^localhost$/.test(first);
  const path = named ? reference : `docker.io/${slash < 0 ? "library/" : ""}${reference}`;
  return /:[^/]+$/.test(path) || path.includes("@") ? path : `${path}:latest`;
}
