import { farthestInOneCity } from "../fabric/timing";
import type { Finding } from "../spec/problem";
import type { Settings } from "../spec/settings";
import { millisecondsOf } from "./timing";

/** Two zones that both work wait for each other at every block and every election: they must be close. */
export function checkDistance({ sites }: Settings): Finding[] {
  return sites.flatMap(({ roundTrip }, index) =>
    millisecondsOf(roundTrip) <= farthestInOneCity
      ? []
      : [
          {
            document: "settings",
            path: ["sites", index, "roundTrip"],
            found: `${roundTrip} there and back between zones`,
            allowed: `at most ${farthestInOneCity}ms: dual-active is one city, where every block waits for the other zone`,
            fix: "choose zones of one city, and write down the longest round trip that you measure between them",
          } satisfies Finding,
        ],
  );
}
