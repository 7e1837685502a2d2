import { Quantity, type Container, type EnvVar, type Volume } from "cdk8s-plus-28/lib/imports/k8s";
import { imageReference } from "../fabric/images";
import { dataVolume, peerLayout } from "../fabric/layout";
import { renderNodeOus } from "../fabric/node-ous";
import { ports } from "../fabric/ports";
import { authorityServiceName, identityObjects, namespaceName } from "../spec/names";
import type { Network, Organisation } from "../spec/network";
import { secondsOf } from "../spec/scalars";
import { podNameVariable } from "./fabric-container";
import { runAgain } from "./organisation-job";
import { restrictedContainer } from "./pod-security";
import { lastWords, shellScript, terminationMessage } from "./script";
import { trust } from "./trust";

/** Seconds for which a pod without certificates asks its authority, and one whose certificates still hold. */
const patience = { without: 300, withValid: 20 } as const;

/** Mount points in the init container. */
const paths = { secret: "/run/enrolment", msp: "/run/msp", scratch: "/run/scratch" } as const;

/** What is enrolled, and where it lies then (`lib/fabric/layout.ts`). */
export type EnrolledParts = "tls" | "msp and tls" | "msp, tls and chaincode client";

const partNames: Readonly<Record<EnrolledParts, string>> = {
  tls: "tls",
  "msp and tls": "msp tls",
  "msp, tls and chaincode client": "msp tls chaincode",
};

export interface EnrolProps {
  readonly network: Network;
  readonly organisation: Organisation;
  readonly clusterDomain: string;
  /** Enrolment id, and key of the Secret `enrolment`; `pod` takes the pod's own name. */
  readonly identity: "agent" | "chaincode" | "client" | "pod";
  /** Names that the TLS certificate carries. They may name `$(POD_NAME)`. */
  readonly hosts: readonly string[];
  readonly parts: EnrolledParts;
  /** The pod's volume for keys and certificates, mounted at `/var/hyperledger`. */
  readonly volume: string;
  /** The organisation's other sites; undefined in a network of one cluster. */
  readonly abroad?: readonly string[] | undefined;
  /** For consenters, which channels know by the key of their TLS certificate: it is certified again, never replaced. */
  readonly keepTlsKey?: boolean;
}

/**
 * The init containers that give a pod its identity: it enrols with the organisation's authorities, and renews what is soon
 * to expire, each time the pod starts. Put them first, so that the others find certificates.
 */
export function enrol(props: EnrolProps): { readonly containers: Container[]; readonly volumes: Volume[] } {
  const { network, organisation, clusterDomain } = props;
  const { renewBefore } = network.identities;
  const namespace = namespaceName(network, organisation);
  const authority = `${authorityServiceName(organisation)}.${namespace}.svc.${clusterDomain}`;
  const own = props.identity === "pod";
  const name = own ? "$(POD_NAME)" : props.identity;
  const environment: Record<string, string> = {
    ENROL_IDENTITY: name,
    ENROL_POD: "$(POD_NAME)",
    ENROL_ORGANISATION: organisation.name,
    ENROL_NAMESPACE: namespace,
    ENROL_DOMAIN: clusterDomain,
    ENROL_CA: `${authority}:${ports.certificateAuthority.https}`,
    ENROL_TLS_CA: `${authority}:${ports.certificateAuthority.tls}`,
    ENROL_HOSTS: props.hosts.join(","),
    ENROL_PARTS: partNames[props.parts],
    ENROL_KEEP_TLS_KEY: props.keepTlsKey === true ? "yes" : "",
    ENROL_RENEW_BEFORE: `${Math.ceil(secondsOf(renewBefore))}`,
    ENROL_PATIENCE: `${patience.without}`,
    ENROL_SHORT_PATIENCE: `${patience.withValid}`,
    ENROL_NODE_OUS: renderNodeOus(),
    ENROL_VOLUME: dataVolume,
    ENROL_BUILDS: peerLayout().chaincodeBuilds,
    ENROL_SECRET: `${paths.secret}/secret`,
    ENROL_TRUST: paths.msp,
    ENROL_SCRATCH: paths.scratch,
    ENROL_TERMINATION_MESSAGE: terminationMessage,
    ENROL_REGISTER_AGAIN: runAgain(network, organisation, "register"),
    ENROL_INIT_AGAIN: runAgain(network, organisation, "ca-init"),
  };
  const container: Container = {
    name: "enrol",
    image: imageReference("ca", network.fabric),
    command: ["bash", "-c", shellScript("enrol")],
    env: [podNameVariable, ...Object.entries(environment).map(([key, value]): EnvVar => ({ name: key, value }))],
    securityContext: restrictedContainer,
    terminationMessagePolicy: lastWords,
    resources: {
      requests: { cpu: Quantity.fromString("10m"), memory: Quantity.fromString("32Mi") },
      limits: { memory: Quantity.fromString("128Mi") },
    },
    volumeMounts: [
      { name: props.volume, mountPath: dataVolume },
      // Of all the organisation's secrets only this pod's own.
      {
        name: "enrolment",
        mountPath: `${paths.secret}/secret`,
        readOnly: true,
        ...(own ? { subPathExpr: "$(POD_NAME)" } : { subPath: props.identity }),
      },
      { name: "msp", mountPath: paths.msp, readOnly: true },
      { name: "enrol-scratch", mountPath: paths.scratch },
    ],
  };
  // Nodes are known by their colleagues elsewhere, and know them; whoever only calls nodes of this site can do without.
  const { abroad, volume } = props;
  const awaited = own ? (abroad ?? []) : [];
  const united = abroad === undefined ? undefined : trust({ network, organisation, awaited, united: "msp", volume });
  return {
    containers: [...(united === undefined ? [] : [united.container]), container],
    volumes: [
      {
        name: "enrolment",
        secret: {
          secretName: identityObjects.enrolment,
          defaultMode: 0o440,
          ...(own ? {} : { items: [{ key: props.identity, path: props.identity }] }),
        },
      },
      ...(united?.volumes ?? [{ name: "msp", configMap: { name: identityObjects.msp } }]),
      // In memory: the client writes its configuration there, and what is put together there is worth nothing later.
      { name: "enrol-scratch", emptyDir: { medium: "Memory" } },
    ],
  };
}
