import { AppError } from "../../../../../domain/errors.ts";
import { readOutput } from "../../../../../domain/jobs/read-output.ts";
import { readRange } from "../../../../../platform/http/range.ts";
import { requireSession } from "../../../../../platform/http/session.ts";
import { handler } from "./$[position].ts";

export const handlers = handler({
  /**
   * The output itself, for its owner. The row is read under row-level security and the object with the
   * reader's own token, so the owner is checked twice. `?download` saves it under a readable name, `?thumb` is the
   * small picture of it. A player asks for parts of a video (`Range`, answered with 206).
   */
  async GET(ctx) {
    const session = requireSession();
    const { db, storage, log } = ctx.state.services;
    const { id, position } = ctx.params;
    const thumb = ctx.url.searchParams.has("thumb");
    const output = await db.asUser(session.claims, (sql) => readOutput(sql, id, position, { thumb }));
    if (!output) throw new AppError("not_found");

    const { etag, bytes, path } = output;
    const headers = new Headers({
      etag,
      // An output never changes; private, because only its owner may have it.
      "cache-control": "private, max-age=31536000, immutable",
      vary: "authorization, cookie",
      "accept-ranges": "bytes",
    });
    if (isMatch(ctx.req.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });

    // A part of something else than the reader has the rest of would be worse than all of it.
    const ifRange = ctx.req.headers.get("if-range");
    const wanted = ctx.req.method === "GET" && (ifRange === null || ifRange === etag)
      ? ctx.req.headers.get("range")
      : null;
    const range = readRange(wanted, bytes);
    if (range === "unsatisfiable") {
      headers.set("content-range", `bytes */${bytes}`);
      return new Response(null, { status: 416, headers });
    }

    headers.set("content-type", output.contentType === "text/plain" ? "text/plain; charset=utf-8" : output.contentType);
    headers.set("content-length", String(range ? range.last - range.first + 1 : bytes));
    const disposition = ctx.url.searchParams.has("download") ? "attachment" : "inline";
    headers.set("content-disposition", `${disposition}; filename="${output.fileName}"`);
    if (range) headers.set("content-range", `bytes ${range.first}-${range.last}/${bytes}`);
    if (ctx.req.method === "HEAD") return new Response(null, { headers });

    const body = await storage.download(path, session.accessToken, range ?? undefined);
    if (!body) {
      log.error("a stored output is missing", { job_id: id, path });
      throw new AppError("not_found");
    }
    return new Response(body, { status: range ? 206 : 200, headers });
  },
});

function isMatch(ifNoneMatch: string | null, etag: string): boolean {
  return ifNoneMatch?.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag || tag.trim() === "*") ?? false;
}
