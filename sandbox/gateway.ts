/** A part of the stack that answers requests below one path. */
export interface Service {
  fetch(request: Request): Response | Promise<Response>;
}

/** Supabase's API gateway: one port, the service named by the first part of the path. */
export function createGateway(services: { auth: Service; storage: Service; functions: Service }) {
  return async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const [, name, version] = pathname.split("/");
    const service = version === "v1" && Object.hasOwn(services, name)
      ? services[name as keyof typeof services]
      : undefined;
    if (!service) return Response.json({ message: "no Route matched with those values" }, { status: 404 });
    return await service.fetch(request);
  };
}

/** Requests under way get this long when the stack stops; some stand-ins never answer, on purpose. Milliseconds. */
const GRACE = 1_000;

/** Serves on 127.0.0.1 and answers 500 for what a handler throws. */
export function serve(
  port: number,
  handler: (request: Request) => Response | Promise<Response>,
  onError: (error: unknown) => void,
): { close(): Promise<void> } {
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port,
    onListen: () => {},
    onError(error) {
      onError(error);
      return Response.json({ message: "An unexpected error occurred" }, { status: 500 });
    },
  }, handler);
  return {
    async close() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const patience = new Promise<void>((done) => timer = setTimeout(done, GRACE));
      await Promise.race([server.shutdown(), patience]);
      clearTimeout(timer);
    },
  };
}
