import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where each chaincode of an organisation listens on this machine: its name to `address:port`. */
export type ChaincodeAddresses = Readonly<Record<string, string>>;

/**
 * Writes an external builder for chaincode as a service. It expands the templates of connection.json as the builder of
 * the stock peer image does, then puts the address of this machine in place of the name of a Service, which only a
 * cluster's DNS knows. Where the stock builder is at hand it does the expanding.
 */
export function writeChaincodeBuilder(folder: string, addresses: ChaincodeAddresses, stock?: string): void {
  const bin = join(folder, "bin");
  mkdirSync(bin, { recursive: true });
  const write = (name: string, script: string) => {
    writeFileSync(join(bin, name), `#!${process.execPath}\n${script}`);
    chmodSync(join(bin, name), 0o755);
  };
  write("detect", detect);
  write("build", build(addresses, stock === undefined ? undefined : join(stock, "bin", "build")));
  write("release", release);
}

const detect = `
const { type } = JSON.parse(require("fs").readFileSync(process.argv[3] + "/metadata.json", "utf8"));
process.exit(type === "ccaas" ? 0 : 1);
`;

const build = (addresses: ChaincodeAddresses, stock: string | undefined) => `
const fs = require("fs");
const [source, metadata, output] = process.argv.slice(2);
const stock = ${JSON.stringify(stock ?? "")};
const addresses = ${JSON.stringify(addresses)};
const template = JSON.parse(fs.readFileSync(source + "/connection.json", "utf8"));
let connection;
if (stock !== "") {
  require("child_process").execFileSync(stock, [source, metadata, output], { stdio: "inherit" });
  connection = JSON.parse(fs.readFileSync(output + "/connection.json", "utf8"));
} else {
  const values = JSON.parse(process.env.CHAINCODE_AS_A_SERVICE_BUILDER_CONFIG);
  const expand = (text) => text.replace(/{{\\.(\\w+)}}/g, (_, key) => {
    if (values[key] === undefined) throw new Error("no value for " + key);
    return values[key];
  });
  connection = Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, typeof value === "string" ? expand(value) : value]),
  );
}
const { label } = JSON.parse(fs.readFileSync(metadata + "/metadata.json", "utf8"));
const name = Object.keys(addresses).find((known) => label.startsWith(known + "_"));
if (name === undefined) throw new Error("no chaincode listens for " + label);
fs.writeFileSync(output + "/connection.json", JSON.stringify({ ...connection, address: addresses[name] }));
`;

const release = `
const fs = require("fs");
const [output, release] = process.argv.slice(2);
fs.mkdirSync(release + "/chaincode/server", { recursive: true });
fs.copyFileSync(output + "/connection.json", release + "/chaincode/server/connection.json");
`;
