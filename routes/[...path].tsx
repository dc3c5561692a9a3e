import { NotFoundError } from "fresh/errors";
import { handler } from "./$[...path].ts";

/** Every address that is no page: thrown here, inside the middleware, so that `_error` knows the request. */
export const handlers = handler(() => {
  throw new NotFoundError();
});
