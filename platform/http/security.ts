import type { WebConfig } from "../config.ts";

/**
 * What a browser may do with our pages.
 *
 * Threat: markup that somebody smuggled in (a prompt, a display name) runs or sends data elsewhere.
 * Scripts need our origin or this response's nonce; there is no `unsafe-inline`, neither for scripts nor
 * for styles. Hashes were rejected: the inline module of Fresh differs on every page.
 */
function contentSecurityPolicy(config: WebConfig, nonce: string, development: boolean): string {
  // Browsers apply form-action to the redirect that follows a form, and ours leads to the checkout.
  const checkout = config.stripe.apiUrl ?? "https://checkout.stripe.com";
  const directives = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    // Vite's dev server injects style elements; the build links a file.
    development ? "style-src 'self' 'unsafe-inline'" : "style-src 'self'",
    development ? "connect-src 'self' ws:" : "connect-src 'self'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    `form-action 'self' ${checkout}`,
  ];
  if (config.production) directives.push("upgrade-insecure-requests");
  return directives.join("; ");
}

const DEVELOPMENT = Boolean((import.meta as { env?: { DEV?: boolean } }).env?.DEV);

/** Headers of every answer, including those that `_error` renders. */
export function securityHeaders(config: WebConfig, nonce: string): Record<string, string> {
  const headers: Record<string, string> = {
    "content-security-policy": contentSecurityPolicy(config, nonce, DEVELOPMENT),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    // Not no-referrer: browsers would then send `Origin: null` with our own forms.
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=()",
  };
  if (config.production) headers["strict-transport-security"] = "max-age=63072000; includeSubDomains";
  return headers;
}

/** 128 random bits, as the CSP specification asks. */
export function createNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/** Fresh writes exactly this tag around the boot code of islands; everything people typed has its `<` escaped. */
const BOOT_SCRIPT = '<script type="module">';

export function addNonce(html: string, nonce: string): string {
  return html.replaceAll(BOOT_SCRIPT, `<script type="module" nonce="${nonce}">`);
}
