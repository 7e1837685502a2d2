/** What a drill's options mean on a network: the row of the failure matrix that it rehearses. */
import type { Failure } from "../../lib/placement/failure";
import type { Plan } from "../../topologies/plan";
import { CommandError } from "../errors";

/** @throws CommandError where the network has no such zone */
export function zoneFailure({ placement }: Plan, kind: "zone" | "node", zone: string): Failure {
  const known = placement.zones.map(({ name }) => name);
  if (!known.includes(zone)) throw new CommandError(`no zone ${zone}`, `name one of: ${known.join(", ")}`);
  return { kind, zone };
}

/**
 * @param asked `<organisation>/<pod>`, or the pod alone.
 * @throws CommandError where the network has no such pod, or several
 */
export function podFailure({ placement }: Plan, asked: string): Failure {
  const [pod = "", organisation] = asked.split("/").reverse();
  const fitting = placement.nodes.filter(
    (node) => node.pod === pod && (organisation === undefined || node.organisation.name === organisation),
  );
  const [node, other] = fitting;
  if (node === undefined || other !== undefined) {
    const known = placement.nodes.map((each) => `${each.organisation.name}/${each.pod}`).join(", ");
    throw new CommandError(`${node === undefined ? "no pod" : "several pods"} ${asked}`, `name one of: ${known}`);
  }
  return { kind: "pod", pod: node.pod, namespace: node.namespace };
}

/** @throws CommandError unless it is two zones of one site */
export function linkFailure({ placement }: Plan, between: readonly string[]): Failure {
  const known = placement.zones.map(({ name }) => name);
  // As the matrix has it: in the order of the zones.
  const [one, other, more] = placement.zones.filter(({ name }) => between.includes(name));
  if (one === undefined || other === undefined || more !== undefined || between.length !== 2) {
    throw new CommandError(`--between ${between.join(" ")}`, `name two of: ${known.join(", ")}`);
  }
  if (one.site !== other.site) {
    throw new CommandError(
      `${one.name} is in ${one.site}, and ${other.name} in ${other.site}: no link, but a border lies between them`,
      "name two zones of one site, or lose a whole site with `drill cluster-loss`",
    );
  }
  return { kind: "link", between: [one.name, other.name] };
}

/** @throws CommandError where there is no such site, or no other */
export function siteFailure({ settings, placement }: Plan, site: string): Failure {
  const known = [...new Set(placement.zones.map((zone) => zone.site))];
  if (known.length < 2) {
    const [only = settings.sites[0]?.name ?? ""] = known;
    throw new CommandError(
      `${only} is the only site of this network: with it all is lost`,
      "lose one of its zones with `drill zone-loss`; or bring a network up over several sites: `make up TOPOLOGY=federated`",
    );
  }
  if (!known.includes(site)) throw new CommandError(`no site ${site}`, `name one of: ${known.join(", ")}`);
  return { kind: "site", site };
}
