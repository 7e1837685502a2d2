/** Objects of the example trade-finance as policies name them, and where in them things stand. */
export const peer = "StatefulSet/trade-amber/peer0-amber";
export const orderer = "StatefulSet/trade-clearing/orderer";
export const authority = "StatefulSet/trade-amber/ca-amber";
export const chaincode = "Deployment/trade-amber/cc-settlement-1-0-zone-a";
export const agent = "Deployment/trade-amber/agent";
export const gateway = "Service/trade-amber/gateway-amber";
export const claim = (ordinal: number): string => `PersistentVolumeClaim/trade-clearing/data-orderer-${ordinal}`;

export const pod = ["spec", "template", "spec"] as const;
export const container = [...pod, "containers", 0] as const;

export const labels = { "fabric-topologies.dev/network": "trade", "fabric-topologies.dev/organisation": "amber" };
