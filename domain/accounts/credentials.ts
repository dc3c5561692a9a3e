import { z } from "zod";

/** One spelling per address, so that limits and look-ups cannot be dodged by case. */
export const email = z.string("Enter your e-mail address.").trim().toLowerCase().max(254, "Use a shorter address.")
  .pipe(z.email("Enter an e-mail address such as name@example.com."));

/** bcrypt reads 72 bytes and ignores the rest, so a longer password would be weaker than it looks. */
export const password = z.string("Choose a password.").min(8, "Use at least 8 characters.")
  .refine((value) => new TextEncoder().encode(value).length <= 72, "Use at most 72 bytes.");
