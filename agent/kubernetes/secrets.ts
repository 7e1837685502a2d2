import { randomBytes } from "node:crypto";
import { type ApiServer, isAbsent, isConflict } from "./api-server";
import { pathOf, type Secret } from "./objects";

/** 32 random bytes in letters that shells, URLs and basic authentication leave alone. */
const randomValue = (): string => randomBytes(32).toString("hex");

/**
 * A Secret that has a random value under each of `keys`: made where there is none, completed where keys are missing.
 * What is there is never changed and never removed, whoever else does the same at the same time, so that a value once
 * handed out stays true.
 * @returns The value of every key asked for.
 * @throws ApiError
 */
export async function secretValues(
  api: ApiServer,
  namespace: string,
  name: string,
  keys: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  for (;;) {
    const found = await made(api, namespace, name, keys);
    const missing = keys.filter((key) => found.data?.[key] === undefined);
    if (missing.length === 0) return Object.fromEntries(keys.map((key) => [key, decoded(found.data?.[key] ?? "")]));
    try {
      // The resourceVersion that was read makes this fail if anybody else has completed it meanwhile.
      const data = { ...found.data, ...encoded(missing) };
      await api.call("PUT", pathOf("secrets", namespace, name), { ...found, data });
    } catch (thrown) {
      if (!isConflict(thrown)) throw thrown;
    }
  }
}

/** The values of a Secret, by key; undefined where there is none. @throws ApiError */
export async function readSecret(
  api: ApiServer,
  namespace: string,
  name: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const { data = {} } = await api.call<Secret>("GET", pathOf("secrets", namespace, name));
    return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decoded(value)]));
  } catch (thrown) {
    if (isAbsent(thrown)) return undefined;
    throw thrown;
  }
}

async function made(api: ApiServer, namespace: string, name: string, keys: readonly string[]): Promise<Secret> {
  const object = { apiVersion: "v1", kind: "Secret", type: "Opaque", metadata: { name, namespace } };
  try {
    return await api.call<Secret>("POST", pathOf("secrets", namespace), { ...object, data: encoded(keys) });
  } catch (thrown) {
    if (!isConflict(thrown)) throw thrown;
  }
  return api.call<Secret>("GET", pathOf("secrets", namespace, name));
}

const encoded = (keys: readonly string[]): Record<string, string> =>
  Object.fromEntries(keys.map((key) => [key, Buffer.from(randomValue()).toString("base64")]));

const decoded = (value: string): string => Buffer.from(value, "base64").toString("utf8");
