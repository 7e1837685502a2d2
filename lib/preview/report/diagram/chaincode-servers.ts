import { labelKeys } from "../../../constructs/labels";
import { fieldAt } from "../../../deploy/fields";
import type { Preview } from "../../document";

/** A Deployment that runs a chaincode for an organisation's peers of one zone. */
export interface ChaincodeServer {
  readonly organisation: string;
  readonly site: string;
  readonly zone: string;
}

const zoneLabel = "topology.kubernetes.io/zone";

/** Where chaincode runs, by what the recorded Deployments say. */
export function chaincodeServers({ graph, sites }: Preview): ChaincodeServer[] {
  return graph.resources.flatMap(({ inputs, name }) => {
    const label = (key: string) => fieldAt(inputs, ["metadata", "labels", key]);
    if (inputs["kind"] !== "Deployment" || label(labelKeys.role) !== "chaincode") return [];
    const organisation = label(labelKeys.organisation);
    const zone = fieldAt(inputs, ["spec", "template", "spec", "nodeSelector", zoneLabel]);
    const site = sites.find((one) => name.startsWith(`${one.name}:`))?.name;
    if (typeof organisation !== "string" || typeof zone !== "string" || site === undefined) return [];
    return [{ organisation, site, zone }];
  });
}
