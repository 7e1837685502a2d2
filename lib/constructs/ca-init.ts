import { KubeConfigMap, KubePersistentVolumeClaim, Quantity, type KubeJob } from "cdk8s-plus-28/lib/imports/k8s";
import { Construct } from "constructs";
import {
  commonName,
  newAuthorityConfiguration,
  renderAuthorityYaml,
  rootConfiguration,
} from "../fabric/authority-configuration";
import { authorityLayout, authorityPaths } from "../fabric/authority-layout";
import { imageReference } from "../fabric/images";
import { configurationFolder, dataVolume } from "../fabric/layout";
import { ports } from "../fabric/ports";
import type { PlacedAuthority } from "../placement/node";
import { claimName, identityObjects, namespaceName, rootClaimName } from "../spec/names";
import type { Network } from "../spec/network";
import type { Site } from "../spec/settings";
import { digestOf } from "./digest";
import { organisationLabels, roleSelector } from "./labels";
import { claimSpec, zoneOf } from "./node-set";
import { agentContainer, keep, OrganisationJob, type OrganisationJobProps } from "./organisation-job";
import { restrictedContainer } from "./pod-security";
import { lastWords, shellScript, terminationMessage } from "./script";
import { storageClassOf } from "./storage";

export interface AuthorityInitProps {
  readonly network: Network;
  readonly site: Site;
  /** The organisation's authorities; the first one's volume holds what is made here. */
  readonly nodes: readonly [PlacedAuthority, ...PlacedAuthority[]];
}

/**
 * Makes an organisation's certificate authorities: a root that lives on a volume of its own and runs only while this Job
 * does, the intermediate that it signs, and the authority for TLS. Then publishes their certificates, read from the files
 * themselves: nobody has to trust a connection. With certificates of the organisation's own it only publishes those.
 */
export class AuthorityInit extends Construct {
  readonly job: KubeJob;

  constructor(scope: Construct, id: string, props: AuthorityInitProps) {
    super(scope, id);
    const { network, nodes } = props;
    const [{ organisation }] = nodes;
    const own = organisation.ca.certificates?.secretName;
    const making = own === undefined ? this.making(props) : undefined;
    const published = { name: "published", mountPath: authorityPaths.published };
    const job = new OrganisationJob(this, "job", {
      network,
      organisation,
      role: "ca-init",
      rules: [...keep("secrets", identityObjects.registrar), ...keep("configmaps", identityObjects.msp)],
      initContainers: [agentContainer(network, organisation, "registrar-secret"), ...(making?.initContainers ?? [])],
      container: agentContainer(network, organisation, "publish-msp", { AGENT_AUTHORITIES: authorityPaths.published }, [
        { ...published, readOnly: true },
      ]),
      volumes: making?.volumes ?? [
        {
          name: "published",
          secret: {
            ...(own === undefined ? {} : { secretName: own }),
            defaultMode: 0o440,
            // Certificates only: this Job has no use for the keys beside them.
            items: [
              { key: "ca-chain.crt", path: "ca-chain.pem" },
              { key: "tls-ca.crt", path: "tlscacert.pem" },
            ],
          },
        },
      ],
      // Its volume may be in use by the authority: a volume can be mounted twice on one machine, and on two it cannot.
      affinity: {
        podAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            {
              weight: 100,
              podAffinityTerm: {
                topologyKey: "kubernetes.io/hostname",
                labelSelector: { matchLabels: roleSelector("ca") },
              },
            },
          ],
        },
      },
    });
    this.job = job.job;
    if (making !== undefined) this.job.addDependency(...making.before);
  }

  private making({ network, site, nodes }: AuthorityInitProps): Pick<
    OrganisationJobProps,
    "initContainers" | "volumes"
  > & {
    readonly before: readonly Construct[];
  } {
    const [first] = nodes;
    const { organisation } = first;
    const metadata = {
      namespace: namespaceName(network, organisation),
      labels: { ...organisationLabels(network, organisation), ...roleSelector("ca-init") },
    };
    const rootClaim = rootClaimName(first);
    const configuration = "ca-init-config";
    const files = {
      "root.yaml": renderAuthorityYaml(newAuthorityConfiguration(organisation.name, "root")),
      "intermediate.yaml": renderAuthorityYaml(newAuthorityConfiguration(organisation.name, "intermediate")),
      "tls.yaml": renderAuthorityYaml(newAuthorityConfiguration(organisation.name, "tls")),
      "root-server.yaml": renderAuthorityYaml(
        rootConfiguration(organisation.name, authorityLayout(authorityPaths.root), ports.loopbackAuthority),
      ),
    };
    const before = [
      new KubePersistentVolumeClaim(this, "root", {
        metadata: {
          ...metadata,
          name: rootClaim,
          // It goes where the first authority goes.
          labels: {
            ...metadata.labels,
            "app.kubernetes.io/instance": first.workload,
            "topology.kubernetes.io/zone": first.zone,
          },
        },
        spec: claimSpec("1Gi", storageClassOf(network, zoneOf(site, first))),
      }),
      new KubeConfigMap(this, "config", { metadata: { ...metadata, name: configuration }, data: files }),
    ];
    const environment = {
      ORGANISATION: organisation.name,
      CONFIGURATION: configurationFolder,
      // Another configuration is another Job.
      CONFIGURATION_DIGEST: digestOf(files),
      ROOT_AUTHORITY: authorityPaths.root,
      ENROLMENT_AUTHORITY: authorityPaths.enrolment,
      TLS_AUTHORITY: authorityPaths.tls,
      INTERMEDIATE: commonName(organisation.name, "intermediate"),
      ROOT_PORT: `${ports.loopbackAuthority}`,
      RUN: authorityPaths.run,
      PUBLISHED: authorityPaths.published,
      TERMINATION_MESSAGE: terminationMessage,
    };
    const memory = Quantity.fromString("128Mi");
    return {
      before,
      initContainers: [
        {
          name: "authorities",
          image: imageReference("ca", network.fabric),
          command: ["bash", "-c", shellScript("authorities")],
          env: Object.entries(environment).map(([name, value]) => ({ name, value })),
          securityContext: restrictedContainer,
          terminationMessagePolicy: lastWords,
          resources: {
            requests: { cpu: Quantity.fromString("50m"), memory },
            limits: { memory: Quantity.fromString("256Mi") },
          },
          volumeMounts: [
            { name: "config", mountPath: configurationFolder, readOnly: true },
            { name: "root", mountPath: authorityPaths.rootVolume },
            { name: "data", mountPath: dataVolume },
            { name: "run", mountPath: authorityPaths.run },
            { name: "published", mountPath: authorityPaths.published },
            { name: "tmp", mountPath: "/tmp" },
          ],
        },
      ],
      volumes: [
        { name: "config", configMap: { name: configuration } },
        { name: "root", persistentVolumeClaim: { claimName: rootClaim } },
        { name: "data", persistentVolumeClaim: { claimName: claimName("data", first.pod) } },
        { name: "run", emptyDir: { medium: "Memory" } },
        { name: "published", emptyDir: {} },
      ],
    };
  }
}
