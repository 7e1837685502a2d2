// Posts a Markdown file as a comment of a pull request, or changes the comment that an earlier run has posted.
// Called by comment-diff.sh, which says what it takes from the environment.
import { readFileSync } from "node:fs";

const {
  GITHUB_API_URL = "https://api.github.com",
  GITHUB_REPOSITORY = "",
  GITHUB_TOKEN = "",
  PULL_REQUEST = "",
} = process.env;
/** By it the comment is found again; people do not see it. */
const mark = "<!-- fabric-topologies diff -->";
const comments = `/repos/${GITHUB_REPOSITORY}/issues/${PULL_REQUEST}/comments`;

/** @param {string} method @param {string} path @param {unknown} [body] @returns {Promise<unknown>} */
async function ask(method, path, body) {
  const response = await fetch(`${GITHUB_API_URL}${path}`, {
    method,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${GITHUB_TOKEN}`,
      "content-type": "application/json",
      "x-github-api-version": "2022-11-28",
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} ${path}: ${response.status} ${(await response.text()).slice(0, 300)}`);
  }
  return response.json();
}

/** @returns {Promise<number | undefined>} */
async function earlier() {
  for (let page = 1; ; page++) {
    const found = /** @type {{ id: number, body?: string }[]} */ (
      await ask("GET", `${comments}?per_page=100&page=${page}`)
    );
    const own = found.find(({ body }) => body?.startsWith(mark));
    if (own !== undefined || found.length < 100) return own?.id;
  }
}

try {
  const body = `${mark}\n${readFileSync(process.argv[2] ?? "", "utf8")}`;
  const id = await earlier();
  if (id === undefined) await ask("POST", comments, { body });
  else await ask("PATCH", `/repos/${GITHUB_REPOSITORY}/issues/comments/${id}`, { body });
} catch (error) {
  process.stderr.write(
    `comment-diff: the comment could not be posted: ${error instanceof Error ? error.message : error}\n`,
  );
  process.exitCode = 1;
}
