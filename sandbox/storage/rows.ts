import type postgres from "postgres";
import type { Caller } from "./caller.ts";
import { bucketNotFound, duplicate, unauthorized } from "./error.ts";
import type { StoredFile } from "./files.ts";

export interface BucketSettings {
  id: string;
  public: boolean;
  /** Bytes. */
  fileSizeLimit: number;
  /** `null` allows every type; `image/*` allows a family. */
  allowedMimeTypes: string[] | null;
}

export interface ObjectRow {
  id: string;
  name: string;
  bucket_id: string;
  owner_id: string | null;
  version: string;
  metadata: ObjectMetadata;
  user_metadata: Record<string, unknown> | null;
  created_at: string;
  updated_at: string;
  last_accessed_at: string;
}

export interface ObjectMetadata {
  eTag: string;
  size: number;
  mimetype: string;
  cacheControl: string;
  lastModified: string;
  contentLength: number;
  httpStatusCode: number;
}

export interface NewObject {
  bucket: string;
  name: string;
  owner: string | null;
  metadata: ObjectMetadata;
  userMetadata: Record<string, unknown> | null;
  file: StoredFile;
}

class Rehearsed extends Error {}

/** Rows of `storage.*`, read and written under row level security as the caller. */
export function createRows(sql: postgres.Sql) {
  const as = <T>({ role, claims }: Caller, run: (sql: postgres.TransactionSql) => Promise<T>): Promise<T> =>
    sql.begin(async (transaction) => {
      await transaction`select set_config('role', ${role}, true), set_config('request.jwt.claims', ${
        JSON.stringify(claims)
      }, true)`;
      return await run(transaction);
    }) as Promise<T>;

  return {
    async bucket(id: string): Promise<BucketSettings> {
      const [row] = await sql<
        { public: boolean; file_size_limit: string | null; allowed_mime_types: string[] | null }[]
      >`
        select public, file_size_limit, allowed_mime_types from storage.buckets where id = ${id}`;
      if (!row) throw bucketNotFound();
      return {
        id,
        public: row.public,
        fileSizeLimit: Number(row.file_size_limit ?? Number.MAX_SAFE_INTEGER),
        allowedMimeTypes: row.allowed_mime_types,
      };
    },

    buckets: (caller: Caller) =>
      as(caller, (sql) =>
        sql`
        select id, name, owner_id as owner, public, file_size_limit::float8, allowed_mime_types, created_at, updated_at
        from storage.buckets order by id`),

    async createBucket(caller: Caller, bucket: BucketSettings): Promise<void> {
      await as(caller, (sql) =>
        sql`
        insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types, owner_id)
        values (${bucket.id}, ${bucket.id}, ${bucket.public}, ${bucket.fileSizeLimit}, ${bucket.allowedMimeTypes},
          ${subject(caller)})`).catch(refuse);
    },

    /** Brings the configured buckets into being, as `supabase start` does. */
    async configure(buckets: readonly BucketSettings[]): Promise<void> {
      for (const bucket of buckets) {
        await sql`
          insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
          values (${bucket.id}, ${bucket.id}, ${bucket.public}, ${bucket.fileSizeLimit}, ${bucket.allowedMimeTypes})
          on conflict (id) do update set public = excluded.public, file_size_limit = excluded.file_size_limit,
            allowed_mime_types = excluded.allowed_mime_types, updated_at = now()`;
      }
    },

    /** Undefined when it does not exist or the caller may not see it: the two look alike on purpose. */
    async find(caller: Caller, bucket: string, name: string): Promise<ObjectRow | undefined> {
      const [row] = await as(caller, (sql) =>
        sql<ObjectRow[]>`
        select * from storage.objects where bucket_id = ${bucket} and name = ${name}`);
      return row;
    },

    /** The object of a public bucket or a verified signed URL, where no row level rule applies. */
    async findUnchecked(bucket: string, name: string): Promise<ObjectRow | undefined> {
      const [row] = await sql<
        ObjectRow[]
      >`select * from storage.objects where bucket_id = ${bucket} and name = ${name}`;
      return row;
    },

    /** Whether the caller may write this object, asked by writing it and rolling back, before any byte is read. */
    async rehearse(caller: Caller, bucket: string, name: string, upsert: boolean): Promise<void> {
      await as(caller, async (sql) => {
        await sql`
          insert into storage.objects (bucket_id, name, owner_id, version) values (${bucket}, ${name}, ${
          subject(caller)
        }, 'rehearsal')
          ${upsert ? sql`on conflict (bucket_id, name) do update set version = excluded.version` : sql``}`;
        throw new Rehearsed();
      }).catch((error) => {
        if (!(error instanceof Rehearsed)) refuse(error);
      });
    },

    /** Writes the row of a rehearsed upload; returns its id and the version it replaced. */
    async put(object: NewObject, upsert: boolean): Promise<{ id: string; replaced: string | null }> {
      const { bucket, name, owner, metadata, userMetadata, file } = object;
      return await sql.begin(async (sql) => {
        const [old] = await sql<{ version: string }[]>`
          select version from storage.objects where bucket_id = ${bucket} and name = ${name} for update`;
        const [row] = await sql<{ id: string }[]>`
          insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
          values (${bucket}, ${name}, ${owner}, ${owner}, ${file.version}, ${sql.json({ ...metadata })},
            ${userMetadata && sql.json(userMetadata as postgres.JSONValue)})
          ${
          upsert
            ? sql`on conflict (bucket_id, name) do update set version = excluded.version, metadata = excluded.metadata,
                user_metadata = excluded.user_metadata, updated_at = now()`
            : sql``
        }
          returning id`;
        return { id: row.id, replaced: old?.version ?? null };
      }).catch(refuse);
    },

    remove: (caller: Caller, bucket: string, names: readonly string[]): Promise<ObjectRow[]> =>
      as(caller, (sql) =>
        sql<ObjectRow[]>`
        delete from storage.objects where bucket_id = ${bucket} and name = any(${[...names]}) returning *`),

    /** Every object the caller sees under a prefix; folders are made of them by the listing. */
    under: (caller: Caller, bucket: string, prefix: string): Promise<ObjectRow[]> =>
      as(caller, (sql) =>
        sql<ObjectRow[]>`
        select * from storage.objects where bucket_id = ${bucket} and starts_with(name, ${prefix}) order by name`),
  };
}

export type Rows = ReturnType<typeof createRows>;

export function subject({ claims }: Caller): string | null {
  return typeof claims.sub === "string" ? claims.sub : null;
}

const UNIQUE_VIOLATION = "23505";
const INSUFFICIENT_PRIVILEGE = "42501";

function refuse(error: unknown): never {
  const code = (error as { code?: string }).code;
  if (code === UNIQUE_VIOLATION) throw duplicate();
  if (code === INSUFFICIENT_PRIVILEGE) throw unauthorized("new row violates row-level security policy");
  throw error;
}
