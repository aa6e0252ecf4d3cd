import grpc from "@grpc/grpc-js";
import services, { type ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { afterEach, describe, expect, it } from "vitest";
import {
  type AttachedProvider,
  type ConfiguredProvider,
  type Properties,
} from "../../providers/provider.ts";
import { serveProviders, type ServedProviders } from "../../providers/server.ts";
import { topLevelKey } from "../../providers/service.ts";
import { propertiesOf, structOf } from "../../../plan/structs.ts";
import { reveal, Secret, UNKNOWN } from "../../../plan/values.ts";

const opened: { close(): void }[] = [];
let served: ServedProviders | undefined;

afterEach(async () => {
  for (const client of opened.splice(0)) client.close();
  await served?.stop();
});

/** Arguments of the calls, and their answers. */
interface Script {
  readonly seen: Properties[];
  create?: ConfiguredProvider["create"];
  read?: ConfiguredProvider["read"];
  diff?: ConfiguredProvider["diff"];
}

function scripted(name: string, script: Script): AttachedProvider {
  const missing = (): never => {
    throw new Error("not part of this test");
  };
  return {
    name,
    version: "1.2.3",
    checkConfig: async (inputs) => ({ inputs, failures: [] }),
    diffConfig: missing,
    configure: async (config) => ({
      check: async (_ref, olds, news, seed) => {
        script.seen.push({ olds, news, seed: [...seed], config });
        return { inputs: news, failures: [{ property: "a", reason: "no" }] };
      },
      diff: script.diff ?? missing,
      create: script.create ?? missing,
      read: script.read ?? missing,
      update: async (_ref, id, old, news, options) => {
        script.seen.push({ id, old, news, options });
        return news;
      },
      delete: missing,
      invoke: async () => ({ config: reveal(config["token"]) }),
    }),
  };
}

/** Serves it, and opens a connection of its own, as the engine does for every instance. */
async function dialer(script: Script): Promise<() => ResourceProviderClient> {
  served = await serveProviders([scripted("test", script)]);
  const port = /^test:(\d+)$/.exec(served.debugProviders)?.[1] ?? "";
  return () => {
    const client = new services.ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
      { "grpc.use_local_subchannel_pool": 1 },
    );
    opened.push(client);
    return client;
  };
}

type Service = typeof services.ResourceProviderService;
type Answer<M extends keyof Service> = Service[M] extends {
  responseDeserialize: grpc.deserialize<infer Response>;
}
  ? Response
  : never;

async function call<M extends keyof ResourceProviderClient & keyof Service>(
  client: ResourceProviderClient,
  method: M,
  request: object,
): Promise<Answer<M>> {
  const start = client[method] as (
    request: object,
    callback: (error: grpc.ServiceError | null, answer: Answer<M>) => void,
  ) => unknown;
  return await new Promise((resolve, reject) => {
    start.call(client, request, (error, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });
}

async function configured(dial: () => ResourceProviderClient, token = "t") {
  const client = dial();
  await call(client, "handshake", new messages.ProviderHandshakeRequest());
  const args = structOf({ token: new Secret(token) });
  await call(client, "configure", new messages.ConfigureRequest().setArgs(args));
  return client;
}

const createRequest = (properties: Properties) =>
  new messages.CreateRequest()
    .setUrn("urn:pulumi:dev::p::t:i/x:X::a")
    .setType("t:i/x:X")
    .setName("a")
    .setProperties(structOf(properties));

describe("two instances of a provider that are taken for each other", () => {
  it("each connection has its own configuration", async () => {
    const dial = await dialer({ seen: [] });
    const [first, second] = [await configured(dial, "one"), await configured(dial, "two")];
    for (const [client, token] of [
      [first, "one"],
      [second, "two"],
      [first, "one"],
    ] as const) {
      const answer = await call(client, "invoke", new messages.InvokeRequest().setTok("t:i:f"));
      expect(propertiesOf(answer.getReturn())).toEqual({ config: token });
    }
  });

  it("a call without a configuration fails, and so does a second configuration", async () => {
    const dial = await dialer({ seen: [] });
    const bare = dial();
    await expect(
      call(bare, "invoke", new messages.InvokeRequest().setTok("t:i:f")),
    ).rejects.toThrow(/never configured/);
    const client = await configured(dial);
    await expect(call(client, "configure", new messages.ConfigureRequest())).rejects.toThrow(
      /configured twice/,
    );
  });

  it("two providers of one name are refused, and nothing stays open", async () => {
    const one = scripted("same", { seen: [] });
    await expect(serveProviders([one, one])).rejects.toThrow(
      /Two attached providers are called same/,
    );
  });
});

describe("an error that the operator can't read", () => {
  it("arrives as it was thrown, with its lines and signs", async () => {
    const message = `first line\nsecond: 100 % of "ümläut" \t → {"code":1}`;
    const dial = await dialer({
      seen: [],
      create: async () => {
        throw new Error(message);
      },
    });
    const client = await configured(dial);
    const error = await call(client, "create", createRequest({})).catch((e: unknown) => e);
    expect(error).toMatchObject({ details: message, code: grpc.status.UNKNOWN });
  });

  it("what is not served says so", async () => {
    const client = (await dialer({ seen: [] }))();
    await expect(call(client, "getSchema", new messages.GetSchemaRequest())).rejects.toMatchObject({
      code: grpc.status.UNIMPLEMENTED,
    });
  });
});

describe("what the protocol carries and gets lost on the way", () => {
  it("secrets and unknowns, preview and timeout", async () => {
    const seen: Properties[] = [];
    const dial = await dialer({
      seen,
      create: async (ref, inputs, options) => {
        seen.push({ ref, inputs, options });
        return { id: "", outputs: { ...inputs, given: UNKNOWN } };
      },
    });
    const client = await configured(dial);
    const inputs = { plain: [1, { a: null }], hidden: new Secret({ deep: "x" }), later: UNKNOWN };
    const request = createRequest(inputs).setPreview(true).setTimeout(900);
    const answer = propertiesOf((await call(client, "create", request)).getProperties());
    expect(seen[0]).toMatchObject({
      ref: { urn: "urn:pulumi:dev::p::t:i/x:X::a", type: "t:i/x:X", name: "a" },
      options: { preview: true, timeoutSeconds: 900 },
    });
    expect(answer).toMatchObject({ plain: [1, { a: null }], later: UNKNOWN, given: UNKNOWN });
    expect(answer["hidden"]).toBeInstanceOf(Secret);
    expect(reveal(answer["hidden"])).toEqual({ deep: "x" });
  });

  it("a create's check has no old inputs, an update's has; failures and seed arrive", async () => {
    const seen: Properties[] = [];
    const client = await configured(await dialer({ seen }));
    const request = new messages.CheckRequest()
      .setNews(structOf({ a: 1 }))
      .setOlds(structOf({}))
      .setRandomseed(new Uint8Array([7, 8]));
    const answer = await call(client, "check", request);
    expect(answer.getFailuresList().map((failure) => failure.toObject())).toEqual([
      { property: "a", reason: "no" },
    ]);
    await call(client, "check", request.setOlds(structOf({ a: 0 })));
    expect(seen).toMatchObject([{ olds: undefined, seed: [7, 8] }, { olds: { a: 0 } }]);
  });

  it("an update's old inputs, old outputs and ignored changes", async () => {
    const seen: Properties[] = [];
    const client = await configured(await dialer({ seen }));
    const request = new messages.UpdateRequest()
      .setId("1")
      .setOlds(structOf({ out: 1 }))
      .setOldInputs(structOf({ in: 1 }))
      .setNews(structOf({ in: 2 }))
      .setIgnorechangesList(["version"]);
    await call(client, "update", request);
    expect(seen[0]).toEqual({
      id: "1",
      old: { inputs: { in: 1 }, outputs: { out: 1 } },
      news: { in: 2 },
      options: { preview: false, timeoutSeconds: 0, ignoreChanges: ["version"] },
    });
  });

  it("which path replaces", async () => {
    const dial = await dialer({
      seen: [],
      diff: async () => ({
        changes: true,
        replaces: ["nodePool"],
        deleteBeforeReplace: true,
        detailed: { "nodePool.size": "update-replace", 'labels["a.b"]': "add" },
      }),
    });
    const client = await configured(dial);
    const answer = await call(client, "diff", new messages.DiffRequest());
    const { DIFF_SOME } = messages.DiffResponse.DiffChanges;
    const { ADD, UPDATE_REPLACE } = messages.PropertyDiff.Kind;
    expect(answer.getChanges()).toBe(DIFF_SOME);
    expect(answer.getReplacesList()).toEqual(["nodePool"]);
    expect(answer.getDeletebeforereplace()).toBe(true);
    expect(answer.getHasdetaileddiff()).toBe(true);
    expect(answer.getDiffsList()).toEqual(["nodePool", "labels"]);
    const kinds = answer.getDetaileddiffMap();
    expect(kinds.get("nodePool.size")?.getKind()).toBe(UPDATE_REPLACE);
    expect(kinds.get('labels["a.b"]')?.getKind()).toBe(ADD);
  });

  it("that a resource is gone: no id", async () => {
    const client = await configured(await dialer({ seen: [], read: async () => undefined }));
    const answer = await call(client, "read", new messages.ReadRequest().setId("1"));
    expect(answer.getId()).toBe("");
  });

  it("the version that is modelled, and that secrets are understood", async () => {
    const client = (await dialer({ seen: [] }))();
    const info = await call(client, "getPluginInfo", new empty.Empty());
    expect(info.getVersion()).toBe("1.2.3");
    const shake = await call(client, "handshake", new messages.ProviderHandshakeRequest());
    expect(shake.getAcceptSecrets()).toBe(true);
  });
});

describe("the first key of a path", () => {
  it.each([
    ["rules[0].ref", "rules"],
    ["spec.replicas", "spec"],
    ["name", "name"],
    ['["a.b"].c', "a.b"],
  ])("%s", (path, key) => {
    expect(topLevelKey(path)).toBe(key);
  });
});
