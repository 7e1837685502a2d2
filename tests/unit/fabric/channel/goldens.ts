import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { common } from "@hyperledger/fabric-protos";
import { channelConfig } from "../../../../lib/fabric/channel/config";
import type { Json } from "../../../../lib/fabric/channel/json";
import type { ChannelInput, Spares } from "../../../support/channel-inputs";

/** What Fabric's own tools said of the sample channel; see scripts/write-channel-goldens.ts. */
export interface Golden {
  readonly input: ChannelInput;
  readonly spares: Spares;
  readonly block: {
    readonly data: { readonly data: readonly [{ readonly payload: { readonly data: { readonly config: Json } } }] };
    readonly metadata: { readonly metadata: readonly string[] };
  };
  /** By the name of the change. */
  readonly updates: Readonly<Record<string, Json>>;
}

const folder = join(__dirname, "golden");

/** The text of each golden file by the Fabric version that it is of. */
export const goldenTexts: ReadonlyMap<string, string> = new Map(
  readdirSync(folder).map((file) => [file.replace(/\.json$/, ""), readFileSync(join(folder, file), "utf8")]),
);

export function golden(version: string): Golden {
  const text = goldenTexts.get(version);
  if (text === undefined) throw new Error(`there is no golden file of Fabric ${version}`);
  return JSON.parse(text) as Golden;
}

export function configFrom({ channel, consortium, materials, consenters }: ChannelInput): common.Config {
  return channelConfig(channel, consortium, new Map(Object.entries(materials)), consenters);
}
