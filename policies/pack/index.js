// What Pulumi's engine starts: the pack in TypeScript as it is, as the Pulumi program runs too.
const { join } = require("node:path");

// A pack takes its version from package.json of the folder that it runs in: that of the product, whoever started it.
process.chdir(join(__dirname, "../.."));
require("tsx/cjs");
require("./pack.ts");
