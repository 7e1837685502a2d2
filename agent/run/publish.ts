import { announce } from "../kubernetes/events";
import { readConfigMap, writeConfigMap } from "../kubernetes/config-maps";
import type { Pod } from "../kubernetes/objects";
import { type AgentStatus, type Condition, dated, readStatus, statusConfigMap, statusKey } from "../status/document";
import type { Office } from "./office";

/** Keeps the ConfigMap `agent-status`, the events and the metrics as the agent's findings are. */
export class Publisher {
  private written: AgentStatus | undefined;
  private text = "";

  private constructor(private readonly office: Office) {}

  /** Goes on from what was last said, so that times since when hold, and nothing is announced twice. @throws ApiError */
  static async open(office: Office): Promise<Publisher> {
    const publisher = new Publisher(office);
    const content = await readConfigMap(office.api, office.settings.namespace, statusConfigMap);
    publisher.text = Buffer.from(content?.[statusKey] ?? []).toString("utf8");
    publisher.written = readStatus(publisher.text);
    return publisher;
  }

  /** Says how things are, if they are not as said before. @throws ApiError */
  async say(
    status: Omit<AgentStatus, "conditions"> & { readonly conditions: readonly Condition[] },
    pods: ReadonlyMap<string, Pod>,
  ): Promise<void> {
    const { api, settings, metrics, log } = this.office;
    const { all, changed } = dated(status.conditions, this.written?.conditions ?? [], new Date().toISOString());
    metrics.nodes(status.nodes);
    metrics.conditions(all);
    const stated: AgentStatus = { ...status, conditions: all };
    const text = JSON.stringify(stated, undefined, 1);
    if (text === this.text) return;
    await writeConfigMap(api, settings.namespace, statusConfigMap, { [statusKey]: Buffer.from(text, "utf8") });
    this.text = text;
    this.written = stated;
    for (const condition of changed) {
      const { type, object, reason, message } = condition;
      log(condition.status === "False" ? "warn" : "info", message, { condition: type, object, reason });
      await announce(api, settings.namespace, condition, pods.get(object.split("/").at(-1) ?? ""));
    }
  }
}
