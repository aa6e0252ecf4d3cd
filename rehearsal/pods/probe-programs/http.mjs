// Sends requests to a server on this network's loopback. Standard input: { port, patienceMs,
// requests: [{ method, path, headers }] }; standard output: the answers.
import { request } from "node:http";
import { json } from "node:stream/consumers";

const { port, patienceMs, requests } = await json(process.stdin);

/** One request with its unchanged path: a URL class would remove `..`. */
function ask({ method, path, headers }) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, method, path, headers }, (answer) => {
      const chunks = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode,
          headers: answer.headers,
          body: Buffer.concat(chunks).toString("base64"),
        }),
      );
    });
    sent.once("error", reject);
    sent.end();
  });
}

const deadline = Date.now() + patienceMs;
/** Retries until something listens. */
async function patiently(one) {
  for (;;)
    try {
      return await ask(one);
    } catch (error) {
      if (error.code !== "ECONNREFUSED" || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
}

const answers = [];
for (const one of requests) answers.push(await patiently(one));
process.stdout.write(JSON.stringify(answers));
