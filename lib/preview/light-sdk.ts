import { createRequire, Module } from "node:module";

/**
 * To be imported before Pulumi's SDK. The SDK can send functions of a program to the cloud, and loads the TypeScript
 * compiler and npm's own resolver for that: more than half of its start, for what nothing here does. Both of its parts
 * that do it are passed over; were one of them called, it would be "not a function".
 */
const load = createRequire(__filename);
for (const part of ["serializeClosure", "codePaths"]) {
  const file = fileOf(`@pulumi/pulumi/runtime/closure/${part}`);
  if (file === undefined || load.cache[file] !== undefined) continue;
  const placeholder = new Module(file);
  placeholder.loaded = true;
  load.cache[file] = placeholder;
}

/** Undefined where another release of the SDK has no such part. */
function fileOf(name: string): string | undefined {
  try {
    return load.resolve(name);
  } catch {
    return undefined;
  }
}
