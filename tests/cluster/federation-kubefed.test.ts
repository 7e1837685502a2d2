import { keepsItsPromises } from "./support/federation-promises";

jest.setTimeout(240_000);

describe("a federation by kubefed", () => keepsItsPromises("kubefed"));
