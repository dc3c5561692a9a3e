import { noSuchAddress } from "../../platform/http/problem.ts";
import { handler } from "./$[...path].ts";

/** Any method: an address that does not exist is a 404 under all of them. */
export const handlers = handler(() => {
  throw noSuchAddress();
});
