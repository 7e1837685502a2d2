import type { Consortium } from "../../lib/fabric/consortium";
import type { Board } from "../board";
import type { ApiServer } from "./api-server";
import { createConfigMap, readConfigMap, writeConfigMap } from "./config-maps";

/** A board whose notices are ConfigMaps in the namespaces of the organisations. */
export function configMapBoard(api: ApiServer, consortium: Consortium, organisation: string): Board {
  const namespaceOf = (name: string): string => {
    const found = consortium.organisations.find((one) => one.name === name);
    if (found === undefined) throw new RangeError(`${name} is not an organisation of ${consortium.network}`);
    return found.namespace;
  };
  return {
    read: (from, name) => readConfigMap(api, namespaceOf(from), name),
    publish: (name, content, once) =>
      (once === undefined ? writeConfigMap : createConfigMap)(api, namespaceOf(organisation), name, content),
  };
}
