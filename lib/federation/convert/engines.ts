import type { Conversion } from "./convert";

/** What is another for every object, and therefore said once. */
export const general: readonly { readonly kubefed: string; readonly karmada: string }[] = [
  {
    kubefed: "a template is checked by the members only, after its overrides",
    karmada: "it is an object of Karmada's API server, which checks it and fills in defaults before any override",
  },
  {
    kubefed: "members' objects carry the label kubefed.io/managed",
    karmada: "they carry karmada.io/managed and annotations of Karmada; select them by labels of your own",
  },
  {
    kubefed:
      "what was changed on a member is put right after 10 s; annotations there are left alone, also ones that an override once set",
    karmada: "it is put right at once, and an annotation that no policy sets any more is taken away",
  },
  {
    kubefed: "how it went stands in the federated object's status",
    karmada:
      "it stands in a ResourceBinding, which goes on saying FullyApplied for a member that is down: look at the Cluster, and at the member",
  },
  {
    kubefed: "policies are heeded by the controller alone",
    karmada: "without Karmada's webhook policies are accepted and do nothing",
  },
];

/** The steps from one engine to the other, none of which loses an object. */
export function stepsOf({ karmada: { members } }: Conversion): string[] {
  return [
    "Mark every federated object: kubectl annotate <kind> --all kubefed.io/orphan=true. Deleting it, or KubeFed, would delete the members' objects otherwise.",
    "Stop KubeFed's controller manager: two engines that write the same objects never come to rest.",
    ...(members.length > 0 ? ["Apply karmada/0-members.yaml, and wait until every Cluster is Ready."] : []),
    "Apply the rest of karmada/ in the order of its files. The members' objects are taken over as they stand (conflictResolution: Overwrite).",
    "Compare the members with what they had, then delete the federated objects and KubeFed.",
  ];
}
