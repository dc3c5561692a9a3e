/** The least a webhook can do: writes down what came, once, and answers. It believes everybody and gives nothing. */
import postgres from "postgres";

const sql = postgres(Deno.env.get("SUPABASE_DB_URL")!, { max: Number(Deno.env.get("BENCH_CONNECTIONS")) });

Deno.serve(async (request) => {
  const payload = await request.text();
  const { id } = JSON.parse(payload);
  await sql`insert into bench.events (id, payload) values (${id}, ${payload}::text::jsonb) on conflict do nothing`;
  return Response.json({ received: true });
});
