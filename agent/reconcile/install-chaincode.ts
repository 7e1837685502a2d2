import type { ChaincodePackage } from "../../lib/fabric/chaincode-package";
import type { ConsortiumChaincode } from "../../lib/fabric/consortium";
import type { NodeConnection } from "../fabric/connection";
import { install, installedPackages } from "../fabric/lifecycle";
import { inWords } from "../fabric/problem";
import { type Condition, isNotSo, isSo } from "./condition";
import type { Pass } from "./pass";

/** Installs a chaincode's package on the own peers that have not got it. */
export async function installChaincode(
  pass: Pass,
  { name, channel }: ConsortiumChaincode,
  wanted: ChaincodePackage,
  peers: readonly NodeConnection[],
): Promise<Condition> {
  const object = `chaincode/${channel}/${name}`;
  const failures = (await Promise.all(peers.map((peer) => installOn(pass, wanted, peer)))).flatMap(
    (failure) => failure ?? [],
  );
  if (failures.length > 0) {
    return isNotSo(
      "ChaincodeInstalled",
      object,
      "Refused",
      `${wanted.packageId} is not installed: ${failures.join("; ")}`,
      "See what the peers' logs say of the external builder, and whether their CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG has every value.",
    );
  }
  if (peers.length < pass.here.peers.length) {
    const missing = pass.here.peers.filter(({ pod }) => !peers.some(({ node }) => node.pod === pod));
    const pods = missing.map(({ pod }) => pod).join(", ");
    return isNotSo("ChaincodeInstalled", object, "AwaitsPeers", `${pods} cannot be given ${wanted.packageId} yet`);
  }
  return isSo("ChaincodeInstalled", object, "Installed", `${wanted.packageId} is installed on all own peers`);
}

async function installOn(pass: Pass, wanted: ChaincodePackage, peer: NodeConnection): Promise<string | undefined> {
  try {
    if ((await installedPackages(peer, pass.identity)).includes(wanted.packageId)) return undefined;
    await install(peer, pass.identity, wanted.bytes);
  } catch (error) {
    return `${peer.node.pod}: ${inWords(error)}`;
  }
  await pass.did(`installed ${wanted.packageId} on ${peer.node.pod}`);
  return undefined;
}
