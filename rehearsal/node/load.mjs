// Sends requests steadily from the network in which it runs, and counts lost ones.
//
// Standard input has JSON lines. The first is { targets: [{ name, host, port, path, headers }],
// kept, fresh, everyMs, patienceMs, longestMs }. It starts the load once each target answers, and
// is answered "begun". For every other line it prints the numbers of sent and lost requests since
// the last.
import { Agent, get } from "node:http";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** Number of lost requests that are listed one by one; all are counted. */
const TOLD = 20;

const counts = new Map();

function ask({ host, port, path, headers }, agent, patienceMs) {
  return new Promise((done) => {
    const request = get({ host, port, path, headers, agent, timeout: patienceMs }, (response) => {
      response.resume();
      response.once("error", ({ code }) => done(code));
      response.once("end", () => done(response.statusCode === 200 ? "" : response.statusCode));
    });
    request.once("timeout", () => request.destroy(Object.assign(new Error(), { code: "TIME" })));
    request.once("error", ({ code }) => done(code));
  });
}

/** One kept connection, or one after the other; never a retry. */
async function send(target, kept, { everyMs, patienceMs, until }) {
  const agent = kept ? new Agent({ keepAlive: true, maxSockets: 1 }) : false;
  const key = `${target.name} ${kept ? "kept" : "fresh"}`;
  while (Date.now() < until) {
    const at = Date.now();
    const error = await ask(target, agent, patienceMs);
    const count = counts.get(key) ?? { target: target.name, kept, sent: 0, lost: 0, told: [] };
    count.sent += 1;
    if (error !== "") {
      count.lost += 1;
      count.first ??= at;
      count.last = at;
      if (count.told.length < TOLD) count.told.push({ at, error: String(error) });
    }
    counts.set(key, count);
    // Random, so that a server's end meets connections at every phase.
    await sleep(everyMs * (0.5 + Math.random()));
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const { targets, kept, fresh, longestMs, ...pace } = JSON.parse(line);
  if (targets === undefined) {
    process.stdout.write(`${JSON.stringify([...counts.values()])}\n`);
    counts.clear();
    continue;
  }
  const options = { ...pace, until: Date.now() + longestMs };
  // A pod's policies apply a moment after its start.
  for (const target of targets)
    while ((await ask(target, false, 1_000)) !== "" && Date.now() < options.until) await sleep(100);
  for (const target of targets) {
    for (let index = 0; index < kept; index++) void send(target, true, options);
    for (let index = 0; index < fresh; index++) void send(target, false, options);
  }
  process.stdout.write('"begun"\n');
}
process.exit();
