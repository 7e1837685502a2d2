/** Loses members of a federation and brings them back, from any process. The daemon does it. */
import { breakMember, breakZone, healMember, healZone } from "../nodes/break";
import { SandboxError } from "../errors";
import type { SandboxRecord, ZoneSpec } from "../state";

/** What can be broken of a federation. */
export interface Faults {
  /** Kills a cluster's API server, and nothing else. Returns when it is gone. */
  stopApiServer(cluster: string): Promise<void>;
  /** Starts it again, with what it kept. Returns when it is ready. */
  startApiServer(cluster: string): Promise<void>;
  /** Kills a whole member at once: API server, controllers, and with real nodes its machines. Returns when all is gone. */
  killMember(member: string): Promise<void>;
  /** Brings a killed member back. Returns when its nodes are Ready, and take pods. */
  restoreMember(member: string): Promise<void>;
  /** Silences a zone of a member; real nodes: takes its cable out. Returns when its nodes are NotReady. */
  loseZone(member: string, zone: string): Promise<void>;
  /** Brings a zone back. Returns when its nodes are Ready. */
  restoreZone(member: string, zone: string): Promise<void>;
}

/** How a cluster's kubeconfig is found; throws for one that is not there. */
type Find = (name: string) => { readonly kubeconfig: string };

/** The faults of one federation. */
export function federationFaults(root: string, record: SandboxRecord, find: Find): Faults {
  const zonesOf = (member: string): ZoneSpec[] => record.zones.filter(({ cluster }) => cluster === member);
  const configOf = async (name: string) => (await import("../controlplane/client")).loadConfig(find(name).kubeconfig);
  const zoneOf = (member: string, zone: string): ZoneSpec => {
    find(member);
    const found = zonesOf(member).find(({ label }) => label === zone);
    if (found) return found;
    const names = zonesOf(member).map(({ label }) => label);
    throw new SandboxError(`${member} has no zone "${zone}"`, `name one of: ${names.join(", ")}`);
  };
  const restoreMember = async (member: string): Promise<void> => {
    find(member);
    const begun = Date.now();
    await healMember(root, member);
    const config = await configOf(member);
    const zones = zonesOf(member);
    if (record.nodes === "real") {
      const { zoneBack } = await import("../nodes/real-zones");
      for (const { name } of zones) await zoneBack(config, name, { begun, restarted: true });
      return;
    }
    const { nodesReady } = await import("../simulation/register");
    const count = zones.reduce((sum, { nodes }) => sum + nodes, 0);
    await nodesReady(config, count, () => Promise.resolve());
  };
  return {
    stopApiServer: async (cluster) => {
      find(cluster);
      await breakMember(root, cluster, "stopped");
    },
    startApiServer: async (cluster) => {
      find(cluster);
      await healMember(root, cluster);
    },
    killMember: async (member) => {
      find(member);
      await breakMember(root, member, "killed");
    },
    restoreMember,
    loseZone: async (member, zone) => {
      const { name } = zoneOf(member, zone);
      const config = await configOf(member);
      if (record.nodes === "simulated") return (await import("../simulation/zones")).loseZone(config, zone);
      await breakZone(root, name, "cut");
      await (await import("../nodes/real-zones")).zoneLost(config, name);
    },
    restoreZone: async (member, zone) => {
      const { name } = zoneOf(member, zone);
      const config = await configOf(member);
      if (record.nodes === "simulated") return (await import("../simulation/zones")).restoreZone(config, zone);
      const begun = Date.now();
      const restarted = await healZone(root, name);
      await (await import("../nodes/real-zones")).zoneBack(config, name, { begun, restarted });
    },
  };
}
