import { jwtVerify, SignJWT } from "jose";
import postgres from "postgres";
import { z } from "zod";
import { type Caller, type CallerKeys, readCaller } from "./caller.ts";
import { invalidKey, invalidRequest, objectNotFound, StorageRefusal, tooLarge, wrongType } from "./error.ts";
import { createFiles } from "./files.ts";
import { folderOf, listFolder, listQuery } from "./listing.ts";
import { readUpload } from "./upload.ts";
import { type BucketSettings, createRows, type ObjectRow, subject } from "./rows.ts";

export type { BucketSettings } from "./rows.ts";

export interface StorageOptions extends CallerKeys {
  databaseUrl: string;
  /** Folder of the objects' bytes. */
  directory: string;
  buckets: readonly BucketSettings[];
  onError(error: unknown): void;
}

export interface Storage {
  /** Answers `/storage/v1/*`. */
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/** `file_size_limit` of the whole storage in supabase/config.toml. */
const DEFAULT_LIMIT = 200 * 2 ** 20;

/** One part of an object, as a player asks for it; anything else gets the whole. */
function rangeOf(header: string | null, size: number): { first: number; last: number } | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === undefined || Number(first) >= size) return undefined;
  return { first: Number(first), last: last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}

/** Characters S3 and Storage allow in a key. */
const KEY = /^[\w/!\-.*'() &$@=;:+,?]+$/;

/**
 * The subset of Supabase Storage's REST interface that supabase-js speaks: objects (upload, download, info,
 * list, remove, signed URLs) and buckets. Bytes on disk, rows in storage.objects under the caller's role, so
 * the policies of the migrations decide here as they do on Supabase.
 */
export async function createStorage(options: StorageOptions): Promise<Storage> {
  const sql = postgres(options.databaseUrl, { max: 4, idle_timeout: 30, onnotice: () => {} });
  const rows = createRows(sql);
  const files = createFiles(options.directory);
  const signingKey = new TextEncoder().encode(options.jwtSecret);
  await files.prepare();
  await rows.configure(options.buckets);

  const upload = async (request: Request, caller: Caller, bucketId: string, name: string, upsert: boolean) => {
    const bucket = await rows.bucket(bucketId);
    const limit = Math.min(bucket.fileSizeLimit, DEFAULT_LIMIT);
    await rows.rehearse(caller, bucketId, name, upsert);
    if (Number(request.headers.get("content-length") ?? 0) > limit + 2 ** 16) throw tooLarge();

    const { body, type, cacheControl, userMetadata } = await readUpload(request);
    if (!allows(bucket.allowedMimeTypes, type)) throw wrongType(type);
    const file = await files.write(body, limit);
    try {
      const metadata = {
        eTag: file.etag,
        size: file.size,
        mimetype: type,
        cacheControl,
        lastModified: new Date().toISOString(),
        contentLength: file.size,
        httpStatusCode: 200,
      };
      const { id, replaced } = await rows.put({
        bucket: bucketId,
        name,
        owner: subject(caller),
        metadata,
        userMetadata,
        file,
      }, upsert);
      if (replaced) await files.remove(replaced);
      return Response.json({ Id: id, Key: `${bucketId}/${name}` });
    } catch (error) {
      await files.remove(file.version);
      throw error;
    }
  };

  const serve = async (request: Request, row: ObjectRow | undefined): Promise<Response> => {
    if (!row) throw objectNotFound();
    const headers = new Headers({
      "content-type": row.metadata.mimetype,
      "cache-control": row.metadata.cacheControl,
      "etag": row.metadata.eTag,
      "last-modified": new Date(row.metadata.lastModified).toUTCString(),
    });
    const download = new URL(request.url).searchParams.get("download");
    if (download !== null) {
      headers.set(
        "content-disposition",
        `attachment; filename*=UTF-8''${encodeURIComponent(download || row.name.split("/").at(-1)!)}`,
      );
    }
    if (request.headers.get("if-none-match") === row.metadata.eTag) return new Response(null, { status: 304, headers });
    const part = rangeOf(request.headers.get("range"), row.metadata.size);
    headers.set("accept-ranges", "bytes");
    headers.set("content-length", String(part ? part.last - part.first + 1 : row.metadata.size));
    if (part) headers.set("content-range", `bytes ${part.first}-${part.last}/${row.metadata.size}`);
    const status = part ? 206 : 200;
    if (request.method === "HEAD") return new Response(null, { status, headers });
    const body = await files.open(row.version, part);
    if (!body) throw objectNotFound();
    return new Response(body, { status, headers });
  };

  const sign = async (caller: Caller, bucket: string, name: string, expiresIn: number) => {
    if (!await rows.find(caller, bucket, name)) throw objectNotFound();
    const token = await new SignJWT({ url: `${bucket}/${name}` })
      .setProtectedHeader({ alg: "HS256" }).setIssuedAt().setExpirationTime(`${expiresIn}s`).sign(signingKey);
    return `/object/sign/${bucket}/${name}?token=${token}`;
  };

  const serveSigned = async (request: Request, bucket: string, name: string) => {
    const token = new URL(request.url).searchParams.get("token");
    if (!token) throw invalidRequest("querystring must have required property 'token'");
    const { payload } = await jwtVerify(token, signingKey, { algorithms: ["HS256"] }).catch((cause) => {
      throw new StorageRefusal(400, "InvalidJWT", cause.message);
    });
    if (payload.url !== `${bucket}/${name}`) throw new StorageRefusal(400, "InvalidSignature", "Invalid signature");
    return await serve(request, await rows.findUnchecked(bucket, name));
  };

  const removeAll = async (caller: Caller, bucket: string, names: string[]) => {
    await rows.bucket(bucket);
    const removed = await rows.remove(caller, bucket, names);
    await Promise.all(removed.map((row) => files.remove(row.version)));
    return removed;
  };

  const route = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const [kind, ...path] = segments(pathname.slice("/storage/v1/".length));
    const { method } = request;
    const caller = () => readCaller(request, options);
    const read = method === "GET" || method === "HEAD";

    if (kind === "bucket") {
      const [id] = path;
      if (method === "GET" && !id) return Response.json(await rows.buckets(await caller()));
      if (method === "GET") {
        const found = (await rows.buckets(await caller())).find((bucket) => bucket.id === id);
        return found
          ? Response.json(found)
          : new StorageRefusal(404, "Bucket not found", "Bucket not found").response();
      }
      if (method === "POST" && !id) {
        const bucket = await json(request, newBucket);
        await rows.createBucket(await caller(), bucket);
        return Response.json({ name: bucket.id });
      }
    }

    if (kind === "object") {
      const [first, ...rest] = path;
      const [bucket, ...key] = rest;
      if (first === "list" && method === "POST") {
        const query = await json(request, listQuery);
        await rows.bucket(bucket);
        return Response.json(listFolder(await rows.under(await caller(), bucket, folderOf(query.prefix)), query));
      }
      if (first === "sign" && method === "POST" && key.length > 0) {
        const { expiresIn } = await json(request, z.object({ expiresIn: z.number().int().min(1) }));
        return Response.json({ signedURL: await sign(await caller(), bucket, keyOf(key), expiresIn) });
      }
      if (first === "sign" && method === "POST") {
        const { expiresIn, paths } = await json(
          request,
          z.object({ expiresIn: z.number().int().min(1), paths: z.array(z.string()) }),
        );
        const as = await caller();
        return Response.json(
          await Promise.all(paths.map((path) =>
            sign(as, bucket, keyOf(segments(path)), expiresIn).then(
              (signedURL) => ({ path, signedURL, error: null }),
              () => ({
                path,
                signedURL: null,
                error: "Either the object does not exist or you do not have access to it",
              }),
            )
          )),
        );
      }
      if (first === "sign" && read) return await serveSigned(request, bucket, keyOf(key));
      if (first === "public" && read) {
        if (!(await rows.bucket(bucket)).public) throw new StorageRefusal(404, "Bucket not found", "Bucket not found");
        return await serve(request, await rows.findUnchecked(bucket, keyOf(key)));
      }
      if (first === "info" && read) {
        const row = await rows.find(await caller(), bucket, keyOf(key));
        if (!row) throw objectNotFound();
        return Response.json(describe(row));
      }
      if (first === "authenticated" && read) {
        return await serve(request, await rows.find(await caller(), bucket, keyOf(key)));
      }

      if (read) return await serve(request, await rows.find(await caller(), first, keyOf(rest)));
      if (method === "POST") {
        return await upload(request, await caller(), first, keyOf(rest), request.headers.get("x-upsert") === "true");
      }
      if (method === "PUT") return await upload(request, await caller(), first, keyOf(rest), true);
      if (method === "DELETE" && rest.length > 0) {
        const removed = await removeAll(await caller(), first, [keyOf(rest)]);
        if (removed.length === 0) throw objectNotFound();
        return Response.json({ message: "Successfully deleted" });
      }
      if (method === "DELETE") {
        const { prefixes } = await json(request, z.object({ prefixes: z.array(z.string()).min(1).max(1000) }));
        return Response.json(await removeAll(await caller(), first, prefixes));
      }
    }
    throw new StorageRefusal(404, "Not Found", `Route ${method}:${pathname} not found`);
  };

  return {
    async fetch(request) {
      try {
        return await route(request);
      } catch (error) {
        await request.body?.cancel().catch(() => {});
        if (error instanceof StorageRefusal) return error.response();
        options.onError(error);
        return new StorageRefusal(500, "Internal", "Internal Server Error").response();
      }
    },
    close: () => sql.end({ timeout: 2 }),
  };
}

const newBucket = z.object({
  id: z.string().min(1).max(100).optional(),
  name: z.string().min(1).max(100),
  public: z.boolean().default(false),
  file_size_limit: z.number().int().nullish(),
  allowed_mime_types: z.array(z.string()).nullish(),
}).transform(({ id, name, public: isPublic, file_size_limit, allowed_mime_types }): BucketSettings => ({
  id: id ?? name,
  public: isPublic,
  fileSizeLimit: file_size_limit ?? DEFAULT_LIMIT,
  allowedMimeTypes: allowed_mime_types ?? null,
}));

async function json<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await request.json().catch(() => undefined));
  if (!parsed.success) throw invalidRequest(`body ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function segments(path: string): string[] {
  try {
    return path.split("/").filter((segment, index, all) => segment !== "" || index < all.length - 1).map(
      decodeURIComponent,
    );
  } catch {
    throw invalidKey(path);
  }
}

function keyOf(parts: readonly string[]): string {
  const key = parts.join("/");
  const unsafe = key.split("/").some((part) => part === "" || part === "." || part === "..");
  if (!KEY.test(key) || unsafe || key.length > 1024) throw invalidKey(key);
  return key;
}

function allows(types: readonly string[] | null, type: string): boolean {
  const bare = type.split(";")[0].trim().toLowerCase();
  return types === null ||
    types.some((allowed) => allowed === bare || (allowed.endsWith("/*") && bare.startsWith(allowed.slice(0, -1))));
}

function describe({ id, name, bucket_id, version, metadata, user_metadata, created_at, updated_at }: ObjectRow) {
  return {
    id,
    name,
    bucket_id,
    version,
    size: metadata.size,
    content_type: metadata.mimetype,
    cache_control: metadata.cacheControl,
    etag: metadata.eTag,
    last_modified: metadata.lastModified,
    metadata: user_metadata ?? {},
    created_at,
    updated_at,
  };
}
