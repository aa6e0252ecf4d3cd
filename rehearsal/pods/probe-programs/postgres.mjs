// Connects to Postgres as Mastodon's streaming server does (mastodon/mastodon
// `streaming/database.js` at v4.6.5). With any DB_SSLMODE except these it verifies chain and host,
// against Node's roots and NODE_EXTRA_CA_CERTS.
import pg from "pg";

const { DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASS, DB_SSLMODE = "" } = process.env;
const ssl =
  DB_SSLMODE === "" || DB_SSLMODE === "disable"
    ? false
    : DB_SSLMODE === "no-verify"
      ? { rejectUnauthorized: false }
      : {};
const client = new pg.Client({
  host: DB_HOST,
  port: Number(DB_PORT),
  database: DB_NAME,
  user: DB_USER,
  password: DB_PASS,
  ssl,
  connectionTimeoutMillis: 5_000,
});
try {
  await client.connect();
  const { rows } = await client.query("SELECT current_user AS who");
  console.log(`answered as ${rows[0].who}`);
  await client.end();
} catch (error) {
  console.error(`${error.code ?? ""} ${error.message}`);
  process.exit(1);
}
