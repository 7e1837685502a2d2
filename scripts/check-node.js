// Runs before anything is installed, so it uses nothing but Node.
const needed = [20, 19];
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < needed[0] || (major === needed[0] && minor < needed[1])) {
  console.error(
    `found Node.js ${process.versions.node}\n    needed: ${needed.join(".")} or newer\n    do: install it, for instance from https://nodejs.org`,
  );
  process.exit(1);
}
