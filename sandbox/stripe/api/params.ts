/**
 * Schemas of request parameters. They are as strict as Stripe's API and refuse in its words: a stand-in that
 * lets a misspelt or missing parameter pass would hide the bug until the first real payment.
 */
import { invalid } from "./errors.ts";
import type { Metadata } from "../objects.ts";
import type { FormValue } from "./form.ts";

export interface Param<T> {
  /** The value of what was sent; `path` is its name as Stripe writes it, `line_items[0][quantity]`. */
  read(value: FormValue, path: string): T;
  required?: boolean;
}

type Shape = Record<string, Param<unknown>>;
type Read<P> = P extends Param<infer T> ? T : never;
export type ReadShape<S extends Shape> =
  & { [K in keyof S as S[K] extends { required: true } ? K : never]: Read<S[K]> }
  & { [K in keyof S as S[K] extends { required: true } ? never : K]?: Read<S[K]> };

export const required = <T>(param: Param<T>): Param<T> & { required: true } => ({ ...param, required: true });

export function string({ max = 5_000, pattern, complaint }: {
  max?: number;
  pattern?: RegExp;
  complaint?: (value: string) => { message: string; code: string };
} = {}): Param<string> {
  return {
    read(value, path) {
      const text = plain(value, path);
      if (text.length > max) {
        throw invalid(
          `Invalid string: ${text.slice(0, 10)}...${text.slice(-4)}; must be at most ${max} characters`,
          path,
        );
      }
      if (pattern && !pattern.test(text)) {
        const { message, code } = complaint?.(text) ??
          { message: `Invalid string: ${text}`, code: "parameter_invalid" };
        throw invalid(message, path, code);
      }
      return text;
    },
  };
}

export function integer({ min, max }: { min?: number; max?: number } = {}): Param<number> {
  return {
    read(value, path) {
      const text = plain(value, path);
      if (!/^-?\d{1,15}$/.test(text)) throw invalid(`Invalid integer: ${text}`, path, "parameter_invalid_integer");
      const number = Number(text);
      if (min !== undefined && number < min) {
        throw invalid(`This value must be greater than or equal to ${min}.`, path, "parameter_invalid_integer");
      }
      if (max !== undefined && number > max) {
        throw invalid(`This value must be less than or equal to ${max}.`, path, "parameter_invalid_integer");
      }
      return number;
    },
  };
}

export const boolean: Param<boolean> = {
  read(value, path) {
    const text = plain(value, path);
    if (text !== "true" && text !== "false") throw invalid(`Invalid boolean: ${text}`, path);
    return text === "true";
  },
};

export function oneOf<const T extends string>(values: readonly T[]): Param<T> {
  return {
    read(value, path) {
      const text = plain(value, path);
      const found = values.find((known) => known === text);
      if (found) return found;
      const list = values.length === 1 ? values[0] : `${values.slice(0, -1).join(", ")}, or ${values.at(-1)}`;
      throw invalid(`Invalid ${path}: must be one of ${list}`, path);
    },
  };
}

/** Absolute http(s). Braces stay as they are: Stripe replaces {CHECKOUT_SESSION_ID} in them. */
export const url: Param<string> = {
  read(value, path) {
    const text = plain(value, path);
    const absolute = /^https?:\/\//i.test(text) && URL.canParse(text);
    if (!absolute) throw invalid("Not a valid URL", path, "url_invalid");
    if (text.length > 5_000) throw invalid("URL must be 5000 characters or less.", path, "url_invalid");
    return text;
  },
};

export const email: Param<string> = string({
  max: 512,
  pattern: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  complaint: (text) => ({ message: `Invalid email address: ${text}`, code: "email_invalid" }),
});

/** Three letters, in any case as Stripe takes them, given back in lower case. */
export const currency = (supported: readonly string[]): Param<string> => ({
  read(value, path) {
    const text = plain(value, path).toLowerCase();
    if (supported.includes(text)) return text;
    throw invalid(
      `Invalid currency: ${text}. Stripe currently supports these currencies: ${supported.join(", ")}`,
      path,
    );
  },
});

export const metadata: Param<Record<string, string>> = {
  read(value, path) {
    if (value === "") return {};
    const pairs = Object.entries(nested(value, path));
    if (pairs.length > 50) {
      throw invalid(`Metadata can have up to 50 keys, but you passed in ${pairs.length}.`, path);
    }
    const read: Record<string, string> = {};
    for (const [key, text] of pairs) {
      if (key.length > 40) {
        throw invalid(
          `Metadata keys can have up to 40 characters, but you passed in ${key.length} characters. Invalid key: ${key}`,
          `${path}[${key}]`,
        );
      }
      if (typeof text !== "string") {
        throw invalid(`Metadata values must be strings, but for key "${key}" you passed in a hash.`, `${path}[${key}]`);
      }
      if (text.length > 500) {
        throw invalid(
          `Metadata values can have up to 500 characters, but you passed in a value that is ${text.length} characters. Invalid value: ${text}`,
          `${path}[${key}]`,
        );
      }
      // An empty value unsets a key; on a new object there is nothing to unset.
      if (text !== "") read[key] = text;
    }
    return read;
  },
};

/** Metadata of an update: pairs that are merged into what is there, an empty value taking its key away. */
export const metadataChange: Param<(before: Metadata | null) => Metadata> = {
  read(value, path) {
    const given = metadata.read(value, path);
    if (value === "") return () => ({});
    const gone = Object.entries(nested(value, path)).filter(([, text]) => text === "").map(([key]) => key);
    return (before) => {
      const merged = { ...before, ...given };
      for (const key of gone) delete merged[key];
      return merged;
    };
  },
};

/** Something that an empty string takes away. */
export const emptyable = <T>(param: Param<T>): Param<T | null> => ({
  read: (value, path) => value === "" ? null : param.read(value, path),
});

/** What the first of several readings makes of it; the last one's complaint when none does. */
export function either<A, B>(first: Param<A>, second: Param<B>): Param<A | B> {
  return {
    read(value, path) {
      try {
        return first.read(value, path);
      } catch {
        return second.read(value, path);
      }
    },
  };
}

export function decimal({ min, max }: { min: number; max: number }): Param<number> {
  return {
    read(value, path) {
      const text = plain(value, path);
      const number = Number(text);
      if (!/^-?\d+(\.\d{1,12})?$/.test(text)) {
        throw invalid(`Invalid decimal: ${text}`, path, "parameter_invalid_string");
      }
      if (number < min || number > max) {
        throw invalid(`Invalid decimal: ${text}; must be from ${min} to ${max}`, path, "parameter_invalid_string");
      }
      return number;
    },
  };
}

export function list<T>(item: Param<T>, { max = 100 }: { max?: number } = {}): Param<T[]> {
  return {
    read(value, path) {
      if (typeof value === "string") throw invalid("Invalid array", path);
      const keys = Object.keys(value);
      if (!keys.every((key) => /^\d+$/.test(key))) throw invalid("Invalid array", path);
      if (keys.length > max) throw invalid(`Array ${path} exceeded maximum ${max} allowed elements.`, path);
      return keys.sort((a, b) => Number(a) - Number(b)).map((key) => item.read(value[key], `${path}[${key}]`));
    },
  };
}

/**
 * A hash with exactly these keys. `notHere` names parameters that the real API knows and the stand-in does not
 * implement: refusing them by name beats ignoring them, and beats calling them unknown.
 */
export function object<S extends Shape>(shape: S, notHere: readonly string[] = []): Param<ReadShape<S>> {
  return {
    read(value, path) {
      const given = nested(value, path);
      const name = (key: string) => path ? `${path}[${key}]` : key;
      const strangers = Object.keys(given).filter((key) => !Object.hasOwn(shape, key));
      for (const key of strangers) {
        if (notHere.includes(key)) {
          throw invalid(
            `The sandbox's Stripe does not implement ${name(key)} yet: see sandbox/stripe/README.md`,
            name(key),
            "sandbox_not_implemented",
          );
        }
      }
      if (strangers.length > 0) {
        const names = strangers.map(name);
        throw invalid(
          `Received unknown parameter${names.length > 1 ? "s" : ""}: ${names.join(", ")}`,
          names[0],
          "parameter_unknown",
        );
      }
      const read: Record<string, unknown> = {};
      for (const [key, param] of Object.entries(shape)) {
        if (Object.hasOwn(given, key)) read[key] = param.read(given[key], name(key));
        else if (param.required) throw invalid(`Missing required param: ${name(key)}.`, name(key), "parameter_missing");
      }
      return read as ReadShape<S>;
    },
  };
}

function plain(value: FormValue, path: string): string {
  if (typeof value !== "string") throw invalid("Invalid string: expected a plain value, not a hash", path);
  if (value.trim() === "") {
    throw invalid(
      `You passed an empty string for '${path}'. We assume empty values are an attempt to unset a parameter; however '${path}' cannot be unset. You should remove '${path}' from your request or supply a non-empty value.`,
      path,
      "parameter_invalid_empty",
    );
  }
  return value;
}

function nested(value: FormValue, path: string): Record<string, FormValue> {
  if (typeof value === "string") throw invalid("Invalid object", path);
  return value;
}
