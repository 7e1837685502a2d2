import { topologyPicture } from "../../lib/explain/picture";
import { diffJsonSchema, previewJsonSchema } from "../../lib/preview/json-schema";
import { jsonSchemas } from "../../lib/spec/json-schema";
import { example } from "./examples";
import { failureMatrixPage } from "./failure-matrix";
import { objectsPage } from "./objects";
import { dualActivePage } from "./dual-active";
import { alertsPage, rulesFile, scrapeFile } from "./monitoring";
import { policiesPage } from "./policies";
import { requirementsPage } from "./requirements";
import { runbookPage } from "./runbook";

const picture =
  (...asked: Parameters<typeof example>) =>
  () => {
    const { topology, placement } = example(...asked);
    return topologyPicture(topology.title, placement);
  };

/** Every file of the repository that is made and never typed: its path from the root, and how its text is made. */
export const generatedFiles: Readonly<Record<string, () => string>> = {
  "docs/generated/alerts.md": alertsPage,
  "docs/generated/failure-matrix.md": failureMatrixPage,
  "docs/generated/objects.md": objectsPage,
  "docs/generated/policies.md": policiesPage,
  "docs/generated/prometheus-rules.yaml": rulesFile,
  "docs/generated/prometheus-scrape.yaml": scrapeFile,
  "docs/pictures/dual-active.svg": picture("trade-finance"),
  "docs/pictures/federated.svg": picture("trade-finance", "federated"),
  "docs/pictures/minimal.svg": picture("minimal"),
  "docs/pictures/three-center.svg": picture("trade-finance", "three-center"),
  "docs/requirements.md": requirementsPage,
  "docs/runbook.md": runbookPage,
  "schema/preview.schema.json": previewJsonSchema,
  "schema/diff.schema.json": diffJsonSchema,
  "topologies/dual-active/README.md": dualActivePage,
  ...Object.fromEntries(Object.entries(jsonSchemas).map(([file, text]) => [`schema/${file}`, text])),
};
