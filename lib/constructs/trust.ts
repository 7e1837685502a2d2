import { Quantity, type Container, type EnvVar, type Volume } from "cdk8s-plus-28/lib/imports/k8s";
import { imageReference } from "../fabric/images";
import { dataVolume } from "../fabric/layout";
import { identityObjects, namespaceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { podNameVariable } from "./fabric-container";
import { restrictedContainer } from "./pod-security";
import { lastWords, shellScript, terminationMessage } from "./script";

/** Seconds that a node's first start waits for the certificates of all sites, before its pod says what is missing. */
const patience = 300;

/** Mount points in the init container. */
const paths = { own: "/run/msp-here", abroad: "/run/msp-abroad", all: "/run/msp" } as const;

export interface TrustProps {
  readonly network: Network;
  readonly organisation: Organisation;
  /** Sites whose authorities must be known before the pod's first start; none for whoever can do without. */
  readonly awaited: readonly string[];
  /** The volume that the united certificates are left in. */
  readonly united: string;
  /** The pod's volume for keys and certificates, by which it knows whether it has ever started. */
  readonly volume: string;
}

/**
 * The init container of pods whose organisation is on several sites: it puts together what the organisation's authorities
 * published here (ConfigMap `msp`) and elsewhere (`msp-abroad`, as Pulumi brings it).
 */
export function trust(props: TrustProps): { readonly container: Container; readonly volumes: Volume[] } {
  const { network, organisation, awaited, united, volume } = props;
  const environment: Record<string, string> = {
    TRUST_ORGANISATION: organisation.name,
    TRUST_NAMESPACE: namespaceName(network, organisation),
    TRUST_SITES: awaited.join(" "),
    TRUST_PATIENCE: `${patience}`,
    TRUST_OWN: paths.own,
    TRUST_ABROAD: paths.abroad,
    TRUST_ALL: paths.all,
    TRUST_VOLUME: dataVolume,
    TRUST_TERMINATION_MESSAGE: terminationMessage,
  };
  const container: Container = {
    name: "trust",
    image: imageReference("ca", network.fabric),
    command: ["bash", "-c", shellScript("trust")],
    env: [podNameVariable, ...Object.entries(environment).map(([name, value]): EnvVar => ({ name, value }))],
    securityContext: restrictedContainer,
    terminationMessagePolicy: lastWords,
    resources: {
      requests: { cpu: Quantity.fromString("10m"), memory: Quantity.fromString("16Mi") },
      limits: { memory: Quantity.fromString("64Mi") },
    },
    volumeMounts: [
      { name: volume, mountPath: dataVolume, readOnly: true },
      { name: "msp-here", mountPath: paths.own, readOnly: true },
      { name: "msp-abroad", mountPath: paths.abroad, readOnly: true },
      { name: united, mountPath: paths.all },
    ],
  };
  return {
    container,
    volumes: [
      { name: "msp-here", configMap: { name: identityObjects.msp } },
      // Whole folders, so that what comes while a pod waits is seen.
      { name: "msp-abroad", configMap: { name: identityObjects.mspAbroad, optional: true } },
      { name: united, emptyDir: { medium: "Memory" } },
    ],
  };
}
