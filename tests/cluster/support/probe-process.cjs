/**
 * Runs inside a network namespace. Listens on the ports given as arguments, says "ready" when it does, then tries the
 * connections that it is told on its input, one JSON object per line, until the input ends.
 */
const { connect, createServer } = require("node:net");
const { createInterface } = require("node:readline");

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const listening = process.argv.slice(2).map(
  (port) =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.end(`${socket.remoteAddress}\n`);
      });
      server.once("error", reject).listen(Number(port), "::", resolve);
    }),
);

/** `open`, `refused`, `silent` (nothing within the time), or the code of another error. */
const attempt = ({ address, port, milliseconds }) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (outcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(outcome);
    };
    const timer = setTimeout(end, milliseconds, "silent");
    socket.once("connect", () => end("open"));
    socket.once("error", ({ code }) => end(code === "ECONNREFUSED" ? "refused" : code));
  });

Promise.all(listening).then(() => {
  say("ready");
  const lines = createInterface({ input: process.stdin });
  lines.on("line", async (line) => {
    const { id, ...target } = JSON.parse(line);
    say({ id, outcome: await attempt(target) });
  });
  lines.on("close", () => process.exit(0));
});
