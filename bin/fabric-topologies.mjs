#!/usr/bin/env node
// tsx runs the TypeScript as it stands: there is no build to forget.
import "tsx";
await import("../cli/main.ts");
