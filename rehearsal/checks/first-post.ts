import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Cluster } from "../../ops/pods/cluster.ts";
import { runSession } from "../../ops/pods/exec-command.ts";
import { ownerCommand } from "../../ops/pods/owner-words.ts";
import type { Edge } from "../edge/edge.ts";
import { checkOf, type Check } from "./check.ts";

/** Input of the check: the cluster, and the edge that leads to it. */
export interface FirstPostGround {
  readonly cluster: Cluster;
  readonly edge: Edge;
  readonly webDomain: string;
}

const OWNER = "owner";
/** Text of the post, unique to this check. */
const WORDS = "The first post of a rehearsal";
/** Address of a member's browser (TEST-NET-2, RFC 5737). */
const CLIENT = "198.51.100.7";
/** The check starts Rails twice. */
const DEADLINE_SECONDS = 900;

/**
 * Creates an access token for the account and prints only the token. Signing in creates one the
 * same way (mastodon/mastodon `app/models/session_activation.rb`, for each session of the web).
 */
const TOKEN = `user = Account.find_local("${OWNER}").user
app = Doorkeeper::Application.create!(name: "rehearsal", redirect_uri: "urn:ietf:wg:oauth:2.0:oob", scopes: "read write")
puts Doorkeeper::AccessToken.create!(application: app, resource_owner_id: user.id, scopes: "read write").token`;

/** Checks that web answers members through the edge, the tunnel and the Service. */
export async function checkThroughEdge({
  edge,
  webDomain,
}: Omit<FirstPostGround, "cluster">): Promise<Check> {
  const { status } = await ask(edge, webDomain, "GET", "/health");
  return checkOf(
    "web answers through the edge, by the tunnel's way",
    status === 200 ? [] : [`GET /health: ${status}`],
    "GET /health: 200",
  );
}

/**
 * Checks that the first account can be created and can post, and that everyone can read the post.
 */
export async function checkFirstPost(ground: FirstPostGround): Promise<Check> {
  const { edge, webDomain } = ground;
  const name = "the first account is made, posts, and is read back through the edge";
  const create = ownerCommand({ do: "create", name: OWNER, email: `${OWNER}@${webDomain}` });
  const link = await inPod(ground, "owner", create);
  if (!link.startsWith(`https://${webDomain}/`))
    return checkOf(name, [`no link came out: ${link.slice(0, 200)}`], "");
  const token = await inPod(ground, "token", ["bundle", "exec", "rails", "runner", TOKEN]);
  const posted = await ask(edge, webDomain, "POST", "/api/v1/statuses", {
    token,
    body: JSON.stringify({ status: WORDS, visibility: "public" }),
  });
  const { id = "" } = parsed(posted.body) as { readonly id?: string };
  const read = await ask(edge, webDomain, "GET", `/api/v1/statuses/${id}`);
  const { content = "" } = parsed(read.body) as { readonly content?: string };
  return checkOf(
    name,
    [
      ...(posted.status === 200 ? [] : [`POST: ${posted.status} ${posted.body.slice(0, 200)}`]),
      ...(content.includes(WORDS) ? [] : [`GET: ${read.status}, without the words`]),
    ],
    `post ${id} read by somebody who has not signed in`,
  );
}

/** Output of a program in a pod that is started as an operator starts it. */
async function inPod(
  { cluster }: FirstPostGround,
  name: string,
  command: readonly string[],
): Promise<string> {
  const out = new PassThrough();
  const error = new PassThrough();
  const [words, complaint] = [text(out), text(error)];
  const ending = await runSession(
    cluster,
    {
      ...{ name, command, direct: false, deadlineSeconds: DEADLINE_SECONDS, out, error },
      say: () => undefined,
    },
    AbortSignal.timeout(DEADLINE_SECONDS * 1000),
  );
  out.end();
  error.end();
  if (ending.status !== 0)
    throw new Error(
      `${name} ended with ${ending.status}: ${ending.says ?? ""} ${(await complaint).slice(-500)}`,
    );
  return (await words).trim().split("\n").at(-1) ?? "";
}

async function ask(
  edge: Edge,
  host: string,
  method: string,
  target: string,
  sent: { readonly token?: string; readonly body?: string } = {},
): Promise<{ readonly status: number; readonly body: string }> {
  const { status, body } = await edge.answer(
    {
      ...{ scheme: "https", method, host, target, clientAddress: CLIENT },
      headers: {
        host: [host],
        "user-agent": ["Mozilla/5.0"],
        accept: ["application/json"],
        ...(sent.token && { authorization: [`Bearer ${sent.token}`] }),
        ...(sent.body && {
          "content-type": ["application/json"],
          "content-length": [String(Buffer.byteLength(sent.body))],
        }),
      },
    },
    sent.body === undefined ? undefined : Readable.from([Buffer.from(sent.body)]),
  );
  return { status, body: body instanceof Readable ? await text(body) : body.toString("utf8") };
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return {};
  }
}
