import { maybeCurrentRequest } from "./request.ts";

type Fields = Record<string, unknown>;

/** One JSON object per line. `error` fields keep message, code and stack; secret-looking keys are dropped. */
export interface Log {
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
}

type Level = keyof Log;

const SECRET = /authorization|cookie|password|secret|token|api_?key|signature/i;
const LONGEST_STRING = 4000;

export function createLog(base: Fields = {}, write: (level: Level, line: string) => void = toConsole): Log {
  const at = (level: Level) => (message: string, fields: Fields = {}) => {
    const requestId = maybeCurrentRequest()?.requestId;
    const record = { time: new Date().toISOString(), level, message, request_id: requestId, ...base, ...fields };
    write(level, JSON.stringify(clean(record, 0)));
  };
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

/** The console, because it is the only stream that Supabase collects from edge functions. */
function toConsole(level: Level, line: string): void {
  if (level === "error") console.error(line);
  else console.log(line);
}

function clean(value: unknown, depth: number): unknown {
  if (value instanceof Error) return describe(value, depth);
  if (typeof value === "string") return value.slice(0, LONGEST_STRING);
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  if (depth > 4) return "[deep]";
  if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
  const entries = Object.entries(value).filter(([key]) => !SECRET.test(key));
  return Object.fromEntries(entries.map(([key, item]) => [key, clean(item, depth + 1)]));
}

/** Only named members: errors of clients carry whole requests, with their credentials, in the others. */
function describe(error: Error, depth: number): Fields {
  const { code } = error as { code?: unknown };
  return {
    name: error.name,
    message: error.message,
    code: typeof code === "string" ? code : undefined,
    stack: error.stack,
    cause: error.cause === undefined || depth > 3 ? undefined : clean(error.cause, depth + 1),
  };
}
