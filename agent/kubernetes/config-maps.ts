import { type ApiServer, isAbsent, isConflict } from "./api-server";
import { type ConfigMap, pathOf } from "./objects";

/** What a ConfigMap holds, by key. */
export type Content = Readonly<Record<string, Uint8Array>>;

/** Reads a ConfigMap; undefined where there is none. @throws ApiError */
export async function readConfigMap(api: ApiServer, namespace: string, name: string): Promise<Content | undefined> {
  try {
    const { data = {}, binaryData = {} } = await api.call<ConfigMap>("GET", pathOf("configmaps", namespace, name));
    return Object.fromEntries([
      ...Object.entries(data).map(([key, text]) => [key, Buffer.from(text, "utf8")] as const),
      ...Object.entries(binaryData).map(([key, text]) => [key, Buffer.from(text, "base64")] as const),
    ]);
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    throw thrown;
  }
}

/**
 * Makes a ConfigMap with this content, or replaces what it holds. Texts stay readable (`data`), the rest is base64
 * (`binaryData`).
 * @throws ApiError
 */
export async function writeConfigMap(
  api: ApiServer,
  namespace: string,
  name: string,
  content: Content,
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  const object = configMap(namespace, name, content, labels);
  // Tried in the order that is mostly right; whoever removes or makes it meanwhile costs one more round.
  for (let attempt = 1; ; attempt += 1) {
    try {
      await api.call("PUT", pathOf("configmaps", namespace, name), object);
      return;
    } catch (thrown) {
      if (!isAbsent(thrown)) throw thrown;
    }
    try {
      await api.call("POST", pathOf("configmaps", namespace), object);
      return;
    } catch (thrown) {
      if (!isConflict(thrown) || attempt === 3) throw thrown;
    }
  }
}

/** Makes a ConfigMap with this content; one that is there stays as it is. @throws ApiError */
export async function createConfigMap(
  api: ApiServer,
  namespace: string,
  name: string,
  content: Content,
): Promise<void> {
  try {
    await api.call("POST", pathOf("configmaps", namespace), configMap(namespace, name, content, {}));
  } catch (thrown) {
    if (!isConflict(thrown)) throw thrown;
  }
}

function configMap(namespace: string, name: string, content: Content, labels: Readonly<Record<string, string>>) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels }, ...divided(content) };
}

function divided(content: Content): Pick<ConfigMap, "data" | "binaryData"> {
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const [key, bytes] of Object.entries(content)) {
    const text = asText(bytes);
    if (text === undefined) binaryData[key] = Buffer.from(bytes).toString("base64");
    else data[key] = text;
  }
  return { data, binaryData };
}

/** The text that bytes are in UTF-8; undefined where they are none, or would not come back the same. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
