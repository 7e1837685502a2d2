import { keepsItsPromises } from "./support/federation-promises";

jest.setTimeout(240_000);

describe("sites without an engine between", () => keepsItsPromises("direct"));
