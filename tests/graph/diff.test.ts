/** `fabric-topologies diff`, as people and pipelines use it. */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exampleSettings } from "../../cli/input";
import { diffSchema, type Diff } from "../../lib/preview/diff/document";
import { minimal, root, run, runProgram } from "../unit/cli/run";

jest.setTimeout(120_000);
const text = readFileSync(minimal, "utf8");

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), "fabric-topologies-diff-")))));
afterEach(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const twoGroups = text.replace("      - name: peer0\n", "      - name: peer0\n      - name: extra\n");

async function diff(...words: string[]): Promise<{ readonly exit: number; readonly diff: Diff }> {
  const { exit, out, err } = await run("diff", ...words, "--json");
  expect(err).toBe("");
  return { exit, diff: diffSchema.parse(JSON.parse(out)) };
}

/** Settings of a stack of this folder, for the minimal network or another one. */
function stack(name: string, more: Readonly<Record<string, unknown>> = {}): void {
  const site = {
    name: "city",
    zones: [{ name: "zone-a" }, { name: "zone-b" }, { name: "zone-c", witness: true }],
    storage: { provisioner: "csi.example.com" },
    ...more,
  };
  const settings = { topology: "dual-active", network: minimal, sites: [site] };
  const config = Object.entries(settings).map(([key, value]) => [`fabric-topologies:${key}`, value]);
  file(`Pulumi.${name}.yaml`, JSON.stringify({ config: Object.fromEntries(config) as object }));
}

function git(...words: string[]): string {
  return execFileSync("git", ["-c", "user.name=x", "-c", "user.email=x@example.com", ...words], {
    cwd: folder,
    encoding: "utf8",
  }).trim();
}

/** A repository with the network in two versions, the first of which has the tag `before`. */
function repository(): void {
  git("init", "-q", "-b", "main");
  file("network.yaml", text);
  git("add", ".");
  git("commit", "-qm", "first");
  git("tag", "before");
  file("network.yaml", twoGroups);
  git("commit", "-qam", "second");
}

describe("exit codes that a pipeline can gate on", () => {
  test("0: comments and another order of keys change nothing", async () => {
    const other = file("other.yaml", `# A comment.\n${text.replace("name: minimal\n", "")}\nname: minimal\n`);
    expect(await diff(minimal, other)).toMatchObject({ exit: 0, diff: { verdict: "none", changes: [] } });
  });

  test("2: a new group of peers takes nothing away", async () => {
    const { exit, diff: told } = await diff(minimal, file("b.yaml", twoGroups));
    expect({ exit, verdict: told.verdict }).toEqual({ exit: 2, verdict: "changes" });
    expect(told.changes.filter(({ kind, action }) => kind === "StatefulSet" && action !== "update")).toMatchObject([
      { action: "create", name: "extra-org1", namespace: "minimal-org1", site: "city", organisation: "org1" },
    ]);
  });

  test("3: the same the other way round leaves ledgers behind", async () => {
    const { exit, diff: told } = await diff(file("b.yaml", twoGroups), minimal);
    expect({ exit, verdict: told.verdict }).toEqual({ exit: 3, verdict: "care" });
    expect(told.statements).toContainEqual(
      expect.objectContaining({
        topic: "data",
        care: true,
        says: "2 PersistentVolumeClaims leave the network and stay in the cluster with their ledgers, until somebody deletes them.",
      }),
    );
  });

  test("1: a side that is nothing", async () => {
    const { exit, err } = await run("diff", minimal, "no-such-thing");
    expect(exit).toBe(1);
    expect(err).toContain(
      "no-such-thing is no file, no topology (dual-active, federated, three-center), no stack (there is no Pulumi.no-such-thing.yaml here) and no git revision",
    );
  });
});

describe("sides", () => {
  test("two stacks of a folder are held against each other as one: narrower flows need no care, wider ones do", async () => {
    stack("staging");
    stack("production", { apiServer: { cidr: "10.0.0.1/32" } });
    const [narrower, wider] = await Promise.all([
      runProgram(["diff", "staging", "production", "--json"], folder),
      runProgram(["diff", "production", "staging", "--json"], folder),
    ]);
    expect([narrower.exit, wider.exit]).toEqual([2, 3]);
    const told = diffSchema.parse(JSON.parse(wider.out));
    expect(told.counts).toMatchObject({ create: 0, remove: 0 });
    expect(new Set(told.changes.map(({ kind }) => kind))).toEqual(new Set(["NetworkPolicy"]));
    expect(told.statements.filter(({ topic, care }) => topic === "security" && care)).not.toEqual([]);
  });

  test("a range of revisions, a revision and the files as they are, and a topology", async () => {
    repository();
    const words = ["--network", "network.yaml", "--json"];
    const [range, since, topology] = await Promise.all([
      runProgram(["diff", "before..main", ...words], folder),
      runProgram(["diff", "before", ...words], folder),
      runProgram(["diff", "dual-active", "network.yaml", ...words], folder),
    ]);
    expect([range.exit, since.exit, topology.exit]).toEqual([2, 2, 0]);
    const told = diffSchema.parse(JSON.parse(range.out));
    expect([told.from.label, told.to.label]).toEqual(["before", "main"]);
    expect(diffSchema.parse(JSON.parse(since.out)).to.label).toBe("working tree");
    expect(told.changes).toEqual(diffSchema.parse(JSON.parse(since.out)).changes);
  });

  test("a path that goes up is no range of revisions", async () => {
    repository();
    mkdirSync(join(folder, "below"));
    const words = ["diff", "../network.yaml", "--network", "../network.yaml", "--json"];
    const { exit, out } = await runProgram(words, join(folder, "below"));
    expect({ exit, label: diffSchema.parse(JSON.parse(out)).from.label }).toEqual({
      exit: 0,
      label: "../network.yaml",
    });
  });

  test("a revision without the file is told with the file's name in the repository, and the other side is shown", async () => {
    repository();
    file("later.yaml", twoGroups);
    const { exit, out, err } = await runProgram(["diff", "before", "--network", "later.yaml"], folder);
    expect(exit).toBe(1);
    expect(err).toContain("before has no later.yaml");
    expect(err).not.toContain(tmpdir() + "/fabric-topologies-revision");
    expect(out).toContain("working tree\n\nminimal: Fabric");
  });

  test("a file that is broken in one revision is told with its line, and the other side is shown", async () => {
    repository();
    file("network.yaml", text.replace("nodes: 3", "nodes: three"));
    git("commit", "-qam", "broken");
    const { exit, out, err } = await runProgram(["diff", "before..main", "--network", "network.yaml"], folder);
    expect(exit).toBe(1);
    expect(err).toContain('main:network.yaml:10:14  organisations[1].orderers.nodes: found "three"');
    expect(out).toContain("before\n\nminimal: Fabric");
  });

  test("a stack without settings is told, and the other side is shown", async () => {
    stack("staging");
    const { exit, out, err } = await runProgram(["diff", "staging", "production"], folder);
    expect(exit).toBe(1);
    expect(err).toContain("no stack (there is no Pulumi.production.yaml here)");
    expect(out).toContain("As stack staging");
  });
});

test("a network that breaks a mandatory policy is compared, and said to be refused", async () => {
  const bad = file(
    "bad.yaml",
    `${text}\nfabric:\n  images:\n    peer: { repository: example.com/peer, tag: latest }\n`,
  );
  const { exit, diff: told } = await diff(minimal, bad);
  expect(exit).toBe(3);
  expect(told.statements[0]).toMatchObject({ topic: "refused", care: true });
});

test("a cluster that is to guard a network no longer needs care", async () => {
  const settings = file(
    "settings.yaml",
    `${readFileSync(exampleSettings, "utf8")}\nadmission: false\n`.replace(/^network:.*$/m, `network: ${minimal}`),
  );
  const { exit, out } = await run("diff", minimal, settings, "--json");
  const told = diffSchema.parse(JSON.parse(out));
  expect(exit).toBe(3);
  expect(told.statements.filter(({ care }) => care).map(({ says }) => says)).toEqual([
    expect.stringMatching(/^\d+ guards go: ValidatingAdmissionPolicy/),
  ]);
});

test("as Markdown: nothing that somebody wrote becomes markup or calls for attention", async () => {
  const other = file(
    "b.yaml",
    `${text}\nwaivers:\n  - policy: images-pinned\n    owner: "@everybody <img src=x>"\n    reason: "[a link](https://example.com) | a cell"\n    expires: "2999-01-01"\n`,
  );
  const { exit, out } = await run("diff", minimal, other, "--markdown");
  expect(exit).toBe(3);
  expect(out).toContain("## minimal: ");
  expect(out).not.toMatch(/[^\\]<img/);
  expect(out).not.toContain("@everybody");
  expect(out).not.toMatch(/[^\\]\[a link/);
});

test("as Markdown: a change of everything still fits into a comment", async () => {
  const trade = join(root, "examples/trade-finance/network.yaml");
  const { out } = await run("diff", minimal, trade, "--markdown");
  expect(out.length).toBeLessThan(65_536);
  expect(out.match(/<details>/g)).toHaveLength(out.match(/<\/details>/g)?.length ?? 0);
});

describe("scripts/comment-diff.sh", () => {
  interface Comment {
    readonly id: number;
    readonly body: string;
  }

  let server: Server;
  let comments: Comment[];
  let asked: string[];
  beforeEach(async () => {
    [comments, asked] = [[{ id: 1, body: "Looks good." }], []];
    // What GitHub's documentation says of these three calls; GitHub itself cannot be asked in a test.
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        asked.push(`${request.method} ${request.url}`);
        const given = JSON.parse(body === "" ? "{}" : body) as { readonly body: string } | Record<string, never>;
        const own = /comments\/(\d+)$/.exec(request.url ?? "");
        if (request.headers.authorization !== "Bearer secret") return response.writeHead(401).end("{}");
        if (request.method === "POST" && typeof given.body === "string")
          comments.push({ id: comments.length + 1, body: given.body });
        if (request.method === "PATCH" && own !== null && typeof given.body === "string") {
          const { body: changed } = given;
          comments = comments.map((one) => (one.id === Number(own[1]) ? { ...one, body: changed } : one));
        }
        return response.writeHead(200).end(JSON.stringify(request.method === "GET" ? comments : {}));
      });
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  });
  afterEach(() => new Promise((done) => server.close(done)));

  function comment(base: string, head: string, token = "secret"): Promise<number | null> {
    mkdirSync(join(folder, "home"), { recursive: true });
    const child = spawn(join(root, "scripts/comment-diff.sh"), [base, head, "--network", "network.yaml"], {
      cwd: folder,
      stdio: "ignore",
      env: {
        ...process.env,
        GITHUB_API_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        GITHUB_REPOSITORY: "bank/consortium",
        PULL_REQUEST: "7",
        GITHUB_TOKEN: token,
      },
    });
    return new Promise((done) => child.on("close", done));
  }

  test("posts one comment, and changes it at the next push", async () => {
    repository();
    expect(await comment("before", "main")).toBe(2);
    expect(comments).toHaveLength(2);
    expect(comments[1]?.body).toContain("minimal: before → main");
    expect(await comment("main", "before")).toBe(3);
    expect(comments).toHaveLength(2);
    expect(comments[1]?.body).toContain("This change needs care.");
    expect(asked.filter((one) => !one.startsWith("GET"))).toEqual([
      "POST /repos/bank/consortium/issues/7/comments",
      "PATCH /repos/bank/consortium/issues/comments/2",
    ]);
  });

  test("posts why there is nothing to look at, and says where it could not post", async () => {
    repository();
    expect(await comment("before", "no-such-branch")).toBe(1);
    expect(comments[1]?.body).toContain("This change cannot be shown");
    expect(await comment("before", "main", "wrong")).toBe(4);
  });
});
