import { runbook, type RunbookEntry } from "../../lib/recovery/failover/runbook";

/** docs/runbook.md: every state of a failover for whoever was woken, made from the state machine's own words. */
export function runbookPage(): string {
  return `# Runbook: failover

For whoever was woken. Find the phase that \`kubectl get failover -A\` shows, and read its part only. Writes are never opened,
and nothing is ever given up, without an order of yours; waiting loses nothing. In the commands, \`<epoch>\` is the one that is shown
now: an order about another epoch is refused. \`<new>\` in them is any word
that no order has yet; by it \`status.answers\` says what became of the order. Where this project is at hand, \`npx fabric-topologies
failover status\` shows the same, and which of its shorter commands do what stands here. What lies behind it: [three centers](three-center.md#failover).

<!-- prettier-ignore-start -->
${Object.entries(runbook)
  .map(([phase, entry]) => part(phase, entry))
  .join("\n")}<!-- prettier-ignore-end -->
`;
}

function part(phase: string, { means, look, commands }: RunbookEntry): string {
  return `## ${phase}

${means}

**Look at**

${look.map((line) => `- ${line}`).join("\n")}

**Type**

${commands.map(({ does, type }) => `To ${does}:\n\n\`\`\`\n${type}\n\`\`\`\n`).join("\n")}
`;
}
