import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { ApiServer } from "../../../lib/deploy/api-server";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

async function connected(answer: RequestListener): Promise<ApiServer> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const config = new KubeConfig();
  const { port } = server.address() as AddressInfo;
  config.loadFromClusterAndUser(
    { name: "test", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "test" },
  );
  return ApiServer.open(config, 5000);
}

test("a connection that the server ends while it is used again costs no request", async () => {
  const used = new Set<Socket>();
  const api = await connected(({ socket }, response) => {
    if (used.has(socket)) return void socket.destroy();
    used.add(socket);
    response.end("{}");
  });
  for (let asked = 0; asked < 4; asked++) expect(await api.get("/version")).toEqual({ status: 200, body: {} });
  expect(used.size).toBe(4);
  api.close();
});

test("a server that ends every connection is asked once", async () => {
  let asked = 0;
  const api = await connected(({ socket }) => {
    asked++;
    socket.destroy();
  });
  await expect(api.get("/version")).rejects.toThrow("socket hang up");
  expect(asked).toBe(1);
  api.close();
});
