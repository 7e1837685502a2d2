import { ApiServer, NoAnswer } from "./api-server";
import type { ObjectFinding } from "./findings";
import { kubeconfigName, readKubeconfig } from "./kubeconfig";
import type { SiteAccess } from "./site-access";

/** A cluster that answers, knows us, and is new enough. */
export interface Reached {
  readonly api: ApiServer;
  /** Kubernetes version as the server states it, such as `v1.36.3`. */
  readonly version: string;
  /** The name under which the cluster knows us. */
  readonly user: string;
}

/**
 * The oldest Kubernetes that this is built for. A choice, not a limit of the API: what our objects use is older, but
 * nothing here was ever tried with anything older.
 */
const oldest = { major: 1, minor: 30 };

/**
 * Connects to a site's cluster once, within a time limit. Pulumi itself does not: with nothing to change it never asks
 * the cluster, and calls a dead site "unchanged"; with something to change it waits for half a minute.
 */
export async function reach(site: SiteAccess, timeoutMs: number): Promise<Reached | ObjectFinding> {
  const config = readKubeconfig(site);
  if ("found" in config) return config;
  const name = kubeconfigName(site);
  const where = `${config.getCurrentCluster()?.server} (context ${config.getCurrentContext()} of ${name})`;
  const kubectl = `kubectl --kubeconfig ${name} --context ${config.getCurrentContext()}`;

  let api: ApiServer;
  try {
    api = await ApiServer.open(config, timeoutMs);
  } catch (error) {
    return {
      found: `no credentials for ${where}: ${messageOf(error)}`,
      allowed: "a user of the kubeconfig whose certificate, token or credential plugin works",
      fix: `log in to the cluster's provider again; \`${kubectl} version\` must answer`,
    };
  }
  const refused = (finding: ObjectFinding): ObjectFinding => {
    api.close();
    return finding;
  };
  try {
    const version = await api.get("/version");
    if (version.status === 401) return refused(unauthorised(where, kubectl));
    const server = version.body as { gitVersion?: unknown; major?: unknown; minor?: unknown } | string;
    if (version.status !== 200 || typeof server === "string" || typeof server.gitVersion !== "string") {
      return refused({
        found: `something that is not a Kubernetes API server at ${where}: it answered ${version.status} to /version`,
        allowed: "the address of an API server",
        fix: `correct \`server\` in ${name}, or the proxy on the way`,
      });
    }
    const [major, minor] = [Number(server.major), Number.parseInt(String(server.minor), 10)];
    if (major < oldest.major || (major === oldest.major && minor < oldest.minor)) {
      return refused({
        found: `Kubernetes ${server.gitVersion} at ${where}`,
        allowed: `${oldest.major}.${oldest.minor} or newer`,
        fix: "upgrade the cluster: this one is older than what this was built and tested for",
      });
    }
    const self = await api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {
      apiVersion: "authentication.k8s.io/v1",
      kind: "SelfSubjectReview",
    });
    const user = (self.body as { status?: { userInfo?: { username?: string } } }).status?.userInfo?.username;
    // A server that lets anybody in answers 403 or calls us anonymous where it did not recognise the credentials.
    if (self.status === 401 || self.status === 403 || user === "system:anonymous")
      return refused(unauthorised(where, kubectl));
    return { api, version: server.gitVersion, user: user ?? "unknown" };
  } catch (error) {
    return refused(unreachable(error, where, kubectl));
  }
}

function unauthorised(where: string, kubectl: string): ObjectFinding {
  return {
    found: `credentials that ${where} does not accept`,
    allowed: "a user whom the cluster knows",
    fix: `renew the certificate or token (it may have expired, or belong to an older cluster of this name); \`${kubectl} auth whoami\` must name you`,
  };
}

/** Codes of Node's TLS for a certificate that is not the expected one; all others are of the connection. */
const certificateCodes = /CERT|SELF_SIGNED|ISSUER|ALTNAME|UNABLE_TO/;

function unreachable(error: unknown, where: string, kubectl: string): ObjectFinding {
  const code = (error as NodeJS.ErrnoException).code ?? "";
  const allowed = "an API server that answers";
  if (error instanceof NoAnswer) {
    return {
      found: `${error.message} from ${where}: the address takes connections or swallows them, and says nothing`,
      allowed,
      fix: "see whether the API server hangs (its etcd may have lost the majority) or a firewall drops the packets, then run again; nothing was changed",
    };
  }
  if (code === "ECONNREFUSED") {
    return {
      found: `nothing listening at ${where}: connection refused`,
      allowed,
      fix: "start the cluster (the sandbox: `make up`), or correct `server` in the kubeconfig; what runs in the cluster is as it was",
    };
  }
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return {
      found: `a host name that cannot be resolved: ${where}`,
      allowed,
      fix: "correct `server` in the kubeconfig, or connect to the network (VPN) where the name is known",
    };
  }
  if (certificateCodes.test(code)) {
    return {
      found: `a server certificate that is not trusted at ${where}: ${messageOf(error)}`,
      allowed: "a certificate that the kubeconfig's certificate-authority signed, for this address",
      fix: "fetch the cluster's kubeconfig anew; do not go on if you do not know why it changed",
    };
  }
  return {
    found: `no way to ${where}: ${messageOf(error)}`,
    allowed,
    fix: `make \`${kubectl} version\` answer, then run again`,
  };
}

function messageOf(error: unknown): string {
  // An attempt at several addresses of one name ends in an AggregateError without a message of its own.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join("; ");
  return error instanceof Error ? error.message : String(error);
}
