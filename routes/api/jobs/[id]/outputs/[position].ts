import { AppError } from "../../../../../domain/errors.ts";
import { readOutput } from "../../../../../domain/jobs/read-output.ts";
import { requireSession } from "../../../../../platform/http/session.ts";
import { handler } from "./$[position].ts";

export const handlers = handler({
  /**
   * The picture itself, for its owner. The row is read under row-level security and the object with the
   * reader's own token, so the owner is checked twice. `?download` saves it under a readable name.
   */
  async GET(ctx) {
    const session = requireSession();
    const { db, storage, log } = ctx.state.services;
    const { id, position } = ctx.params;
    const output = await db.asUser(session.claims, (sql) => readOutput(sql, id, position));
    if (!output) throw new AppError("not_found");

    const etag = `"${output.sha256}"`;
    const headers = new Headers({
      etag,
      // An output never changes; private, because only its owner may have it.
      "cache-control": "private, max-age=31536000, immutable",
      vary: "authorization, cookie",
    });
    if (isMatch(ctx.req.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });

    headers.set("content-type", output.contentType);
    headers.set("content-length", String(output.bytes));
    const disposition = ctx.url.searchParams.has("download") ? "attachment" : "inline";
    headers.set("content-disposition", `${disposition}; filename="${output.fileName}"`);
    if (ctx.req.method === "HEAD") return new Response(null, { headers });

    const body = await storage.download(output.path, session.accessToken);
    if (!body) {
      log.error("a stored output is missing", { job_id: id, path: output.path });
      throw new AppError("not_found");
    }
    return new Response(body, { headers });
  },
});

function isMatch(ifNoneMatch: string | null, etag: string): boolean {
  return ifNoneMatch?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*") ?? false;
}
