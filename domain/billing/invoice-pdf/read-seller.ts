import type { Sql } from "../../../platform/database.ts";

/** Who sells. An operator sets it in SQL, as the setting `company`. */
export interface Seller {
  name: string;
  /** Line by line. */
  address: string[];
  /** Empty: none. */
  vat_id: string;
}

/** As the web server: settings are nobody else's to read. */
export async function readSeller(sql: Sql): Promise<Seller> {
  const [seller] = await sql<Seller[]>`select name, address, vat_id from private.company()`;
  return seller;
}
