/** Requests to an API server, as they arrive there. */
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { connect } from "../../../agent/kubernetes/api-server";
import { testOrganisation } from "../../fabric/identities";

test.each(["DELETE", "PUT"] as const)(
  "the body of a %s arrives whole, and the next request after it",
  async (method) => {
    const organisation = await testOrganisation();
    const { certificate, privateKey } = await organisation.tlsPair("localhost", ["localhost"]);
    const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
      let text = "";
      request.on("data", (part: Buffer) => (text += part.toString()));
      request.on("end", () => response.end(JSON.stringify({ method: request.method, text })));
    });
    server.listen(0);
    await once(server, "listening");
    const config = new KubeConfig();
    const caData = Buffer.from(organisation.tlsAuthority).toString("base64");
    config.loadFromOptions({
      clusters: [{ name: "c", server: `https://localhost:${(server.address() as AddressInfo).port}`, caData }],
      users: [{ name: "u" }],
      contexts: [{ name: "x", cluster: "c", user: "u" }],
      currentContext: "x",
    });
    const api = connect(config);
    const body = { preconditions: { uid: "ü" } };
    expect(await api.call(method, "/one", body)).toEqual({ method, text: JSON.stringify(body) });
    expect(await api.call("GET", "/two")).toEqual({ method: "GET", text: "" });
    server.closeAllConnections();
    server.close();
  },
);
