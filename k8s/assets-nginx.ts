import type { MastodonFacts } from "../facts/mastodon/facts.ts";
import {
  ASSETS_HEALTH_PATH,
  CACHE_CONTROL,
  HIDDEN_PART,
  MISSING_CACHE_CONTROL,
  OTHER_STATIC_CLASS,
  patternOf,
  staticPathsOf,
} from "../domain/static-paths.ts";
import { mediaMaps, mediaServer, type MediaProxy, type MediaUpstream } from "./media-nginx.ts";

/** The nginx configuration of the assets origin. */

/** Values that differ from one server to another. */
export interface AssetsNginx {
  /** Above 1024, because nginx runs without root. */
  readonly port: number;
  /** Static paths of Mastodon, of the release that is deployed. */
  readonly staticPaths: MastodonFacts["staticPaths"];
  /** The folder with both releases' files. */
  readonly root: string;
  /** The only folder that it may write to. */
  readonly temporary: string;
  /** Seconds for running requests after the stop signal. */
  readonly shutdownSeconds: number;
  /** Optional: media on Spaces. The hosts whose files come from there. */
  readonly media?: (MediaProxy & Omit<MediaUpstream, "port">) | undefined;
}

/**
 * Media types by file extension. The list is explicit, so that browsers do not depend on the image.
 * Browsers refuse a module or a style sheet of another type (HTML, "fetch a single module script"),
 * and `nosniff` makes them strict about the rest.
 */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  "text/javascript": ["js", "mjs"],
  "text/css": ["css"],
  "application/json": ["json", "map"],
  "application/wasm": ["wasm"],
  "application/gzip": ["gz"],
  "application/manifest+json": ["webmanifest"],
  "image/svg+xml": ["svg"],
  "image/png": ["png"],
  "image/jpeg": ["jpg", "jpeg"],
  "image/gif": ["gif"],
  "image/webp": ["webp"],
  "image/avif": ["avif"],
  "image/x-icon": ["ico"],
  "font/woff2": ["woff2"],
  "font/woff": ["woff"],
  "font/ttf": ["ttf"],
  "audio/ogg": ["ogg"],
  "audio/mpeg": ["mp3"],
  "text/html": ["html"],
  "text/plain": ["txt"],
  "application/xml": ["xml"],
};

const ALLOWED_METHODS = "GET, HEAD, OPTIONS";

/**
 * The whole file. All headers are set once, at the top, with values from maps. An `add_header` in a
 * location silently drops those above it (nginx, "ngx_http_headers_module"). CORS would then be
 * missing in exactly the answers that need it.
 *
 * Mastodon's build contains `.gz` and `.br` files next to its packs. nginx serves `.gz` as it is.
 * For `.br` the stock image has no module, and Cloudflare compresses again for browsers that accept
 * it.
 */
export function assetsNginxConfig({
  port,
  staticPaths,
  root,
  temporary,
  shutdownSeconds,
  media,
}: AssetsNginx): string {
  const temporaryPaths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `  ${kind}_temp_path ${temporary}/${kind};`,
  );
  const kept = staticPathsOf({ staticPaths }).map(
    (row) => `    "~${patternOf(row)}" "${CACHE_CONTROL[row.class] ?? ""}";`,
  );
  const types = Object.entries(TYPES).map(([type, endings]) => `    ${type} ${endings.join(" ")};`);
  return `daemon off;
pid ${temporary}/nginx.pid;
error_log stderr warn;
worker_processes 1;
worker_shutdown_timeout ${shutdownSeconds}s;
events {
  worker_connections 1024;
}
http {
${temporaryPaths.join("\n")}
  types {
${types.join("\n")}
  }
  default_type application/octet-stream;
  server_tokens off;
  access_log off;
  sendfile on;
  tcp_nopush on;
  # Longer than cloudflared keeps an idle connection (90 s), or it sends a request into a closing one: 502.
  keepalive_timeout 120s;
  keepalive_requests 10000;
  gzip_static on;
  gzip_proxied any;
  gzip_vary on;

  # What may be kept how long, by path, if it is there. Nothing: it is never there.
  map $uri $kept {
    "~${HIDDEN_PART}" "";
${kept.join("\n")}
    default "${CACHE_CONTROL[OTHER_STATIC_CLASS] ?? ""}";
  }
  map $status $cache_control {
    200 $kept;
    206 $kept;
    304 $kept;
    404 "${MISSING_CACHE_CONTROL}";
    default "no-store";
  }
  map $status $allow {
    405 "${ALLOWED_METHODS}";
    default "";
  }
  map $request_method $allowed_cross_origin {
    OPTIONS "${ALLOWED_METHODS}";
    default "";
  }
${media === undefined ? "" : mediaMaps()}
  server {
    listen ${port}${media === undefined ? "" : " default_server"};
    root ${root};
    add_header Cache-Control $cache_control always;
    # Pages of the web host load modules, fonts and workers from here; also a miss must be readable, or it looks like a refusal.
    add_header Access-Control-Allow-Origin "*" always;
    add_header Access-Control-Allow-Methods $allowed_cross_origin always;
    add_header Allow $allow always;
    add_header X-Content-Type-Options "nosniff" always;
    if ($request_method = OPTIONS) {
      return 204;
    }
    if ($request_method !~ "^(GET|HEAD)$") {
      return 405;
    }
    if ($kept = "") {
      return 404;
    }
    location = ${ASSETS_HEALTH_PATH} {
      default_type text/plain;
      return 200 "ok";
    }
    location / {
      try_files $uri =404;
    }
  }
${media === undefined ? "" : mediaServer({ ...media, port })}}
`;
}
