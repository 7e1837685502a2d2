import { pulumiProject } from "../lib/spec/source/pulumi-project";
import { settingsNamespace } from "../lib/spec/source/stack-document";

/** The name of the Pulumi project of a settings file; where there is none, that of this checkout's. */
export function projectNameOf(settingsFile: string): string {
  return pulumiProject(settingsFile)?.name ?? settingsNamespace;
}
