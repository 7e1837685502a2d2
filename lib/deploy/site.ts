import {
  ComponentResource,
  getProject,
  getStack,
  type ComponentResourceOptions,
  type CustomResourceOptions,
  type Input,
  type Resource,
} from "@pulumi/pulumi";
import { Provider, type ProviderArgs } from "@pulumi/kubernetes/provider";
import type { KubeObject, SiteManifests } from "../constructs/manifests";
import { resourceClass } from "./kinds";
import { inOrder } from "./order";
import { asApplied, protection } from "./protection";
import type { SiteAccess } from "./site-access";

/** The running stack, as its objects name it: `<project>/<stack>`. */
export function stackName(): string {
  return `${getProject()}/${getStack()}`;
}

/** How the Kubernetes provider of a site is set up. */
export function providerArguments(access: SiteAccess): ProviderArgs {
  return {
    // Without it a moved or renamed kubeconfig counts as another cluster, and Pulumi replaces every object.
    clusterIdentifier: access.name,
    ...(access.kubeconfig === undefined ? {} : { kubeconfig: access.kubeconfig }),
    ...(access.context === undefined ? {} : { context: access.context }),
    // Pulumi's default is to delete and remake these at every change of their data.
    enableConfigMapMutable: true,
    enableSecretMutable: true,
    // A run that was killed half-way, and objects that a destroy kept, are taken up again instead of "already exists".
    enableServerSideApply: true,
  };
}

/** What to say to Pulumi about an object beside what it is. */
interface Placed {
  readonly dependsOn: readonly Input<Resource>[];
  /** Options for this object instead of those by which claims and namespaces are protected. */
  readonly options?: Pick<CustomResourceOptions, "retainOnDelete" | "ignoreChanges">;
}

/**
 * A cluster as a Pulumi component with a provider of its own, and objects in it as resources of their own types. Names are
 * `<site>:<Kind>/<namespace>/<name>`, so that URNs depend on what an object is, never on how it came about.
 */
export class ClusterObjects extends ComponentResource {
  /** The resources by key (`<Kind>/<namespace>/<name>`). */
  readonly resources: ReadonlyMap<string, Resource>;

  private readonly made = new Map<string, Resource>();
  private readonly provider: Provider;

  constructor(
    private readonly site: SiteAccess,
    options?: ComponentResourceOptions,
  ) {
    // No arguments to super: Pulumi would keep them in its state as they are, secrets in clear.
    super("fabric:topologies:Site", site.name, {}, options);
    this.resources = this.made;
    this.provider = new Provider(site.name, providerArguments(site), { parent: this });
  }

  /** @param object as it is applied; parts of it may be known only when others stand */
  put(key: string, object: KubeObject, { dependsOn, options }: Placed): Resource {
    const Class = resourceClass(object);
    const resource = new Class(`${this.site.name}:${key}`, object as never, {
      parent: this,
      provider: this.provider,
      dependsOn: [...dependsOn],
      ...(options ?? protection(object)),
    });
    this.made.set(key, resource);
    return resource;
  }

  /** Nothing more comes. */
  end(): void {
    this.registerOutputs({});
  }
}

/** Every object of one site, each after those that it waits for. */
export class SiteObjects extends ClusterObjects {
  constructor(access: SiteAccess, manifests: SiteManifests, options?: ComponentResourceOptions) {
    super(access, options);
    const stack = stackName();
    for (const { key, object, after } of inOrder(manifests)) {
      const dependsOn = after.map((other) => this.resources.get(other) as Resource);
      this.put(key, asApplied(object, stack), { dependsOn });
    }
    this.end();
  }
}
