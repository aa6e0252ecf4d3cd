import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault } from "../../clouds/rest/faults.ts";
import { digitaloceanFace } from "../../clouds/rest/digitalocean/face.ts";
import type { CloudFace, Operation } from "../../clouds/rest/router.ts";
import { NOT_MODELLED, RestServer } from "../../clouds/rest/server.ts";
import { Cloud } from "../clouds/cloud.ts";

const done: string[] = [];
const operations: readonly Operation[] = [
  {
    method: "GET",
    path: "/v2/things/{id}",
    answer: ({ parameters }) => ({ status: 200, body: parameters }),
  },
  {
    method: "GET",
    path: "/v2/things/default",
    answer: () => ({ status: 200, body: "the default" }),
  },
  {
    method: "POST",
    path: "/v2/things",
    answer: ({ body }) => {
      done.push(String(body["name"]));
      return { status: 201, body };
    },
  },
  {
    method: "DELETE",
    path: "/v2/things/{id}",
    answer: () => {
      throw new Error("Things can't be deleted here.");
    },
  },
];
const face: CloudFace = { ...digitaloceanFace, operations };

describe("a cloud's HTTP API", () => {
  let server: RestServer;
  const ask = async (method: string, path: string, body?: string) =>
    await fetch(`${server.url}${path}`, {
      method,
      headers: { authorization: "Bearer any", "content-type": "application/json" },
      ...(body === undefined ? {} : { body }),
    });
  const idOf = async (response: Response) => ((await response.json()) as { id: string }).id;

  beforeEach(async () => {
    done.length = 0;
    server = await RestServer.start(face, new Cloud().world);
  });
  afterEach(async () => {
    await server.stop();
  });

  it("takes a path that is written out for what it is, and decodes a parameter", async () => {
    expect(await (await ask("GET", "/v2/things/default")).json()).toBe("the default");
    expect(await (await ask("GET", "/v2/things/k8s%3Aworker")).json()).toEqual({
      id: "k8s:worker",
    });
  });

  it("says loudly what nobody models, records it, and never with a status that means gone", async () => {
    for (const [method, path] of [
      ["GET", "/v2/droplets"],
      ["PUT", "/v2/things/1"],
    ] as const) {
      const answer = await ask(method, path);
      expect(answer.status).toBe(NOT_MODELLED);
      expect(await answer.text()).toContain(`no operation ${method} ${path}`);
    }
    expect((await ask("DELETE", "/v2/things/1")).status).toBe(NOT_MODELLED);
    expect(server.notModelled).toHaveLength(3);
    expect(server.notModelled[2]).toContain("Things can't be deleted here.");
  });

  it("answers nothing without a token, and takes no body that is not an object", async () => {
    const bare = await fetch(`${server.url}/v2/things/1`);
    expect([bare.status, await idOf(bare)]).toEqual([401, "unauthorized"]);
    for (const body of ["{", "[]", "7"])
      expect((await ask("POST", "/v2/things", body)).status, body).toBe(400);
  });

  it("counts what it answered", async () => {
    await ask("GET", "/v2/things/1");
    await ask("POST", "/v2/things", '{"name":"a"}');
    expect(server.asked.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      "GET /v2/things/{id} 200",
      "POST /v2/things 201",
    ]);
  });

  describe("with a fault", () => {
    const statusOf = async (fault: Fault, times = 1): Promise<readonly number[]> => {
      const off = server.faults.add(fault);
      const statuses: number[] = [];
      for (let turn = 0; turn < times; turn += 1)
        statuses.push((await ask("GET", "/v2/things/1")).status);
      off();
      return statuses;
    };

    it.each([401, 403, 404, 429, 500, 502, 503, 504] as const)(
      "answers %i and is well again when it is over",
      async (status) => {
        const fault = { does: { kind: "answer", status }, times: 2 } as const;
        expect(await statusOf(fault, 3)).toEqual([status, status, 200]);
      },
    );

    it("says how long to wait, in the cloud's own shape", async () => {
      server.faults.add({ does: { kind: "answer", status: 429, retryAfterSeconds: 7 } });
      const answer = await ask("GET", "/v2/things/1");
      expect(answer.headers.get("retry-after")).toBe("7");
      expect(await idOf(answer)).toBe("too_many_requests");
    });

    it("hits only the method and the path that it names", async () => {
      const does = { kind: "answer", status: 500 } as const;
      expect(await statusOf({ does, method: "POST" })).toEqual([200]);
      expect(await statusOf({ does, path: "/v2/others/{id}" })).toEqual([200]);
      expect(await statusOf({ does, method: "GET", path: "/v2/things/{id}" })).toEqual([500]);
    });

    it("hangs up before the operation, or after it, when only the answer is lost", async () => {
      for (const [when, made] of [
        ["before", []],
        ["after", ["a"]],
      ] as const) {
        server.faults.add({ does: { kind: "hang up", when }, times: 1 });
        await expect(ask("POST", "/v2/things", '{"name":"a"}')).rejects.toThrow();
        expect(done, when).toEqual(made);
      }
    });

    it("is slow, and ends at once when the rehearsal ends", async () => {
      server.faults.add({ does: { kind: "slow", milliseconds: 20 }, times: 1 });
      const before = performance.now();
      expect((await ask("GET", "/v2/things/1")).status).toBe(200);
      expect(performance.now() - before).toBeGreaterThanOrEqual(19);
      server.faults.add({ does: { kind: "slow", milliseconds: 600_000 } });
      const hanging = expect(ask("GET", "/v2/things/1")).rejects.toThrow();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await server.stop();
      await hanging;
      server = await RestServer.start(face, new Cloud().world);
    });
  });
});
