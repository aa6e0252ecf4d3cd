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

/** The nginx configuration of the assets origin. Pure. */

/** Values that differ from one server to another. */
export interface AssetsNginx {
  /** Above 1024: nginx is nobody in particular. */
  readonly port: number;
  /** Mastodon's own, of the release that is deployed. */
  readonly staticPaths: MastodonFacts["staticPaths"];
  /** The folder with both releases' files. */
  readonly root: string;
  /** The one folder that it may write to. */
  readonly temporary: string;
  /** Seconds that running requests have after the signal to stop. */
  readonly shutdownSeconds: number;
  /** Optional, for media on Spaces: the hosts that are answered from there. */
  readonly media?: (MediaProxy & Omit<MediaUpstream, "port">) | undefined;
}

/**
 * Types by ending: our own list, so that what a browser is told doesn't depend on the image.
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
 * The whole file. All headers are said once, at the top, with values from maps: an `add_header` in
 * a location silently drops those above it (nginx, "ngx_http_headers_module"), and CORS would be
 * gone from just the answers that need it.
 *
 * Mastodon's build brings `.gz` and `.br` beside its packs. `.gz` is served as it is; for `.br` the
 * stock image lacks the module, and Cloudflare compresses anew for browsers that want it.
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
