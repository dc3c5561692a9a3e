import { errors, jwtVerify } from "jose";
import { unauthorized } from "./error.ts";

export type Role = "anon" | "authenticated" | "service_role";

/** On whose behalf the database is asked. */
export interface Caller {
  role: Role;
  claims: Record<string, unknown>;
}

export interface CallerKeys {
  jwtSecret: string;
  publishableKey: string;
  secretKey: string;
}

const ROLES: readonly string[] = ["anon", "authenticated", "service_role"] satisfies Role[];

/** A user's token outranks the API key, as in Supabase's gateway. */
export async function readCaller(request: Request, keys: CallerKeys): Promise<Caller> {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (bearer && bearer.split(".").length === 3) {
    try {
      const { payload } = await jwtVerify(bearer, new TextEncoder().encode(keys.jwtSecret), { algorithms: ["HS256"] });
      if (typeof payload.role !== "string" || !ROLES.includes(payload.role)) throw unauthorized("invalid role claim");
      return { role: payload.role as Role, claims: payload };
    } catch (cause) {
      if (!(cause instanceof errors.JOSEError)) throw cause;
      throw unauthorized(
        cause instanceof errors.JWTExpired ? '"exp" claim timestamp check failed' : "signature verification failed",
      );
    }
  }

  const key = request.headers.get("apikey") ?? bearer;
  if (key === keys.secretKey) return { role: "service_role", claims: { role: "service_role" } };
  if (key === keys.publishableKey) return { role: "anon", claims: { role: "anon" } };
  throw unauthorized("Invalid Compact JWS");
}
