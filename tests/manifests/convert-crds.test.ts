import type { ManifestObject } from "../../lib/federation/convert/manifest";
import { describeWithCrds, validateAgainstCrd } from "../support/crd/validate";
import { converted, exampleText, examplesIn, hubObjects, objectsIn } from "../support/federation/conversions";

const mistakes = (objects: readonly ManifestObject[]): string[] =>
  objects.flatMap((object) =>
    validateAgainstCrd(object).map((mistake) => `${object.kind} ${object.metadata.name}: ${mistake}`),
  );

describeWithCrds("manifests converted from KubeFed to Karmada", () => {
  it.each(examplesIn("corpus"))("follow the schemas of Karmada: %s", (file) => {
    const objects = hubObjects(converted({ [file]: exampleText("corpus", file) }));
    expect(mistakes(objects.filter(({ apiVersion }) => apiVersion.includes(".karmada.io/")))).toEqual([]);
  });

  it.each(examplesIn("corpus"))("come from examples that follow the schemas of KubeFed: %s", (file) => {
    const objects = objectsIn(exampleText("corpus", file)).filter(({ apiVersion }) =>
      apiVersion.includes(".kubefed.io/"),
    );
    expect(objects).not.toEqual([]);
    // A dump has what only an API server writes.
    const written = objects.map(({ apiVersion, kind, metadata: { name, namespace, labels, annotations }, spec }) => ({
      ...{ apiVersion, kind, spec },
      metadata: {
        name,
        ...(namespace && { namespace }),
        ...(labels && { labels }),
        ...(annotations && { annotations }),
      },
    }));
    expect(mistakes(written)).toEqual([]);
  });
});
