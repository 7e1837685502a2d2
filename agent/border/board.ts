import type { Board } from "../board";
import { LockUnreachable, type RestartLock } from "../renewal/lock";
import { type Border, BoardUnreachable } from "./client";

/** A board of which each site has a part: the own one in this cluster, the others over the border. */
export function borderBoard(local: Board, border: Pick<Border, "read">, here: string): Board {
  return {
    read: (organisation, name, site) =>
      site === undefined || site === here ? local.read(organisation, name) : border.read(organisation, site, name),
    publish: (name, content, once) => local.publish(name, content, once),
  };
}

/** The lock of restarts as it is kept by the agent of an organisation on another site. */
export function borderLock(
  border: Pick<Border, "takeLock" | "releaseLock">,
  keeper: { readonly organisation: string; readonly site: string },
): RestartLock {
  const { organisation, site } = keeper;
  return {
    async take(self) {
      try {
        return await border.takeLock(organisation, site, self);
      } catch (error) {
        if (error instanceof BoardUnreachable) throw new LockUnreachable(error.message);
        throw error;
      }
    },
    async release(self) {
      try {
        await border.releaseLock(organisation, site, self);
      } catch (error) {
        // Whoever cannot give it back does not renew it either, and it ends by itself.
        if (!(error instanceof BoardUnreachable)) throw error;
      }
    },
  };
}
