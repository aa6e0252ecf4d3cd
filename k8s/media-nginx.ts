/**
 * The part of the assets origin's nginx that serves a Space. Cloudflare can't request a bucket at
 * DigitalOcean under another host's name (Origin Rules, Enterprise only).
 */

/** Media hosts, and the origin of their files. */
export interface MediaProxy {
  readonly hosts: readonly string[];
  /** `<bucket>.<region>.digitaloceanspaces.com` */
  readonly origin: string;
}

/** Parts of the pod that the server uses. */
export interface MediaUpstream {
  readonly port: number;
  /**
   * A file with the `resolver` line, because nginx does not read /etc/resolv.conf and the cluster
   * determines the name server.
   */
  readonly resolverFile: string;
  /**
   * PEM of the authorities for the origin's certificate. If unset: those of the image, from Alpine.
   */
  readonly authorities?: string;
  /** Port of the origin. Default: 443. */
  readonly originPort?: number;
}

/**
 * `Cache-Control` of an existing file: Mastodon's names are random, and a name never gets other
 * content.
 */
const KEPT = "public, max-age=31536000, immutable";
/** A 403 is a suspended account's file, which may come back. */
const MISSING = "public, max-age=30";

/**
 * A shell script that writes the resolver's line from the pod's /etc/resolv.conf. nginx resolves
 * addresses again after half a minute.
 */
export function findResolver(resolverFile: string): string {
  return `while read -r word address rest; do
  if [ "$word" = nameserver ]; then echo "resolver $address valid=30s ipv6=off;" > ${resolverFile}; exit; fi
done < /etc/resolv.conf
echo "There is no nameserver in /etc/resolv.conf." >&2
exit 1`;
}

/** The `map` blocks that the server needs. */
export function mediaMaps(): string {
  return `  map $status $media_cache_control {
    200 "${KEPT}";
    206 "${KEPT}";
    304 "${KEPT}";
    404 "${MISSING}";
    default "no-store";
  }
`;
}

/**
 * The `server` block. From a request it forwards only the path and the headers of partial or
 * conditional reads. It forwards no cookie, no credential and no query, because `?list-type=2` and
 * `?acl` are calls of the bucket's API. From the answer it forwards only the headers that describe
 * the file.
 */
export function mediaServer({
  hosts,
  origin,
  port,
  resolverFile,
  authorities = "/etc/ssl/certs/ca-certificates.crt",
  originPort = 443,
}: MediaProxy & MediaUpstream): string {
  return `
  server {
    listen ${port};
    server_name ${hosts.join(" ")};
    add_header Cache-Control $media_cache_control always;
    add_header Access-Control-Allow-Origin "*" always;
    add_header Access-Control-Allow-Methods $allowed_cross_origin always;
    add_header Allow $allow always;
    add_header X-Content-Type-Options "nosniff" always;
    # An uploaded SVG or HTML that is opened as a page runs nothing.
    add_header Content-Security-Policy "default-src 'none'; form-action 'none'" always;
    if ($request_method = OPTIONS) {
      return 204;
    }
    if ($request_method !~ "^(GET|HEAD)$") {
      return 405;
    }
    location / {
      return 404;
    }
    # A file: what Mastodon's names are made of, and not the bucket itself nor a folder.
    location ~ "^/(?:[A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*$" {
      # By a variable, so that it is asked for again: the addresses of Spaces change.
      include ${resolverFile};
      set $origin "${origin}";
      proxy_pass https://$origin:${originPort}$uri;
      proxy_http_version 1.1;
      proxy_pass_request_body off;
      proxy_pass_request_headers off;
      proxy_set_header Host $origin;
      proxy_set_header Connection "";
      proxy_set_header Range $http_range;
      proxy_set_header If-Range $http_if_range;
      proxy_set_header If-None-Match $http_if_none_match;
      proxy_set_header If-Modified-Since $http_if_modified_since;
      proxy_ssl_server_name on;
      proxy_ssl_name $origin;
      proxy_ssl_verify on;
      proxy_ssl_verify_depth 3;
      proxy_ssl_trusted_certificate ${authorities};
      proxy_connect_timeout 5s;
      proxy_read_timeout 30s;
      # Through memory: the pod has no disk for a film.
      proxy_max_temp_file_size 0;
      proxy_hide_header Cache-Control;
      proxy_hide_header Expires;
      proxy_hide_header Set-Cookie;
      proxy_hide_header Vary;
      proxy_hide_header Strict-Transport-Security;
      proxy_hide_header Access-Control-Allow-Origin;
      proxy_hide_header Access-Control-Allow-Methods;
      proxy_hide_header Access-Control-Allow-Headers;
      proxy_hide_header Access-Control-Expose-Headers;
      proxy_hide_header Access-Control-Max-Age;
      proxy_hide_header Access-Control-Allow-Credentials;
      proxy_hide_header x-amz-request-id;
      proxy_hide_header x-amz-id-2;
      proxy_hide_header x-amz-bucket-region;
      proxy_hide_header x-amz-storage-class;
      proxy_hide_header x-amz-meta-s3cmd-attrs;
      proxy_hide_header x-rgw-object-type;
      proxy_hide_header x-envoy-upstream-healthchecked-cluster;
      proxy_hide_header x-do-cdn-uuid;
      # Its own pages name the bucket. A refused file looks like one that isn't there.
      proxy_intercept_errors on;
      error_page 401 403 404 =404 @missing;
      error_page 500 502 503 504 @away;
    }
    location @missing {
      return 404;
    }
    location @away {
      return 503;
    }
  }
`;
}
