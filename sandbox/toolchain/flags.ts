import type { Family, Program } from "./programs";

/**
 * Environment of every build. The go.mod and go.sum of the family decide alone what is built: no workspace, no other
 * flags of the user, no other Go than the one installed, and nothing that needs a C compiler but what says so.
 */
export const buildEnvironment = {
  GOFLAGS: "",
  GOWORK: "off",
  GOTOOLCHAIN: "local",
  CGO_ENABLED: "0",
} as const;

/** What a program changes of its family's build. */
export type OwnFlags = Pick<Program, "tags" | "cgo">;

/** {@link buildEnvironment}, with C for a program that needs it. */
export function environmentOf({ cgo }: OwnFlags): Record<keyof typeof buildEnvironment, string> {
  return { ...buildEnvironment, ...(cgo ? { CGO_ENABLED: "1" } : {}) };
}

/** Arguments of `go build` but for the linker's, the output and the package. */
export function buildFlags(family: Family, own: OwnFlags = {}): string[] {
  const tags = [...family.tags, ...(own.tags ?? [])];
  return [
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    // A profile brings a program a few per cent and doubles the time of its build.
    "-pgo=off",
    ...(tags.length > 0 ? ["-tags", tags.join(",")] : []),
  ];
}

/** The value of `-ldflags`: no symbol table, and the version symbols. */
export function linkerFlags(family: Family): string {
  return ["-s", "-w", ...Object.entries(family.stamps).map(([symbol, value]) => `-X ${symbol}=${value}`)].join(" ");
}
