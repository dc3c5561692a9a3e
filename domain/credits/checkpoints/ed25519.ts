/** Ed25519 (RFC 8032) by WebCrypto, keys and signatures in base64url. Runs in browsers and in edge functions too. */

/** A signing key as Vault keeps it: a private JSON Web Key (RFC 8037), both halves in one line of text. */
export interface SigningKey {
  publicKey: string;
  sign(message: string): Promise<string>;
}

/** A new key, as the text for Vault. */
export async function newSigningKey(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"]) as CryptoKeyPair;
  const { kty, crv, d, x } = await crypto.subtle.exportKey("jwk", privateKey);
  return JSON.stringify({ kty, crv, d, x });
}

/** @throws {TypeError} if the text is no such key; the message holds nothing of it */
export async function readSigningKey(text: string): Promise<SigningKey> {
  const { key, publicKey } = await importPrivate(text).catch(() => {
    throw new TypeError("the checkpoint key in Vault is not a private Ed25519 key in JWK form");
  });
  return {
    publicKey,
    async sign(message) {
      const signature = encodeBase64Url(new Uint8Array(await crypto.subtle.sign("Ed25519", key, utf8(message))));
      // Halves that do not belong together would sign what nobody can verify.
      if (!await verifySignature(publicKey, message, signature)) {
        throw new TypeError("the public half of the checkpoint key in Vault is not its own");
      }
      return signature;
    },
  };
}

/**
 * Whether this key signed this text. Only the one spelling of key and signature counts.
 *
 * @throws {DOMException} NotSupportedError where the browser has no Ed25519: that says nothing about the signature
 */
export async function verifySignature(publicKey: string, message: string, signature: string): Promise<boolean> {
  const [key, signed] = [decodeBase64Url(publicKey, 32), decodeBase64Url(signature, 64)];
  if (!key || !signed) return false;
  const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]).catch((error) => {
    if (error.name === "NotSupportedError") throw error;
    return null;
  });
  return imported !== null &&
    await crypto.subtle.verify("Ed25519", imported, signed, utf8(message));
}

const utf8 = (message: string) => new TextEncoder().encode(message);

/** Null unless it is exactly so many bytes in canonical base64url. */
export function decodeBase64Url(text: string, length: number): Uint8Array<ArrayBuffer> | null {
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length !== Math.ceil(length * 4 / 3)) return null;
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  return encodeBase64Url(bytes) === text ? bytes : null;
}

export function encodeBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_")
    .replaceAll("=", "");
}

async function importPrivate(text: string): Promise<{ key: CryptoKey; publicKey: string }> {
  const { kty, crv, d, x } = JSON.parse(text);
  const key = await crypto.subtle.importKey("jwk", { kty, crv, d, x }, "Ed25519", false, ["sign"]);
  return { key, publicKey: x };
}
