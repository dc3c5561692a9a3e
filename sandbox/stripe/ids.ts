const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** An object id in Stripe's style: a prefix and letters that cannot be guessed. */
export function newId(prefix: string, length = 24): string {
  let id = prefix;
  // 248 is the largest multiple of 62 in a byte: higher ones would favour the first letters.
  while (id.length < prefix.length + length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      if (byte < 248 && id.length < prefix.length + length) id += alphabet[byte % 62];
    }
  }
  return id;
}
