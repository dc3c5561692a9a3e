/** Replicate's error bodies: `{ title, detail, status }`, and `invalid_fields` where the request's own shape is wrong. */

export interface InvalidField {
  type: string;
  field: string;
  description: string;
}

export function problem(
  status: number,
  title: string,
  detail: string,
  extra: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Response {
  return Response.json({ title, detail, status, ...extra }, {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

export function notFound(): Response {
  return problem(404, "Not found", "The requested resource could not be found.");
}

export function invalid(fields: InvalidField[]): Response {
  const detail = fields
    .map((field) => `- ${field.field || "(root)"}: ${field.description}\n`)
    .join("");
  return problem(422, "Input validation failed", detail, { invalid_fields: fields });
}

export function throttled(seconds: number, limit: number): Response {
  return problem(
    429,
    "Too many requests",
    `Request was throttled. Your rate limit resets in ~${seconds}s.`,
    { retry_after: seconds },
    {
      "retry-after": String(seconds),
      "ratelimit-limit": String(limit),
      "ratelimit-remaining": "0",
      "ratelimit-reset": String(seconds),
    },
  );
}
