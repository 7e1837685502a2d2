import type { Waiver } from "../../lib/spec/network";
import { holds, type Day } from "../waivers";

/** What a rule of the pack may be told with `--policy-pack-config`. */
export interface RuleConfig {
  readonly enforcementLevel?: "disabled";
  /** Objects that may break it, as waivers name them. */
  readonly waived?: readonly string[];
}

/**
 * The waivers of a network file as the pack takes them. One that has ended is none.
 * @param today Against which waivers end.
 */
export function packConfig(waivers: readonly Waiver[], today: Day): Readonly<Record<string, RuleConfig>> {
  const valid = waivers.filter((waiver) => holds(waiver, today));
  const policies = [...new Set(valid.map(({ policy }) => policy))];
  return Object.fromEntries(
    policies.map((id): [string, RuleConfig] => {
      const objects = valid.filter(({ policy }) => policy === id).map(({ object }) => object);
      const named = objects.filter((object) => object !== undefined);
      return [id, named.length < objects.length ? { enforcementLevel: "disabled" } : { waived: named }];
    }),
  );
}
