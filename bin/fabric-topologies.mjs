#!/usr/bin/env node
import module from "node:module";

// Node 22 and later keep compiled modules for the next start.
module.enableCompileCache?.();
// tsx runs the TypeScript as it stands: there is no build to forget.
await import("tsx");
await import("../cli/main.ts");
