import { ComponentResource, getProject, getStack, type ComponentResourceOptions, type Resource } from "@pulumi/pulumi";
import { Provider, type ProviderArgs } from "@pulumi/kubernetes/provider";
import type { SiteManifests } from "../constructs/manifests";
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

/**
 * Every object of one site as a Pulumi resource of its own type, under one provider. Names are
 * `<site>:<Kind>/<namespace>/<name>`, so that URNs depend on what an object is, never on how it came about.
 */
export class SiteObjects extends ComponentResource {
  /** The resources by key (`<Kind>/<namespace>/<name>`). */
  readonly resources: ReadonlyMap<string, Resource>;

  constructor(access: SiteAccess, manifests: SiteManifests, options?: ComponentResourceOptions) {
    // No arguments to super: Pulumi would keep them in its state as they are, secrets in clear.
    super("fabric:topologies:Site", access.name, {}, options);

    const provider = new Provider(access.name, providerArguments(access), { parent: this });

    const stack = stackName();
    const resources = new Map<string, Resource>();
    for (const { key, object, after } of inOrder(manifests)) {
      const Class = resourceClass(object);
      const dependsOn = after.map((other) => resources.get(other) as Resource);
      resources.set(
        key,
        new Class(`${access.name}:${key}`, asApplied(object, stack) as never, {
          parent: this,
          provider,
          dependsOn,
          ...protection(object),
        }),
      );
    }
    this.resources = resources;
    this.registerOutputs({});
  }
}
