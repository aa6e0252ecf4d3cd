// Sends PING to REDIS_URL. Over TLS chain and host are verified against OpenSSL's default store, which is what Ruby's driver and Node
// (started with --use-openssl-ca) both use here.
import { Redis } from "ioredis";

const client = new Redis(process.env.REDIS_URL, {
  lazyConnect: true,
  connectTimeout: 5_000,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
});
let last;
client.on("error", (error) => (last ??= error));
try {
  await client.connect();
  console.log(await client.ping());
  client.disconnect();
} catch (error) {
  const why = last ?? error;
  console.error(`${why.code ?? ""} ${why.message}`);
  process.exit(1);
}
