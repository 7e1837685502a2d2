import type { Network } from "../../lib/spec/network";
import type { Path } from "../../lib/spec/problem";
import { pods } from "../cel";
import { deployment } from "../examples";
import { containersOf, podKinds, shown } from "../manifest";
import type { Fault, Manifest, ObjectRule } from "../rule";

const common = { domain: "images", scope: "object", kinds: podKinds } as const;

/** Where the network file chooses an image: the chaincode's own, or one of Fabric's by what it is called. */
function placeOfImage(network: Network, _: Manifest | undefined, found: string): Path | undefined {
  const chaincode = network.chaincodes.findIndex(({ image }) => found.startsWith(image));
  if (chaincode >= 0) return ["chaincodes", chaincode, "image"];
  const role = (["peer", "orderer", "ca", "couchdb", "agent"] as const).find((one) =>
    new RegExp(`(/|fabric-)${one}[:@ ]`).test(found),
  );
  return role === undefined ? undefined : ["fabric", "images", role];
}

/** The tag of an image; a colon before the last slash is a registry's port. */
function tagOf(image: string): string | undefined {
  const name = image.replace(/@.*$/, "").split("/").at(-1) ?? "";
  return /:(.+)$/.exec(name)?.[1];
}

const isPinned = (image: string) => /@sha256:[0-9a-f]{64}$/.test(image);

/** A fault of each image that is not as it should be, once however many containers run it. */
const ofImages =
  (find: (image: string) => string | undefined) =>
  (object: Manifest): Fault[] => {
    const images = new Set(containersOf(object).map(({ container }) => shown(container["image"], "")));
    return [...images].flatMap((image) => {
      const found = find(image);
      return found === undefined ? [] : [{ found }];
    });
  };

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

/** Which bytes run. */
export const imageRules: readonly ObjectRule[] = [
  {
    ...common,
    id: "images-tagged",
    title: "Every image has a tag that is not latest, or a digest",
    severity: "mandatory",
    why: "latest, and no tag, is whatever was pushed last: two pods of one set run different programs, and nobody can go back.",
    sources: ["Kubernetes documentation, Images: image names"],
    remedy: "Name the version that you mean.",
    place: placeOfImage,
    check: ofImages((image) => {
      if (isPinned(image)) return undefined;
      const tag = tagOf(image);
      return tag === undefined ? `${image || "an image"} without a tag` : tag === "latest" ? image : undefined;
    }),
    examples: {
      bad: deployment({ image: "registry.example.com:5000/asset-transfer:latest" }),
      good: deployment({ image: "registry.example.com:5000/asset-transfer:1.0" }),
    },
    cel: {
      on: pods,
      expression:
        "variables.containers.all(c, c.image.matches('@sha256:[0-9a-f]{64}$') || (c.image.matches('^[^@]*:[^/@]+(@.*)?$') && !c.image.matches('^[^@]*:latest(@.*)?$')))",
      message: "every image must have a tag that is not latest, or a digest",
    },
  },
  {
    ...common,
    id: "images-pinned",
    title: "Every image is pinned by its digest",
    severity: "advisory",
    why: "A tag can be moved under you. With a digest the machine runs the very bytes that were tested, and refuses all others.",
    sources: ["Kubernetes documentation, Images: image pull policy", "docs/infrastructure-team.md"],
    remedy: "Add the digest beside the tag: `fabric.images.<role>.digest`, or @sha256: after a chaincode's image.",
    place: placeOfImage,
    check: ofImages((image) => (isPinned(image) ? undefined : `${image} without a digest`)),
    examples: {
      bad: deployment({ image: "registry.example.com/asset-transfer:1.0" }),
      good: deployment({ image: `registry.example.com/asset-transfer:1.0@${digest}` }),
    },
    cel: {
      on: pods,
      expression: "variables.containers.all(c, c.image.matches('@sha256:[0-9a-f]{64}$'))",
      message: "every image must be pinned by its digest",
    },
  },
];
