import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { ScaledClock } from "../../clouds/clock.ts";
import { digitaloceanOperations } from "../../clouds/rest/digitalocean/face.ts";
import { openRest } from "../../clouds/rest/open.ts";
import { route, type Method } from "../../clouds/rest/router.ts";
import { World } from "../../clouds/world.ts";
import { FakeClusters, FakeDatabases } from "../../clouds/fake-backends.ts";
import { DEPARTURES } from "./departures.ts";
import { Description } from "./description.ts";
import { walkDigitalocean, type Json } from "./walk.ts";

/** An id without an object. */
const NOBODY = "00000000-0000-4000-8000-000000000000";

/** Result of a check of the simulated DigitalOcean against its description. */
export interface RestCheck {
  /** Number of operations that answered with a success. */
  readonly answered: number;
  /** Number of those that the description has. */
  readonly checked: number;
  /** Number of compared bodies: of requests, and of answers including refusals. */
  readonly bodies: number;
  /** Operations that the description does not have. */
  readonly undescribed: readonly string[];
  /** Each fault, in a line. */
  readonly invalid: readonly string[];
  /** Departures that did not occur and should be removed. */
  readonly unused: readonly string[];
}

/**
 * Sends every operation, with and without a token and for a missing object, and compares each
 * answer.
 */
export async function checkDigitalocean(file: string): Promise<RestCheck> {
  const judge = new Judge(new Description(file));
  const databases = new FakeDatabases();
  const world = new World({
    clusters: new FakeClusters(),
    databases,
    clock: new ScaledClock(0),
  });
  const rest = await openRest(world);
  try {
    const ask = async (method: Method, path: string, body?: Json, token = true): Promise<Json> => {
      const response = await fetch(`${rest.digitaloceanUrl}${path}`, {
        method,
        headers: token ? { authorization: "Bearer any" } : {},
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
      const answer = text === "" ? undefined : isJson ? JSON.parse(text) : text;
      judge.compare(method, path, body, response.status, answer);
      if (token && !response.ok && !path.includes(NOBODY))
        throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return answer;
    };
    await walkDigitalocean(ask);
    for (const { method, path } of digitaloceanOperations) {
      const nobodys = path.replaceAll(/\{[^}]*\}/g, NOBODY);
      await ask(method, nobodys, undefined, false);
      if (nobodys !== path && (method === "GET" || method === "DELETE")) await ask(method, nobodys);
    }
  } finally {
    await rest.close();
  }
  return judge.result();
}

class Judge {
  readonly #description: Description;
  readonly #ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false, logger: false });
  readonly #validators = new Map<object, ValidateFunction>();
  readonly #described = new Map<string, ReturnType<Description["operation"]>>();
  readonly #answered = new Set<string>();
  readonly #invalid = new Set<string>();
  readonly #used = new Set<object>();
  #bodies = 0;

  constructor(description: Description) {
    this.#description = description;
    addFormats.default(this.#ajv);
    this.#ajv.addFormat("cidr", /^\d+\.\d+\.\d+\.\d+\/\d+$/);
    this.#ajv.addFormat("string", true);
  }

  compare(method: Method, path: string, sent: Json, status: number, answer: Json): void {
    const routed = route(digitaloceanOperations, method, path.split("?")[0] ?? path);
    const name = `${method} ${routed?.operation.path ?? path}`;
    if (status < 300) this.#answered.add(name);
    const described =
      this.#described.get(name) ??
      this.#description.operation(method, routed?.operation.path ?? path);
    this.#described.set(name, described);
    if (described === undefined) return;
    const { answers, request } = described;
    // Refusals that it does not describe have the common form.
    const key = answers.has(String(status)) ? String(status) : status < 300 ? "" : "default";
    if (!answers.has(key))
      this.#invalid.add(`${name}: answers ${status}; described are ${[...answers.keys()].join()}`);
    else this.#validate(name, "answer", answers.get(key), answer);
    if (status < 300 && sent !== undefined) this.#validate(name, "request", request, sent);
  }

  #validate(
    name: string,
    side: "request" | "answer",
    schema: object | undefined,
    body: Json,
  ): void {
    if (schema === undefined) {
      if (body !== undefined)
        this.#invalid.add(`${name}: the ${side} has a body, described is none`);
      return;
    }
    this.#bodies += 1;
    const validate = this.#validators.get(schema) ?? this.#ajv.compile(schema);
    this.#validators.set(schema, validate);
    if (validate(body)) return;
    for (const error of validate.errors ?? [])
      if (!this.#departs(name, side, error))
        this.#invalid.add(
          `${name}: ${side}${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
        );
  }

  #departs(operation: string, side: "request" | "answer", error: ErrorObject): boolean {
    const at = error.instancePath.replaceAll(/\/\d+(?=\/|$)/g, "/*");
    const { additionalProperty, missingProperty } = error.params as Record<string, string>;
    const property = additionalProperty ?? missingProperty;
    const departure = DEPARTURES.find(
      (each) =>
        each.operation === operation &&
        each.side === side &&
        each.at === at &&
        each.property === property,
    );
    if (departure !== undefined) this.#used.add(departure);
    return departure !== undefined;
  }

  result(): RestCheck {
    const described = [...this.#answered].filter((name) => this.#described.get(name));
    return {
      answered: this.#answered.size,
      checked: described.length,
      bodies: this.#bodies,
      undescribed: [...this.#answered].filter((name) => !described.includes(name)),
      invalid: [...this.#invalid],
      unused: DEPARTURES.filter((each) => !this.#used.has(each)).map(
        ({ operation, side, at }) => `${operation}: ${side}${at}`,
      ),
    };
  }
}
