// Sends PING to REDIS_URL. With TLS it verifies chain and host against OpenSSL's default store.
// Both Ruby's driver and Node (started with --use-openssl-ca) use that store here.
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
