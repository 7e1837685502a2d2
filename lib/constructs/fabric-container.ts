import { IntOrString, type Container, type EnvVar, type Probe, type VolumeMount } from "cdk8s-plus-28/lib/imports/k8s";
import type { EnvironmentVariable } from "../fabric/environment";
import { configurationFolder, temporaryFolder } from "../fabric/layout";
import type { ContainerResources } from "../spec/network";
import { containerResources } from "./node-set";
import { restrictedContainer } from "./pod-security";
import { lastWords } from "./script";

export interface FabricContainerProps {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: readonly EnvVar[];
  /** Every port by name. Two containers of a pod may not share a name: who looks it up would find one of them only. */
  readonly ports: Readonly<Record<string, number>>;
  /** The port whose listener means that the process lives. */
  readonly main: string;
  /** The port that answers /healthz; `operations` if absent. */
  readonly operations?: string;
  readonly resources: ContainerResources;
  readonly volumeMounts: readonly VolumeMount[];
}

/**
 * The container of a peer or an ordering node: configuration and scratch space mounted, a read-only root, and probes that
 * do no harm. Liveness only asks for the listener: /healthz also speaks for CouchDB, whose hiccup must not restart every
 * peer (Fabric docs, operations service).
 */
export function fabricContainer(props: FabricContainerProps): Container {
  const listening: Probe = { tcpSocket: { port: IntOrString.fromString(props.main) } };
  return {
    name: props.name,
    image: props.image,
    command: [...props.command],
    env: [...props.environment],
    ports: Object.entries(props.ports).map(([name, containerPort]) => ({ name, containerPort })),
    resources: containerResources(props.resources),
    securityContext: restrictedContainer,
    terminationMessagePolicy: lastWords,
    volumeMounts: [
      { name: "config", mountPath: configurationFolder, readOnly: true },
      { name: "tmp", mountPath: temporaryFolder },
      ...props.volumeMounts,
    ],
    // Both answer /healthz before they serve, so started means that the main port listens. A large ledger may take long
    // to open: half an hour before anybody gives up on it.
    startupProbe: { ...listening, periodSeconds: 2, failureThreshold: 900 },
    readinessProbe: {
      httpGet: { scheme: "HTTPS", path: "/healthz", port: IntOrString.fromString(props.operations ?? "operations") },
      periodSeconds: 5,
      timeoutSeconds: 3,
    },
    livenessProbe: { ...listening, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  };
}

/** The variables whose values may stand in a manifest. Those that come from a secret reach the process another way. */
export function plainVariables(variables: readonly EnvironmentVariable[]): EnvVar[] {
  return variables.flatMap((variable) => ("value" in variable ? [{ name: variable.name, value: variable.value }] : []));
}

/** The pod's own name, for values such as `$(POD_NAME).peer-svc`. */
export const podNameVariable: EnvVar = { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } };
