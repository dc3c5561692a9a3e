// Preloaded into edge functions: the part of Supabase's Edge Runtime that plain Deno lacks.
Object.assign(globalThis, {
  EdgeRuntime: {
    /** Work that outlives the response. Here the process lives on anyway; a failure only must not end it. */
    waitUntil(work: Promise<unknown>): void {
      work.catch((error) => console.error("EdgeRuntime.waitUntil:", error));
    },
  },
});
