import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { imageArchitecture, writeDockerArchive } from "../../../../sandbox/images/docker-archive";
import { archiveImage } from "../../../../sandbox/images/image";
import { type ImageEntry, RootFileSystem } from "../../../../sandbox/images/root-file-system";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "images-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const reference = "docker.io/example/program:1.0";
const defaults = { environment: { PATH: "/usr/bin" }, entrypoint: ["program"], user: "10001:10001" };
const member = (archive: string, name: string) =>
  execFileSync("tar", ["--extract", "--to-stdout", "--file", archive, name], { maxBuffer: 1e8 });

/** A small image, its program a file of this machine. */
function image(text = "#!/bin/sh\n") {
  const program = join(folder, "program");
  writeFileSync(program, text);
  const root = new RootFileSystem().copy("/usr/bin/program", program).link("/bin", "usr/bin").folder("/tmp", 0o1777);
  return { reference, root, defaults };
}

test("the archive names its image, and the configuration its layer by the right digest", async () => {
  const file = join(folder, "image.tar");
  await writeDockerArchive(file, reference, await image().root.entries(), defaults);
  const [manifest] = JSON.parse(member(file, "manifest.json").toString()) as Record<string, string[] | string>[];
  expect(manifest).toEqual({
    Config: expect.stringMatching(/^[0-9a-f]{64}\.json$/),
    RepoTags: [reference],
    Layers: ["layer.tar"],
  });
  const configuration = member(file, String(manifest!["Config"]));
  expect(createHash("sha256").update(configuration).digest("hex")).toBe(String(manifest!["Config"]).slice(0, 64));
  const layer = member(file, "layer.tar");
  expect(JSON.parse(configuration.toString())).toMatchObject({
    architecture: imageArchitecture(),
    os: "linux",
    config: { Env: ["PATH=/usr/bin"], Entrypoint: ["program"], User: "10001:10001" },
    rootfs: { type: "layers", diff_ids: [`sha256:${createHash("sha256").update(layer).digest("hex")}`] },
  });
  const listed = execFileSync("tar", ["--list"], { input: layer, encoding: "utf8" }).trimEnd().split("\n");
  expect(listed).toEqual(["bin", "tmp/", "usr/", "usr/bin/", "usr/bin/program"]);
});

test("architectures have the names that images use", () => {
  expect(["x64", "arm64"].map(imageArchitecture)).toEqual(["amd64", "arm64"]);
});

test("the same content gives the same bytes, whatever the times of its files and the order of the calls", async () => {
  const [one, other] = [join(folder, "one.tar"), join(folder, "other.tar")];
  await writeDockerArchive(one, reference, await image().root.entries(), defaults);
  const program = join(folder, "program");
  const root = new RootFileSystem().folder("/tmp", 0o1777).link("/bin", "usr/bin").copy("/usr/bin/program", program);
  writeFileSync(program, "#!/bin/sh\n");
  await writeDockerArchive(other, reference, await root.entries(), defaults);
  expect(readFileSync(one).equals(readFileSync(other))).toBe(true);
});

test("a file that grows while it is packed is told, not packed wrongly", async () => {
  const entries: ImageEntry[] = [
    { entry: { kind: "file", path: "log", mode: 0o644, size: 2 }, content: () => [Buffer.from("abc")] },
  ];
  const packing = writeDockerArchive(join(folder, "image.tar"), reference, entries, defaults);
  await expect(packing).rejects.toThrow("log changed from 2 to 3 bytes while it was read");
});

describe("an image in the cache", () => {
  let env: NodeJS.ProcessEnv;
  beforeEach(() => {
    env = { XDG_CACHE_HOME: folder };
  });

  test("is made once, and again only for other content", async () => {
    const first = await archiveImage(image(), env);
    expect(first).toEqual({
      reference,
      archive: expect.stringMatching(/\/docker\.io_example_program_1\.0-[0-9a-f]{16}\.tar$/),
    });
    writeFileSync(first.archive, "as it was");
    expect(await archiveImage(image(), env)).toEqual(first);
    expect(readFileSync(first.archive, "utf8")).toBe("as it was");
    const { archive } = await archiveImage(image("#!/bin/sh\necho\n"), env);
    expect(archive).not.toBe(first.archive);
    expect(member(archive, "manifest.json").toString()).toContain(reference);
  });

  test("is made once by two that want it at the same time", async () => {
    const wanted = image();
    const [one, other] = await Promise.all([archiveImage(wanted, env), archiveImage(wanted, env)]);
    expect(one).toEqual(other);
    expect(member(one.archive, "manifest.json").toString()).toContain(reference);
  });

  test("is another one for other defaults, and for another name", async () => {
    const wanted = image();
    const archives = await Promise.all([
      archiveImage(wanted, env),
      archiveImage({ ...wanted, defaults: { ...defaults, user: "0" } }, env),
      archiveImage({ ...wanted, reference: `${reference}.1` }, env),
    ]);
    expect(new Set(archives.map(({ archive }) => archive)).size).toBe(3);
  });
});

describe("a root file system", () => {
  test("has no file where a folder must be", () => {
    const root = new RootFileSystem().write("/etc", "text");
    expect(() => root.write("/etc/passwd", "")).toThrow("/etc/passwd: /etc is no folder in the image");
  });

  test.each(["relative", "/", "/a/../b", "/a//b"])("has no path %s", (path) => {
    expect(() => new RootFileSystem().folder(path)).toThrow(`not a path of an image: ${path}`);
  });
});
