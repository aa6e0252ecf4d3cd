/**
 * Largest error page that Cloudflare accepts in a rule, bytes (cloudflare/cloudflare-docs
 * `src/content/docs/rules/custom-errors/reference/parameters.mdx`).
 */
export const ERROR_PAGE_BYTES = 10_240;

/**
 * The page that people see while the server is down. It is one file, because anything that it
 * loaded would come from that server. It has no `referrer` meta, which would break Cloudflare's
 * challenges (same page).
 */
export function errorPage(host: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="30">
<title>${host} is away</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.1rem/1.5 system-ui, sans-serif; }
main { max-width: 32rem; padding: 2rem; text-align: center; }
</style>
</head>
<body>
<main>
<h1>${host} is away</h1>
<p>It will be back soon, and nothing is lost: what others write meanwhile arrives later.</p>
<p>This page looks again every half minute.</p>
</main>
</body>
</html>
`;
}
