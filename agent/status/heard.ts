import type { AgentStatus, Condition } from "./document";

/** Milliseconds for which what an agent said counts: it says so every minute, and clocks may differ. */
const countsFor = 5 * 60_000;

/**
 * Whether what an agent said may no longer be so; without a time that can be read it may be of any age.
 * @param now Milliseconds since 1970.
 */
export const isOld = ({ at }: { readonly at?: string }, now: number): boolean =>
  !(now - Date.parse(at ?? "") <= countsFor);

/** What is to be told of an organisation whose agent has fallen silent. @param so What follows from that. */
export function agentSilent(organisation: string, at: AgentStatus["at"], so: string): Condition {
  return {
    type: "AgentHeard",
    status: "False",
    reason: "Silent",
    message: `its agent has said nothing since ${at}, so ${so}`,
    object: `organisation/${organisation}`,
    remedy: `${organisation} looks after its Deployment agent`,
  };
}
