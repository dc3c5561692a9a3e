/**
 * What the stand-ins remember: JSON documents in one SQLite file of the state folder.
 *
 * A payment and the events it causes are written in one transaction, so a `kill -9` between the two cannot
 * lose the news of a payment. The embedded Postgres was rejected as the place: it is what chaos tests kill,
 * and Stripe does not go down with its merchant's database.
 */
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";

export interface ListOptions {
  /** How many at most; all without it. */
  limit?: number;
  /** Only documents put before this one (newest first). */
  after?: string;
}

export interface Collection<T> {
  get(id: string): T | undefined;
  /** Inserts or replaces; a replaced document keeps its place in the order. */
  put(id: string, document: T): void;
  delete(id: string): void;
  /** Newest first, by first insertion. */
  list(options?: ListOptions): T[];
  /** Forgets all but the newest `keep`. */
  trim(keep: number): void;
  clear(): void;
}

export interface Store {
  collection<T>(name: string): Collection<T>;
  /** All or nothing; may be nested, the outermost commits. */
  transaction<T>(run: () => T): T;
  close(): void;
}

/** `path` of the file, or ":memory:" for one that is forgotten. */
export function openStore(path: string): Store {
  if (path !== ":memory:") mkdirSync(dirname(path), { recursive: true });
  const db = new DatabaseSync(path);
  db.exec(`
    pragma busy_timeout = 5000;
    pragma journal_mode = wal;
    pragma synchronous = normal;
    create table if not exists documents (
      seq integer primary key autoincrement,
      collection text not null,
      id text not null,
      body text not null,
      unique (collection, id)
    ) strict;
    create index if not exists documents_by_age on documents (collection, seq);
  `);
  let depth = 0;

  function transaction<T>(run: () => T): T {
    if (depth > 0) return run();
    db.exec("begin immediate");
    depth++;
    try {
      const result = run();
      db.exec("commit");
      return result;
    } catch (error) {
      db.exec("rollback");
      throw error;
    } finally {
      depth--;
    }
  }

  return {
    collection: <T>(name: string) => collection<T>(db, name),
    transaction,
    close: () => db.close(),
  };
}

function collection<T>(db: DatabaseSync, name: string): Collection<T> {
  const parse = (row: Record<string, unknown> | undefined) => row ? JSON.parse(String(row.body)) as T : undefined;
  const get = db.prepare(
    "select body from documents where collection = ? and id = ?",
  );
  const put = db.prepare(`
    insert into documents (collection, id, body) values (?, ?, ?)
    on conflict (collection, id) do update set body = excluded.body`);
  const remove = db.prepare(
    "delete from documents where collection = ? and id = ?",
  );
  const list = db.prepare(`
    select body from documents
     where collection = :name
       and seq < coalesce((select seq from documents where collection = :name and id = :after), 9223372036854775807)
     order by seq desc limit :limit`);
  const trim = db.prepare(`
    delete from documents where collection = :name and seq <=
      (select seq from documents where collection = :name order by seq desc limit 1 offset :keep)`);
  const clear = db.prepare("delete from documents where collection = ?");

  return {
    get: (id) => parse(get.get(name, id)),
    put: (id, document) => void put.run(name, id, JSON.stringify(document)),
    delete: (id) => void remove.run(name, id),
    list: ({ limit, after } = {}) => {
      const values: Record<string, SQLInputValue> = {
        name,
        after: after ?? null,
        limit: limit ?? -1,
      };
      return list.all(values).map((row) => parse(row)!);
    },
    trim: (keep) => void trim.run({ name, keep }),
    clear: () => void clear.run(name),
  };
}
