import { absent, derived, extra, type Fate } from "./fate.ts";

/**
 * Handling of the variables that Mastodon's runtimes read (`facts/runtimes.ts`). Nearly all of them
 * are refused. With one of them a process may stop verifying servers, run other code than its
 * image's, or not start. No message of Mastodon's own would show the cause.
 */

/** The same handling for several names. */
const each = (names: string, fate: Fate): Readonly<Record<string, Fate>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, fate]));

const IMAGE = absent("Mastodon's image sets it, for the programs that it brings");
const ROOTS = absent(
  "every certificate that Rails meets is a public one or Postgres', and both are known without it",
);
const PROXY = absent("pods reach the Internet themselves, and the NetworkPolicies know no proxy");

/** libpq applies each to every connection of Rails if `config/database.yml` does not set it. */
const LIBPQ: Readonly<Record<string, Fate>> = {
  ...each(
    "PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGPASSWORD PGPASSFILE PGSERVICE PGSERVICEFILE PGSYSCONFDIR",
    absent(
      "DB_HOST and its kin say where the database is and who asks, and this program sets them",
    ),
  ),
  PGSSLROOTCERT: derived("the database's own CA, mounted in every pod"),
  PGSSLMODE: absent("DB_SSLMODE says `verify-full`, the one value that checks chain and host name"),
  PGSSLCRL: absent("DigitalOcean's CA publishes no list of what it took back"),
  PGSSLCRLDIR: absent("DigitalOcean's CA publishes no list of what it took back"),
  ...each("PGSSLCERT PGSSLKEY PGSSLCERTMODE", absent("roles sign in by password here")),
  PGSSLSNI: absent("without the name in the greeting a database behind a proxy is not found"),
  PGSSLNEGOTIATION: absent(
    "the pooler waits for the ordinary greeting, and no connection would open",
  ),
  PGSSLCOMPRESSION: absent("TLS no longer compresses, since lengths gave away what was in it"),
  PGSSLMINPROTOCOLVERSION: absent("the image's OpenSSL takes nothing older than TLS 1.2"),
  PGSSLMAXPROTOCOLVERSION: absent("it would keep connections from the newest TLS"),
  PGCHANNELBINDING: absent("the pooler ends TLS itself, so a binding through it can't be proven"),
  ...each(
    "PGGSSDELEGATION PGGSSENCMODE PGGSSLIB PGKRBSRVNAME PGREQUIREAUTH PGREQUIREPEER",
    absent("roles sign in by password over TLS here, and no other way is there"),
  ),
  PGOPTIONS: absent("the pooler refuses connections that bring settings of their own"),
  PGAPPNAME: absent("Mastodon leaves the name empty: each change of it costs the pooler a query"),
  PGCLIENTENCODING: absent("Mastodon says `unicode`, and another one would write broken text"),
  PGCONNECT_TIMEOUT: absent("Mastodon's own 15 seconds hold (`config/database.yml`)"),
  ...each(
    "PGDATESTYLE PGTZ PGGEQO",
    absent("the pooler shares connections: it would hold for some queries and not for others"),
  ),
  ...each(
    "PGTARGETSESSIONATTRS PGLOADBALANCEHOSTS",
    absent("there is one host to ask; `postgres.readReplica` makes the other"),
  ),
  PGLOCALEDIR: IMAGE,
};

const NODE: Readonly<Record<string, Fate>> = {
  NODE_EXTRA_CA_CERTS: derived("the database's own CA, mounted in every pod"),
  NODE_TLS_REJECT_UNAUTHORIZED: absent(
    "with `0` streaming trusts whoever answers in the place of Postgres and Valkey, and hands its passwords over",
  ),
  NODE_OPTIONS: absent("it can load any code and switch checks off; sizes are `streaming`'s"),
  NODE_PATH: absent("modules from elsewhere would come before the image's"),
  NODE_REPL_EXTERNAL_MODULE: absent("it loads code that is not the image's"),
  NODE_PRESERVE_SYMLINKS: absent(
    "the image's modules are found by their links, and would be missed",
  ),
  NODE_PRESERVE_SYMLINKS_MAIN: absent(
    "the image's modules are found by their links, and would be missed",
  ),
  NODE_USE_ENV_PROXY: PROXY,
  NODE_USE_SYSTEM_CA: absent("Node's own roots know Valkey's certificate, and the CA is added"),
  NODE_DEBUG: absent("with `tls` or `http` it prints tokens and passwords into the log"),
  NODE_DEBUG_NATIVE: absent("with `TLS` it prints what goes over the wire into the log"),
  ...each(
    "NODE_COMPILE_CACHE NODE_REDIRECT_WARNINGS NODE_V8_COVERAGE",
    absent("it writes files, and the image is read-only"),
  ),
  NODE_ICU_DATA: IMAGE,
  UV_THREADPOOL_SIZE: extra("streaming"),
};

const OPENSSL: Readonly<Record<string, Fate>> = {
  SSL_CERT_FILE: ROOTS,
  SSL_CERT_DIR: ROOTS,
  SSLKEYLOGFILE: absent("it writes the keys of every TLS connection into a file"),
  OPENSSL_CONF: absent("another configuration can let in protocols and ciphers that are broken"),
};

const RUBY: Readonly<Record<string, Fate>> = {
  RUBYOPT: absent("it loads code and changes the language of every Ruby process in the pod"),
  RUBYLIB: absent("libraries from elsewhere would come before the image's"),
  RUBYLIB_PREFIX: absent("Ruby would look for its own libraries elsewhere, and not start"),
  RUBYPATH: absent("programs from elsewhere would come before the image's"),
  RUBYSHELL: absent("Mastodon's calls of ffmpeg would go through another shell"),
  RUBY_YJIT_ENABLE: IMAGE,
  TMPDIR: derived("a folder of the process's own in the volume at /tmp"),
  ...each("TEMP TMP", absent("TMPDIR comes before it, and this program sets that")),
  RUBYGEMS_GEMDEPS: absent("gems are those of the image, by its Gemfile.lock"),
};

/** Each complete name outside the families. */
export const RUNTIME_NAMES: Readonly<Record<string, Fate>> = {
  RACK_ENV: absent("it is `production`, by RAILS_ENV; Puma shows its errors to all in another one"),
  RAILS_MASTER_KEY: absent("Mastodon has no encrypted file of credentials that it would open"),
  RAILS_RELATIVE_URL_ROOT: absent("Mastodon runs at the root of its host"),
  ...LIBPQ,
  ...NODE,
  ...OPENSSL,
  ...RUBY,

  MALLOC_CONF: IMAGE,
  GLIBC_TUNABLES: absent("it changes how every program of the image uses memory and threads"),
  GCONV_PATH: absent("it loads code that is not the image's"),
  LOCPATH: absent("the image has its languages where it looks for them"),
  LANG: absent("it is UTF-8, by the image; with another one Ruby reads names as broken text"),
  LC_ALL: absent("it is UTF-8, by the image; with another one Ruby reads names as broken text"),
  LOCALDOMAIN: absent(
    "the resolver reads it, not Mastodon, and no Service would be found; the domain is mastodon:domain",
  ),
  HOSTALIASES: absent("it gives hosts other names, past their certificates"),
  RES_OPTIONS: absent("Kubernetes says how pods look names up"),

  PATH: IMAGE,
  HOME: IMAGE,
  ENV: absent("the shell runs the file that it names"),
  BASH_ENV: absent("the shell of Jobs and probes runs the file that it names"),
  BASHOPTS: absent("the scripts of Jobs and probes are written for the shell's own settings"),
  SHELLOPTS: absent("with `xtrace` the scripts of Jobs print passwords into the log"),
  IFS: absent("the scripts of Jobs and probes would part words elsewhere"),

  BOOTSNAP_READONLY: derived("on, for the image is read-only"),
  BOOTSNAP_CACHE_DIR: absent("the cache lies where the image was built with it"),
  ...each(
    "DISABLE_BOOTSNAP DISABLE_BOOTSNAP_COMPILE_CACHE DISABLE_BOOTSNAP_LOAD_PATH_CACHE",
    absent("pods would start so slowly that their probes end them"),
  ),

  ...each("HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY https_proxy no_proxy", PROXY),

  AWS_REQUEST_CHECKSUM_CALCULATION: extra(),
  AWS_RESPONSE_CHECKSUM_VALIDATION: extra(),
  AWS_CA_BUNDLE: ROOTS,
  AWS_ENDPOINT_URL: absent("S3_ENDPOINT says it, and this program sets that by `media.storage`"),
  AWS_ENDPOINT_URL_S3: absent("S3_ENDPOINT says it, and this program sets that by `media.storage`"),
  AWS_REGION: absent("S3_REGION says it, and this program sets that by `media.storage`"),
  AWS_PROFILE: absent("the key of the bucket is in the environment; a pod has no file of profiles"),
  AWS_SESSION_TOKEN: absent(
    "the key of the bucket is one that lasts, and the store knows no other",
  ),
};

/** Families that must not be set, by prefix. */
export const RUNTIME_FAMILIES: readonly (readonly [prefix: string, fate: Fate])[] = [
  ["LD_", absent("the loader would put other code before the image's, in every program of it")],
  ["GEM_", absent("gems are those of the image, by its Gemfile.lock")],
  ["BUNDLE_", absent("gems are those of the image, by its Gemfile.lock; Rails would not start")],
  ["OPENSSL_", absent("it changes how the image's OpenSSL encrypts and whom it believes")],
  ["CURL_", absent("the search Job asks with the image's curl, and checks whom by its roots")],
];
