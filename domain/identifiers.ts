const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Ids come from URLs: what is no uuid would be an error of Postgres, and is simply not found. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
