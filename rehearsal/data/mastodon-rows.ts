import { SHAPES, type TableShape } from "./mastodon-shape.ts";

/**
 * SQL that gives a database the shape and the size of a server's, by the number of posts. Rows are
 * made up, and compress rather less than those of a server.
 */

/** Rows of a table for each row of `statuses`. Shares of a small server, assumed. */
const SHARES: Readonly<Record<string, number>> = {
  accounts: 1 / 9,
  users: 1 / 600,
  statuses: 1,
  status_stats: 1 / 3,
  conversations: 1 / 2,
  media_attachments: 1 / 4,
  mentions: 1 / 2,
  notifications: 1 / 4,
  favourites: 1 / 2,
  follows: 1 / 4,
  statuses_tags: 1 / 3,
};

/** Bytes of all tables, without indexes, for each row of `statuses`: measured with Postgres 17. */
const BYTES_A_POST = 950;

/** First id of the rows: those of a rehearsal's own are below. */
const FIRST = 1_000_000;

/** Text of this many bytes that hardly compresses, as of a key: six random bits a byte. */
const noise = (salt: string, bytes: number): string => hashed(salt, bytes, "base64", 88);

/** Text of this many bytes that compresses to a half: four random bits a byte. Prose has three. */
const prose = (salt: string, bytes: number): string => hashed(salt, bytes, "hex", 128);

/** Hashes of the row's number and a salt, each `length` bytes in this form. */
function hashed(salt: string, bytes: number, form: string, length: number): string {
  const hash = (at: number): string => `encode(sha512(('${salt}${at}' || n)::bytea), '${form}')`;
  const hashes = Array.from({ length: Math.ceil(bytes / length) }, (_, at) => hash(at));
  return `left(${hashes.join(" || ")}, ${bytes})`;
}

const url = (path: string): string =>
  `'https://' || left(md5((n % 997)::text), 12) || '.example/${path}/' || n`;

/** Values of columns, by table. `n` is the row's number. Others are null, or empty. */
const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  accounts: {
    username: "'user_' || n",
    domain: "left(md5((n % 997)::text), 12) || '.example'",
    display_name: noise("name", 18),
    note: `'<p>' || ${prose("note", 170)} || '</p>'`,
    public_key: `'-----BEGIN PUBLIC KEY-----' || ${noise("key", 400)}`,
    uri: url("users"),
    url: url("@user"),
    inbox_url: url("inbox"),
    outbox_url: url("outbox"),
    followers_url: url("followers"),
    shared_inbox_url: "'https://' || left(md5((n % 997)::text), 12) || '.example/inbox'",
    avatar_remote_url: url("avatars"),
    fields: `jsonb_build_array(jsonb_build_object('name', 'Web', 'value', ${noise("field", 40)}))`,
  },
  users: {
    account_id: `${FIRST} + n`,
    email: "'user_' || n || '@mail.example'",
    encrypted_password: `'$2a$10$' || ${noise("password", 53)}`,
    otp_secret: noise("otp", 80),
  },
  statuses: {
    text: `'<p>' || ${prose("text", 260)} || '</p>'`,
    uri: url("statuses"),
    url: url("@user"),
    language: "(ARRAY['en', 'de', 'fr', 'es', 'ja'])[1 + n % 5]",
    conversation_id: `${FIRST} + n / 2`,
    in_reply_to_id: `CASE WHEN n % 4 = 0 THEN ${FIRST} + n - 1 END`,
    in_reply_to_account_id: "CASE WHEN n % 4 = 0 THEN 1000000 + n % 1000 END",
    local: "n % 50 = 0",
  },
  status_stats: { status_id: `${FIRST} + n` },
  conversations: { uri: url("contexts") },
  media_attachments: {
    status_id: `${FIRST} + n * 4`,
    file_file_name: `md5('file' || n) || '.jpg'`,
    file_content_type: "'image/jpeg'",
    file_file_size: "200000 + n % 100000",
    file_meta: `json_build_object('original', json_build_object('width', 1920, 'height', 1080, 'blur', ${noise("meta", 120)}))`,
    blurhash: noise("blur", 36),
    remote_url: url("media"),
    shortcode: "md5('code' || n)",
  },
  mentions: { status_id: `${FIRST} + n * 2` },
  notifications: { activity_id: `${FIRST} + n`, activity_type: "'Mention'", type: "'mention'" },
  favourites: { status_id: `${FIRST} + n * 2` },
  follows: { target_account_id: `${FIRST} + n`, uri: url("follows") },
  statuses_tags: { status_id: `${FIRST} + n * 3`, tag_id: "1 + n % 5000" },
};

/** Value of a column that is never null and has none above, by its type. */
const FILLERS: Readonly<Record<string, string>> = {
  bigint: `${FIRST} + (n % 1000 * 7919) % 1000`,
  integer: "0",
  varchar: "''",
  text: "''",
  boolean: "false",
  timestamp: "timestamp '2024-01-01' + n * interval '7 seconds'",
};

/** A column of a table. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
}

function columnsOf({ columns }: TableShape): readonly Column[] {
  return Object.entries(columns).flatMap(([word, names]) =>
    names.split(" ").map((name) => ({
      ...{ name, type: word.replace("!", ""), required: word.endsWith("!") },
    })),
  );
}

/** Whether a table has a number of its own for each row. */
const isNumbered = (table: string): boolean => table !== "statuses_tags";

/**
 * Statements that give these tables their real columns. One that exists, with some of them as texts
 * and hardly a row, keeps its rights and its rows.
 */
export function shapeStatements(existing: readonly string[]): readonly string[] {
  return Object.entries(SHAPES).flatMap(([table, shape]) => {
    const columns = columnsOf(shape);
    if (!existing.includes(table)) {
      const id = isNumbered(table) ? "id bigserial PRIMARY KEY, " : "";
      const list = columns.map(({ name, type }) => `"${name}" ${type}`).join(", ");
      const key = isNumbered(table) ? "" : ", PRIMARY KEY (tag_id, status_id)";
      return [`CREATE TABLE ${table} (${id}${list}${key})`];
    }
    const changes = columns.map(
      ({ name, type }) => `ALTER COLUMN "${name}" TYPE ${type} USING "${name}"::text::${type}`,
    );
    return [`ALTER TABLE ${table} ${changes.join(", ")}`];
  });
}

/** Whether the database of these tables has the shape already. */
export function isShaped(existing: readonly string[]): boolean {
  return Object.keys(SHAPES).every((table) => existing.includes(table));
}

/**
 * Statements that take the rows and the indexes away again, with the room that they had. The
 * server's own account stays, which a release looks for.
 */
export function emptyStatements(): readonly string[] {
  return Object.entries(SHAPES).flatMap(([table, { indexes }]) => [
    ...Object.keys(indexes).map((name) => `DROP INDEX ${name}`),
    table === "accounts" ? `DELETE FROM ${table} WHERE id >= ${FIRST}` : `TRUNCATE ${table}`,
  ]);
}

/** Number of posts of a database whose tables have about this size. */
export function postsOf(megabytes: number): number {
  return Math.ceil((megabytes * 1_000_000) / BYTES_A_POST);
}

/** Statements that insert the rows of a server with this number of posts. */
export function rowStatements(posts: number): readonly string[] {
  return Object.entries(SHAPES).map(([table, shape]) => {
    const given = VALUES[table] ?? {};
    const values = columnsOf(shape).flatMap(({ name, type, required }) => {
      const value = given[name] ?? (required ? FILLERS[type] : undefined);
      return value === undefined ? [] : [[name, value] as const];
    });
    const all = isNumbered(table) ? [["id", `${FIRST} + n`] as const, ...values] : values;
    const rows = Math.ceil(posts * (SHARES[table] ?? 1));
    return `INSERT INTO ${table} (${all.map(([name]) => `"${name}"`).join(", ")}) SELECT ${all.map(([, value]) => value).join(", ")} FROM generate_series(1, ${rows}) n`;
  });
}

/** Statements that make the indexes, after the rows. */
export function indexStatements(): readonly string[] {
  return Object.entries(SHAPES).flatMap(([table, { indexes }]) =>
    Object.entries(indexes).map(([name, spec]) => {
      const [, unique = "", method = "btree", rest = ""] =
        /^(unique )?(?:(\w+) )?(\(.*)$/su.exec(spec) ?? [];
      return `CREATE ${unique}INDEX ${name} ON ${table} USING ${method} ${rest}`;
    }),
  );
}
