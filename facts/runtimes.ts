/**
 * Environment variables that the runtimes in Mastodon's images read, but not Mastodon's own source:
 * by reader, names with spaces between them. Some readers accept many more. The list has those that
 * this program sets, and those that change a process' behavior or the servers that it trusts.
 */
export const RUNTIME_VARIABLES: Readonly<Record<string, string>> = {
  // railties `lib/rails/application.rb`; activerecord
  // `lib/active_record/database_configurations.rb`.
  "Ruby on Rails": `
    PRIMARY_DATABASE_URL RACK_ENV RAILS_MASTER_KEY RAILS_RELATIVE_URL_ROOT SECRET_KEY_BASE`,
  // https://www.postgresql.org/docs/17/libpq-envars.html
  libpq: `
    PGAPPNAME PGCHANNELBINDING PGCLIENTENCODING PGCONNECT_TIMEOUT PGDATABASE PGDATESTYLE PGGEQO
    PGGSSDELEGATION PGGSSENCMODE PGGSSLIB PGHOST PGHOSTADDR PGKRBSRVNAME PGLOADBALANCEHOSTS
    PGLOCALEDIR PGOPTIONS PGPASSFILE PGPASSWORD PGPORT PGREQUIREAUTH PGREQUIREPEER PGSERVICE
    PGSERVICEFILE PGSSLCERT PGSSLCERTMODE PGSSLCOMPRESSION PGSSLCRL PGSSLCRLDIR PGSSLKEY
    PGSSLMAXPROTOCOLVERSION PGSSLMINPROTOCOLVERSION PGSSLMODE PGSSLNEGOTIATION PGSSLROOTCERT
    PGSSLSNI PGSYSCONFDIR PGTARGETSESSIONATTRS PGTZ PGUSER`,
  // https://nodejs.org/docs/latest-v24.x/api/cli.html#environment-variables_1
  "Node.js": `
    NODE_COMPILE_CACHE NODE_DEBUG NODE_DEBUG_NATIVE NODE_EXTRA_CA_CERTS NODE_ICU_DATA NODE_OPTIONS
    NODE_PATH NODE_PRESERVE_SYMLINKS NODE_PRESERVE_SYMLINKS_MAIN NODE_REDIRECT_WARNINGS
    NODE_REPL_EXTERNAL_MODULE NODE_TLS_REJECT_UNAUTHORIZED NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA
    NODE_V8_COVERAGE UV_THREADPOOL_SIZE`,
  // https://docs.openssl.org/3.5/man7/openssl-env/
  OpenSSL: `
    OPENSSL_CONF OPENSSL_CONF_INCLUDE OPENSSL_ENGINES OPENSSL_MODULES SSLKEYLOGFILE SSL_CERT_DIR
    SSL_CERT_FILE`,
  // ruby(1), "ENVIRONMENT"; ruby/ruby `doc/yjit/yjit.md`; the last three `lib/tmpdir.rb`.
  Ruby: `
    RUBYLIB RUBYLIB_PREFIX RUBYOPT RUBYPATH RUBYSHELL RUBY_YJIT_ENABLE TEMP TMP TMPDIR`,
  // https://guides.rubygems.org/command-reference/#gem-environment
  RubyGems: `
    GEM_HOME GEM_PATH GEM_SKIP GEM_SPEC_CACHE RUBYGEMS_GEMDEPS`,
  // https://bundler.io/man/bundle-config.1.html: each of its settings is a variable with this
  // prefix.
  Bundler: `
    BUNDLE_APP_CONFIG BUNDLE_BIN_PATH BUNDLE_FROZEN BUNDLE_GEMFILE BUNDLE_PATH BUNDLE_WITHOUT`,
  // ld.so(8), resolver(5), locale(7); jemalloc(3) for the last.
  "the C library and its loader": `
    GCONV_PATH GLIBC_TUNABLES HOSTALIASES LANG LC_ALL LD_AUDIT LD_BIND_NOW LD_DEBUG LD_LIBRARY_PATH
    LD_PRELOAD LD_PROFILE LOCALDOMAIN LOCPATH RES_OPTIONS MALLOC_CONF`,
  // bash(1), "Shell Variables": the commands of the Jobs and of the probes run in bash.
  Bash: `
    BASHOPTS BASH_ENV ENV HOME IFS PATH SHELLOPTS`,
  // Shopify/bootsnap `README.md`.
  bootsnap: `
    BOOTSNAP_CACHE_DIR BOOTSNAP_READONLY DISABLE_BOOTSNAP DISABLE_BOOTSNAP_COMPILE_CACHE
    DISABLE_BOOTSNAP_LOAD_PATH_CACHE`,
  // ruby/ruby `lib/uri/generic.rb`, find_proxy: all clients of Net::HTTP, including the object
  // store's. Node uses them with NODE_USE_ENV_PROXY.
  "Ruby's HTTP clients": `
    ALL_PROXY HTTPS_PROXY HTTP_PROXY NO_PROXY https_proxy no_proxy`,
  // https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
  "the AWS SDK": `
    AWS_CA_BUNDLE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_S3 AWS_PROFILE AWS_REGION
    AWS_REQUEST_CHECKSUM_CALCULATION AWS_RESPONSE_CHECKSUM_VALIDATION AWS_SESSION_TOKEN`,
  // discourse/prometheus_exporter `lib/prometheus_exporter/client.rb`.
  prometheus_exporter: `
    PROMETHEUS_EXPORTER_HOST PROMETHEUS_EXPORTER_PORT`,
  // https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
  OpenTelemetry: `
    OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_HEADERS OTEL_SERVICE_NAME OTEL_TRACES_SAMPLER
    OTEL_TRACES_SAMPLER_ARG`,
  // curl(1), "ENVIRONMENT": the search Job uses it.
  curl: `
    CURL_CA_BUNDLE CURL_HOME CURL_SSL_BACKEND`,
};
