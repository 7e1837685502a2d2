import type { Container, EnvVar, KubeStatefulSet, Volume, VolumeMount } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct, type IConstruct } from "constructs";
import {
  authorityNames,
  renderAuthorityYaml,
  serverConfiguration,
  servingConfiguration,
  type Registry,
  type ServerInput,
  type SigningPair,
} from "../fabric/authority-configuration";
import { authorityLayout, authorityPaths } from "../fabric/authority-layout";
import { imageReference } from "../fabric/images";
import { configurationFolder, dataVolume } from "../fabric/layout";
import { ports } from "../fabric/ports";
import { endpointOf } from "../placement/endpoint";
import type { PlacedAuthority } from "../placement/node";
import { headlessServiceName, identityObjects } from "../spec/names";
import type { ContainerResources, Network, Organisation } from "../spec/network";
import type { Site } from "../spec/settings";
import { fabricContainer, podNameVariable } from "./fabric-container";
import { containerResources, NodeSet } from "./node-set";
import { runAgain } from "./organisation-job";
import { restrictedContainer } from "./pod-security";
import { lastWords, shellScript, terminationMessage } from "./script";

export interface CertificateAuthorityProps {
  readonly network: Network;
  readonly site: Site;
  readonly nodes: readonly [PlacedAuthority, ...PlacedAuthority[]];
}

/** A server takes some 35 MiB. */
const resources: ContainerResources = { cpu: "50m", memory: "256Mi" };

type Signs = ServerInput["signs"];

/** One of the two servers of a pod. */
interface Server {
  readonly name: string;
  readonly signs: Signs;
  readonly port: number;
  readonly operations: number;
  /** Folder of the data volume. */
  readonly folder: string;
}

const servers: readonly Server[] = [
  {
    name: authorityNames.enrolment,
    signs: "identities",
    port: ports.certificateAuthority.https,
    operations: ports.certificateAuthority.operations,
    folder: authorityPaths.enrolment,
  },
  {
    name: authorityNames.tls,
    signs: "tls",
    port: ports.certificateAuthority.tls,
    operations: ports.certificateAuthority.tlsOperations,
    folder: authorityPaths.tls,
  },
];

/**
 * An organisation's certificate authorities for everyday use: the intermediate that signs identities, and the one for TLS,
 * two servers of one pod that see nothing of each other's keys. What they show to callers is a certificate that the pod
 * makes for itself at each start.
 */
export class CertificateAuthority extends Construct {
  readonly workload: KubeStatefulSet;
  /** The volumes, which the Job that makes the authorities mounts before the first pod does. */
  readonly claims: readonly IConstruct[];
  private readonly set: NodeSet;

  constructor(scope: Construct, id: string, { network, site, nodes }: CertificateAuthorityProps) {
    super(scope, id);
    const [first] = nodes;
    const { organisation } = first;
    const { validity } = network.identities;
    const pair = (server: Server) => signingPair(organisation, server);
    const configuration = Object.fromEntries(
      servers.map((server) => [
        `${server.name}.yaml`,
        renderAuthorityYaml(
          serverConfiguration({
            ...server,
            signing: pair(server),
            registry: registryOf(organisation, server),
            validity,
            serving: servingPair,
          }),
        ),
      ]),
    );
    const [, tls] = servers as [Server, Server];
    this.set = new NodeSet(this, "nodes", {
      network,
      site,
      role: "ca",
      nodes,
      serviceAccount: "ca",
      headlessService: headlessServiceName.ca,
      configuration: {
        ...configuration,
        "serving.yaml": renderAuthorityYaml(
          servingConfiguration("@POD@", pair(tls), ports.loopbackAuthority, validity),
        ),
      },
      claims: [{ name: "data", size: organisation.ca.storage }],
      initContainers: [
        servingCertificate(
          network,
          organisation,
          pair(tls),
          endpointOf({ ...first, pod: "$(POD_NAME)" }, site.clusterDomain).hosts,
        ),
      ],
      containers: servers.map((server) => serverContainer(network, organisation, server)),
      volumes: volumes(organisation),
      servicePorts: { https: ports.certificateAuthority.https, tls: ports.certificateAuthority.tls },
      terminationGracePeriodSeconds: 10,
    });
    this.workload = this.set.workload;
    this.claims = this.set.claims;
  }

  /** Makes these start only after the given objects stand. */
  startAfter(...others: readonly IConstruct[]): void {
    this.set.startAfter(...others);
  }
}

const servingPair = {
  certificate: `${authorityPaths.serving}/tls.crt`,
  privateKey: `${authorityPaths.serving}/tls.key`,
};

/** What a server signs with: what the Job has made on the data volume, or what the organisation brings along. */
function signingPair(organisation: Organisation, { folder, signs }: Server): SigningPair {
  if (organisation.ca.certificates === undefined) return authorityLayout(folder);
  const own = (file: string) => `${authorityPaths.own}/${file}`;
  // A copy of the key goes to the key store; there it is gone with the pod.
  const keys = `${authorityPaths.run}/keys`;
  return signs === "identities"
    ? { certificate: own("ca.crt"), privateKey: own("ca.key"), chain: own("ca-chain.crt"), keys }
    : { certificate: own("tls-ca.crt"), privateKey: own("tls-ca.key"), chain: own("tls-ca.crt"), keys };
}

function registryOf({ ca }: Organisation, { folder }: Server): Registry {
  return ca.registry.postgresql === undefined
    ? { kind: "sqlite", file: authorityLayout(folder).registry }
    : { kind: "postgresql", authority: `${authorityPaths.postgresql}/ca.crt` };
}

function servingCertificate(
  network: Network,
  organisation: Organisation,
  tls: SigningPair,
  hosts: readonly string[],
): Container {
  const environment = {
    ORGANISATION: organisation.name,
    INIT_AGAIN: runAgain(network, organisation, "ca-init"),
    CONFIGURATION: configurationFolder,
    HOSTS: hosts.join(","),
    RUN: authorityPaths.run,
    SERVING: authorityPaths.serving,
    SERVING_PORT: `${ports.loopbackAuthority}`,
    STATE: dataVolume,
    TLS_CERTIFICATE: tls.certificate,
    TERMINATION_MESSAGE: terminationMessage,
  };
  return {
    name: "serving-certificate",
    image: imageReference("ca", network.fabric),
    command: ["bash", "-c", shellScript("serving-certificate")],
    env: [podNameVariable, ...variables(environment)],
    securityContext: restrictedContainer,
    terminationMessagePolicy: lastWords,
    resources: containerResources(resources),
    volumeMounts: [
      { name: "config", mountPath: configurationFolder, readOnly: true },
      { name: "data", mountPath: dataVolume },
      { name: "serving", mountPath: authorityPaths.serving },
      { name: "run", mountPath: authorityPaths.run },
      { name: "tmp", mountPath: "/tmp" },
      ...ownMounts(organisation, "tls"),
    ],
  };
}

function serverContainer(network: Network, organisation: Organisation, server: Server): Container {
  const { name, folder, signs } = server;
  const database = organisation.ca.registry.postgresql !== undefined;
  // As the Service names them.
  const operations = signs === "tls" ? "tls-operations" : "operations";
  const environment = {
    INIT_AGAIN: runAgain(network, organisation, "ca-init"),
    CONFIGURATION: `${configurationFolder}/${name}.yaml`,
    PASSWORD_FILE: `${authorityPaths.registrar}/${name}`,
    RUN: authorityPaths.run,
    TERMINATION_MESSAGE: terminationMessage,
    ...(database ? { DATASOURCE_FILE: `${authorityPaths.postgresql}/datasource` } : {}),
  };
  return fabricContainer({
    name,
    image: imageReference("ca", network.fabric),
    command: ["bash", "-c", shellScript("authority-server")],
    environment: variables(environment),
    ports: { [name]: server.port, [operations]: server.operations },
    main: name,
    operations,
    resources,
    volumeMounts: [
      { name: "data", mountPath: folder, subPath: folder.slice(dataVolume.length + 1) },
      { name: `run-${name}`, mountPath: authorityPaths.run },
      { name: "serving", mountPath: authorityPaths.serving, readOnly: true },
      { name: "registrar", mountPath: `${authorityPaths.registrar}/${name}`, subPath: name, readOnly: true },
      ...ownMounts(organisation, signs),
      ...(database ? databaseMounts(name) : []),
    ],
  });
}

function ownMounts({ ca }: Organisation, signs: Signs): VolumeMount[] {
  return ca.certificates === undefined ? [] : [{ name: `own-${signs}`, mountPath: authorityPaths.own, readOnly: true }];
}

function databaseMounts(name: string): VolumeMount[] {
  return [
    { name: "postgresql", mountPath: `${authorityPaths.postgresql}/datasource`, subPath: name, readOnly: true },
    { name: "postgresql", mountPath: `${authorityPaths.postgresql}/ca.crt`, subPath: "ca.crt", readOnly: true },
  ];
}

function volumes({ ca }: Organisation): Volume[] {
  const memory = ["serving", "run", ...servers.map(({ name }) => `run-${name}`)];
  const own = ca.certificates?.secretName;
  const database = ca.registry.postgresql?.secretName;
  const files: Readonly<Record<Signs, readonly string[]>> = {
    identities: ["ca.crt", "ca.key", "ca-chain.crt"],
    tls: ["tls-ca.crt", "tls-ca.key"],
  };
  return [
    { name: "tmp", emptyDir: {} },
    ...memory.map((name): Volume => ({ name, emptyDir: { medium: "Memory" } })),
    { name: "registrar", secret: { secretName: identityObjects.registrar, defaultMode: 0o440 } },
    ...(own === undefined
      ? []
      : (["identities", "tls"] as const).map((signs): Volume => ({
          name: `own-${signs}`,
          secret: { secretName: own, defaultMode: 0o440, items: files[signs].map((key) => ({ key, path: key })) },
        }))),
    ...(database === undefined
      ? []
      : [{ name: "postgresql", secret: { secretName: database, defaultMode: 0o440 } } satisfies Volume]),
  ];
}

function variables(values: Readonly<Record<string, string>>): EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}
