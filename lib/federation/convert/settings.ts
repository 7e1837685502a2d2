import { coreGroup } from "./kinds";
import { isMapping, type Manifest } from "./manifest";
import type { Notebook } from "./notebook";

/** Whether an object is KubeFed's own configuration. */
export const isSettings = ({ value: { apiVersion, kind } }: Manifest): boolean =>
  apiVersion.startsWith(`${coreGroup}/`) && kind === "KubeFedConfig";

/** What of KubeFed's configuration decides what its objects mean. */
export interface KubeFedSettings {
  /** Limited to one namespace: a placement then counts without a FederatedNamespace. */
  readonly oneNamespace: boolean;
}

/** Reads KubeFedConfigs, and says which settings of Karmada's programs correspond to theirs. */
export function settingsIn(manifests: readonly Manifest[], notebook: Notebook): KubeFedSettings {
  const configs = manifests.filter(isSettings);
  for (const manifest of configs) tellSettings(manifest, notebook);
  return { oneNamespace: configs.some(({ value }) => part(value, "spec")["scope"] === "Namespaced") };
}

function tellSettings(manifest: Manifest, notebook: Notebook): void {
  const spec = part(manifest.value, "spec");
  const health = part(spec, "clusterHealthCheck");
  const text = (key: string, other: string): string => {
    const value = health[key];
    return typeof value === "string" || typeof value === "number" ? String(value) : other;
  };
  notebook.tell(manifest, ["spec", "clusterHealthCheck"], {
    subject: "settings",
    weight: "todo",
    kubefed: `members are asked every ${text("period", "10s")} and called ill after ${text("failureThreshold", "3")} failures`,
    karmada: "flags of karmada-controller-manager say it; without them every 10s, and ill after 30s",
    remedy: "set --cluster-status-update-frequency and --cluster-failure-threshold (a time)",
  });
  if (spec["scope"] === "Namespaced") {
    notebook.tell(manifest, ["spec", "scope"], {
      subject: "settings",
      weight: "changed",
      kubefed: "the control plane sees one namespace",
      karmada: "Karmada sees all of them, and has every namespace on every member unless its label forbids it",
    });
  }
  if (part(spec, "syncController")["adoptResources"] === "Disabled") {
    notebook.tell(manifest, ["spec", "syncController", "adoptResources"], {
      subject: "settings",
      weight: "changed",
      kubefed: "objects that stand on a member already are left alone (adoptResources: Disabled)",
      karmada: "they are overwritten: what KubeFed made there has to be taken over",
      remedy: "set conflictResolution: Abort in the policies once everything has been taken over",
    });
  }
  notebook.tell(manifest, [], {
    subject: "settings",
    weight: "same",
    kubefed: "the controllers are configured by this object",
    karmada: "flags do that; nothing is written for it",
  });
}

function part(value: unknown, key: string): Readonly<Record<string, unknown>> {
  const found = isMapping(value) ? value[key] : undefined;
  return isMapping(found) ? found : {};
}
