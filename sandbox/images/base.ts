import { SandboxError } from "../errors";
import { whichAll } from "../toolchain/found";
import { RootFileSystem } from "./root-file-system";
import { sharedLibraries } from "./shared-libraries";

/** Whom pods run as: the user and group of every pod of this project. */
export const podUser = 10001;

/**
 * The commands that scripts in pods may use: a part of what the images of Fabric have, which are plain Ubuntu. Nothing
 * beyond that may stand here (no openssl, curl or jq), so that a script that would fail in production fails here too.
 */
const commands = [
  ...["bash", "awk", "find", "grep", "sed", "xargs", "cmp", "diff"],
  ...["base64", "basename", "cat", "chmod", "cp", "cut", "date", "dirname", "echo", "env", "expr", "head", "id", "ln"],
  ...["ls", "mkdir", "mktemp", "mv", "od", "printf", "pwd", "readlink", "realpath", "rm", "rmdir", "seq", "sha256sum"],
  ...["sleep", "sort", "stat", "sync", "tail", "tee", "test", "timeout", "touch", "tr", "true", "uname", "uniq", "wc"],
] as const;

/** What every image has: who users are, how names are looked up, and a folder for what is not to last. */
export function emptyBase(): RootFileSystem {
  return new RootFileSystem()
    .write("/etc/passwd", `root:x:0:0:root:/:/usr/sbin/nologin\nfabric:x:${podUser}:${podUser}:fabric:/tmp:/bin/bash\n`)
    .write("/etc/group", `root:x:0:\nfabric:x:${podUser}:\n`)
    .write("/etc/nsswitch.conf", "hosts: files dns\n")
    .folder("/tmp", 0o1777);
}

/**
 * An image with the shell and the commands that scripts in pods use, made of this machine's own.
 * @throws SandboxError where this machine lacks one.
 */
export async function shellBase(env: NodeJS.ProcessEnv = process.env): Promise<RootFileSystem> {
  const root = emptyBase().link("/bin", "usr/bin").link("/usr/bin/sh", "bash");
  const files = await Promise.all(commands.map(async (name) => ({ name, file: (await whichAll(name, env))[0] })));
  const missing = files.filter(({ file }) => file === undefined).map(({ name }) => name);
  if (missing.length > 0) {
    throw new SandboxError(
      `images cannot be made here: no ${missing.join(", ")} on PATH`,
      "install coreutils, findutils, diffutils, grep, sed, an awk and bash, as every Linux distribution has them",
    );
  }
  await Promise.all(files.flatMap(({ name, file }) => (file ? [addProgram(root, `/usr/bin/${name}`, file)] : [])));
  return root;
}

/** Puts a program of this machine into an image, with the libraries that it loads. */
export async function addProgram(root: RootFileSystem, path: string, file: string): Promise<void> {
  root.copy(path, file);
  for (const library of await sharedLibraries(file)) root.copy(library, library);
}
