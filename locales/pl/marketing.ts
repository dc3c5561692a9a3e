import type { marketing as english } from "../en/marketing.ts";

export const marketing: typeof english = {};
