import type { DoctorCase, Stage } from "../stage.ts";

/** A running server whose answer to one URL is another one; undefined: it does not answer. */
const broken =
  (url: string, status?: number, text = "") =>
  (stage: Stage) => {
    stage.runs();
    if (status === undefined) stage.internet.delete(url);
    else stage.internet.set(url, { status, text });
  };

const SERVER = "https://example.social";

export const afterUpCases: readonly DoctorCase[] = [
  {
    line: "edge",
    failedBy: "the edge answers that the tunnel is down",
    arrange: broken(`${SERVER}/health`, 530),
  },
  {
    line: "nodeinfo",
    failedBy: "NodeInfo is not found",
    arrange: broken(`${SERVER}/.well-known/nodeinfo`, 404),
  },
  {
    line: "nodeinfo",
    failedBy: "another software answers",
    arrange: broken(`${SERVER}/nodeinfo/2.0`, 200, '{"software":{"name":"wordpress"}}'),
  },
  {
    line: "nodeinfo",
    failedBy: "nobody answers",
    word: "unknown",
    arrange: broken(`${SERVER}/.well-known/nodeinfo`),
  },
  {
    line: "webfinger",
    failedBy: "WebFinger is not found",
    arrange: broken(`${SERVER}/.well-known/webfinger?resource=acct%3Aalice%40example.social`, 404),
  },
  {
    line: "streaming",
    failedBy: "streaming answers a server's error",
    arrange(stage) {
      stage.runs();
      stage.handshake = 502;
    },
  },
  {
    line: "database",
    failedBy: "web can't read its database",
    arrange: broken(`${SERVER}/api/v2/instance`, 500),
  },
  {
    line: "database",
    failedBy: "another server answers at the web domain",
    arrange: broken(`${SERVER}/api/v2/instance`, 200, '{"domain":"other.example"}'),
  },
  {
    line: "backup",
    failedBy: "no dumps are made",
    arrange: (stage) => stage.runs(),
  },
  {
    line: "backup",
    failedBy: "dumps are made, and none is in the bucket",
    async arrange(stage) {
      stage.runs();
      await stage.makeDumps([]);
    },
  },
  {
    line: "backup",
    failedBy: "the newest dump is two days old",
    async arrange(stage) {
      stage.runs();
      await stage.makeDumps([48]);
    },
  },
];
