import { AppError } from "../../domain/errors.ts";
import { handler } from "./$[...path].ts";

/** Any method: an address that does not exist is a 404 under all of them. */
export const handlers = handler(() => {
  throw new AppError("not_found", { detail: "There is no such address in the API." });
});
