import { CoreV1Api, type KubeConfig } from "@kubernetes/client-node";
import { networkLabel } from "../../../lib/constructs/manifests";

/** Where private keys were looked for, and found. */
export interface Looked {
  readonly texts: number;
  /** Places, never contents. */
  readonly found: readonly string[];
}

const keyHeader = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** Whether a text holds a private key, as PEM or as base64 of it, which is how Secrets and JSON carry it. */
function holdsKey(text: string): boolean {
  if (keyHeader.test(text)) return true;
  return (text.match(/[A-Za-z0-9+/=]{40,}/g) ?? []).some((part) =>
    keyHeader.test(Buffer.from(part, "base64").toString("latin1")),
  );
}

/**
 * Reads every ConfigMap and Secret of a network's namespaces and the logs of all containers of its pods, and whatever else
 * it is given, in search of a private key.
 */
export async function privateKeysIn(
  config: KubeConfig,
  network: string,
  further: Readonly<Record<string, string>>,
): Promise<Looked> {
  const core = config.makeApiClient(CoreV1Api);
  const texts = new Map<string, string>(Object.entries(further));
  const { items: namespaces } = await core.listNamespace({ labelSelector: `${networkLabel}=${network}` });
  for (const namespace of namespaces.map(({ metadata }) => metadata?.name ?? "")) {
    const [maps, secrets, pods] = await Promise.all([
      core.listNamespacedConfigMap({ namespace }),
      core.listNamespacedSecret({ namespace }),
      core.listNamespacedPod({ namespace }),
    ]);
    for (const { metadata, data, binaryData } of maps.items) {
      texts.set(`ConfigMap ${namespace}/${metadata?.name}`, JSON.stringify({ data, binaryData }));
    }
    for (const { metadata, data } of secrets.items) {
      const clear = Object.values(data ?? {}).map((value) => Buffer.from(value, "base64").toString("latin1"));
      texts.set(`Secret ${namespace}/${metadata?.name}`, clear.join("\n"));
    }
    for (const { metadata, spec } of pods.items) {
      const name = metadata?.name ?? "";
      for (const container of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
        const log = await core.readNamespacedPodLog({ namespace, name, container: container.name }).catch(() => "");
        texts.set(`log of ${namespace}/${name} ${container.name}`, log);
      }
    }
  }
  return { texts: texts.size, found: [...texts].filter(([, text]) => holdsKey(text)).map(([place]) => place) };
}
