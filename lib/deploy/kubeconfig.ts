import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { ObjectFinding } from "./findings";
import type { SiteAccess } from "./site-access";

/** Where a kubeconfig was looked for, as an operator would name it. */
export function kubeconfigName(
  { kubeconfig }: Pick<SiteAccess, "kubeconfig">,
  env: NodeJS.ProcessEnv = process.env,
): string {
  return expandHome(kubeconfig) ?? (env["KUBECONFIG"] || join(homedir(), ".kube", "config"));
}

/** `~/` at the start of a path, which Pulumi's provider knows too. */
function expandHome(path: string | undefined): string | undefined {
  return path?.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}

const inCluster = "/var/run/secrets/kubernetes.io/serviceaccount/token";

/** The kubeconfig of a site with its context chosen, or why there is none. */
export function readKubeconfig(site: SiteAccess, env: NodeJS.ProcessEnv = process.env): KubeConfig | ObjectFinding {
  const name = kubeconfigName(site, env);
  const files = site.kubeconfig === undefined ? name.split(delimiter).filter((file) => file !== "") : [name];
  const config = new KubeConfig();
  if (files.some((file) => existsSync(file))) {
    try {
      files
        .filter((file) => existsSync(file))
        .forEach((file, index) => {
          const next = new KubeConfig();
          next.loadFromFile(file);
          // As with kubectl, the first file's current context holds.
          config.mergeConfig(next, index > 0);
        });
    } catch (error) {
      return {
        found: `a kubeconfig that cannot be read: ${name}: ${error instanceof Error ? error.message : String(error)}`,
        allowed: "a kubeconfig file as kubectl writes it (YAML)",
        fix: `mend ${name}; \`kubectl --kubeconfig ${name} config view\` shows what kubectl makes of it`,
      };
    }
  } else if (site.kubeconfig === undefined && existsSync(inCluster)) {
    config.loadFromCluster();
  } else {
    return {
      found: `no kubeconfig at ${name}`,
      allowed: "a kubeconfig file: the site's `kubeconfig`, else $KUBECONFIG, else ~/.kube/config",
      fix: "set the site's `kubeconfig` in the stack settings, or start the sandbox with `make up`",
    };
  }

  const wanted = site.context ?? config.getCurrentContext();
  const contexts = config.getContexts().map((context) => context.name);
  if (!contexts.includes(wanted)) {
    const what =
      site.context === undefined ? `current context ${JSON.stringify(wanted)}` : `context ${JSON.stringify(wanted)}`;
    return {
      found: `no ${what} in ${name}`,
      allowed: contexts.length === 0 ? "a kubeconfig that has contexts" : `one of its contexts: ${contexts.join(", ")}`,
      fix: "set the site's `context` in the stack settings to one of them",
    };
  }
  config.setCurrentContext(wanted);
  if (config.getCurrentCluster() === null) {
    return {
      found: `the context ${JSON.stringify(wanted)} of ${name} names a cluster that the file does not have`,
      allowed: `one of its clusters: ${
        config
          .getClusters()
          .map((cluster) => cluster.name)
          .join(", ") || "none is there"
      }`,
      fix: `mend the context in ${name}`,
    };
  }
  return config;
}
