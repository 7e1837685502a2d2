import { useSharedStateFolder } from "./shared";

/** A control plane takes seconds to do what a unit test does in microseconds. */
jest.setTimeout(120_000);
useSharedStateFolder();
