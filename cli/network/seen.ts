import type { AgentStatus } from "../../agent/status/document";

/** What an agent said, and where. */
export interface SiteAgentStatus extends AgentStatus {
  readonly site: string;
}

/** A site of which nothing is known now, and why. What runs there may well run on. */
export interface UnseenSite {
  readonly site: string;
  readonly found: string;
  readonly fix: string;
}

/** What the agents of all organisations last said, on every site that answers, and who said nothing. */
export interface NetworkStatus {
  readonly statuses: readonly SiteAgentStatus[];
  /** Organisations whose agent has said nothing yet; over several sites as `amber on aws-prod`. */
  readonly silent: readonly string[];
  readonly unseen: readonly UnseenSite[];
}

/** Whether nothing is amiss. */
export function isWell({ statuses, silent, unseen }: NetworkStatus): boolean {
  return (
    unseen.length === 0 &&
    silent.length === 0 &&
    statuses.every(({ conditions }) => conditions.every(({ status }) => status === "True"))
  );
}
