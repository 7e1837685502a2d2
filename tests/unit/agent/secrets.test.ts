/** Secrets are made once, whoever makes them, and whenever it is killed. */
import { ApiError } from "../../../agent/kubernetes/api-server";
import { readConfigMap, writeConfigMap } from "../../../agent/kubernetes/config-maps";
import { pathOf } from "../../../agent/kubernetes/objects";
import { readSecret, secretValues } from "../../../agent/kubernetes/secrets";
import { MemoryApiServer } from "../../support/memory-api-server";

const namespace = "trade-amber";

test("all who ask at once are given the same values, and every key is there in the end", async () => {
  const api = new MemoryApiServer();
  const asked = [["a", "b"], ["b", "c"], ["a", "d"], ["e"]];
  const given = await Promise.all(asked.map((keys) => secretValues(api, namespace, "enrolment", keys)));
  const stored = (await readSecret(api, namespace, "enrolment")) ?? {};
  for (const values of given) expect(stored).toMatchObject(values);
  expect(Object.keys(stored).sort()).toEqual(["a", "b", "c", "d", "e"]);
  for (const value of Object.values(stored)) expect(value).toMatch(/^[0-9a-f]{64}$/);
});

test("killed at any call, the next run keeps what there is", async () => {
  for (let deadly = 1; deadly <= 3; deadly += 1) {
    const api = new MemoryApiServer();
    const first = await secretValues(api, namespace, "enrolment", ["a"]);
    let calls = 0;
    api.before = () => {
      calls += 1;
      if (calls === deadly) throw new ApiError(0, "killed");
    };
    await secretValues(api, namespace, "enrolment", ["a", "b"]).catch(() => undefined);
    api.before = () => undefined;
    const half = (await readSecret(api, namespace, "enrolment")) ?? {};
    const last = await secretValues(api, namespace, "enrolment", ["a", "b"]);
    expect(last).toMatchObject(first);
    expect(last).toMatchObject(half);
  }
});

test("a ConfigMap gives back the bytes that it was given, texts in clear", async () => {
  const api = new MemoryApiServer();
  const content = {
    "text.pem": Buffer.from("-----BEGIN…"),
    block: Buffer.from([0, 255, 10]),
    bom: Buffer.from([0xef, 0xbb, 0xbf, 65]),
    empty: Buffer.alloc(0),
  };
  await writeConfigMap(api, namespace, "channel-trade", content);
  await writeConfigMap(api, namespace, "channel-trade", content);
  expect(await readConfigMap(api, namespace, "channel-trade")).toEqual(content);
  expect(api.get(pathOf("configmaps", namespace, "channel-trade"))).toMatchObject({
    data: { "text.pem": "-----BEGIN…" },
  });
  expect(await readConfigMap(api, namespace, "other")).toBeUndefined();
});
