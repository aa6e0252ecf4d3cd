import type { Ask, Expect, Row } from "./row.ts";

/** Requests to the streaming host, and to streaming paths on the web host. */
export function streamingRows(host: string, webHost: string): readonly Row[] {
  const row = (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    ...{ group: "Streaming", what, ask: { host, ...ask }, expect },
  });
  const asked = (more: Partial<Expect> = {}): Expect => ({
    ...{ status: 200, from: "streaming", cache: "DYNAMIC", ...more },
  });
  /** cloudflared's own answer: the request reaches no pod. */
  const refused = (what: string, path: string): Row =>
    row(what, { path }, { status: 404, from: "edge", cache: "DYNAMIC" });
  const opened: Expect = {
    status: 101,
    from: "streaming",
    cache: undefined,
    has: '"event":"echo","payload":"a word"',
  };
  const path = "/api/v1/streaming/?stream=public";
  return [
    row(
      "a WebSocket opens, and words go both ways",
      { path: `${path}&access_token=1`, socket: true },
      opened,
    ),
    row(
      "also with the token in the handshake, as browsers send it",
      { path, socket: true, headers: { "sec-websocket-protocol": "1" } },
      opened,
    ),
    row(
      "without one it is refused, by streaming itself",
      { path, socket: true },
      asked({ status: 401 }),
    ),
    row(
      "an endless answer begins at once",
      {
        ...{ path: "/api/v1/streaming/public", endless: true },
        headers: { authorization: "Bearer 1" },
      },
      asked({ has: ":)", headers: { "content-type": "text/event-stream" } }),
    ),
    row("streaming says how it is", { path: "/api/v1/streaming/health" }, asked()),
    row(
      "an app in a browser may ask first",
      {
        ...{ method: "OPTIONS", path: "/api/v1/streaming/public" },
        headers: { origin: "https://app.example" },
      },
      asked({ status: 204, headers: { "access-control-allow-origin": "*" } }),
    ),
    refused("its figures, on the same port, are for nobody outside", "/metrics"),
    refused("nor in disguise", "/%6Detrics"),
    refused("nor by a way around", "/api/v1/../../metrics"),
    row(
      "a way through the API ends in the API",
      { path: "/api/v1/streaming/../../../metrics" },
      asked({ status: 401 }),
    ),
    refused("nothing else is there", "/"),
    refused("nor is the API of the web host", "/api/v1/instance"),
    {
      group: "Streaming",
      what: "a WebSocket at the web host is shown the way",
      ask: { host: webHost, path, socket: true },
      expect: {
        status: 301,
        from: "web",
        cache: "DYNAMIC",
        headers: { location: `https://${host}/api/v1/streaming` },
      },
    },
  ];
}
