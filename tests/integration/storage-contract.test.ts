import assert from "node:assert/strict";
import { newEmail, supabase } from "../support/supabase.ts";

const target = await supabase();
const service = target.client(target.secretKey).storage.from("outputs");
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

async function somebody(name: string) {
  const client = target.client();
  const { data, error } = await client.auth.signUp({ email: newEmail(name), password: crypto.randomUUID() });
  assert.equal(error, null);
  return { id: data.user!.id, outputs: client.storage.from("outputs") };
}

/** A picture of Ada's, stored by the worker, and somebody else. */
async function stored() {
  const [ada, eve] = await Promise.all([somebody("ada"), somebody("eve")]);
  const path = `${ada.id}/${crypto.randomUUID()}/0.png`;
  const { data, error } = await service.upload(path, PNG, { contentType: "image/png" });
  assert.equal(error, null);
  assert.equal(data?.path, path);
  assert.equal(data?.fullPath, `outputs/${path}`);
  return { ada, eve, path };
}

const bytesOf = async (blob: Blob | null) => new Uint8Array(await blob!.arrayBuffer());

Deno.test("Storage: the owner downloads what the worker stored, byte for byte", async () => {
  const { ada, path } = await stored();
  const { data, error } = await ada.outputs.download(path);
  assert.equal(error, null);
  assert.deepEqual(await bytesOf(data), PNG);
  assert.equal(data?.type, "image/png");
});

Deno.test("Storage: a stranger is told that there is nothing", async () => {
  const { eve, path } = await stored();
  const { data, error } = await eve.outputs.download(path);
  assert.equal(data, null);
  assert.ok([400, 404].includes((error as { status?: number }).status!), "refused");
  assert.equal((error as { statusCode?: string }).statusCode, "404");
  assert.equal(error?.message, "Object not found");
});

Deno.test("Storage: a visitor is told that there is nothing", async () => {
  const { path } = await stored();
  const { error } = await target.client().storage.from("outputs").download(path);
  assert.equal((error as { statusCode?: string }).statusCode, "404");
});

Deno.test("Storage: a private bucket has no public addresses", async () => {
  const { path } = await stored();
  const response = await fetch(target.client().storage.from("outputs").getPublicUrl(path).data.publicUrl);
  await response.body?.cancel();
  assert.equal(response.status, 400);
});

Deno.test("Storage: people write nothing into the bucket, not even into their own folder", async () => {
  const { ada } = await stored();
  const { error } = await ada.outputs.upload(`${ada.id}/mine.png`, PNG, { contentType: "image/png" });
  assert.equal((error as { statusCode?: string }).statusCode, "403");
  assert.match(error!.message, /row-level security/);
});

Deno.test("Storage: the same path is not written twice, unless asked to", async () => {
  const { ada, path } = await stored();
  const again = await service.upload(path, PNG, { contentType: "image/png" });
  assert.equal((again.error as { statusCode?: string }).statusCode, "409");

  const other = new Uint8Array([...PNG, 9]);
  assert.equal((await service.upload(path, other, { contentType: "image/png", upsert: true })).error, null);
  assert.deepEqual(await bytesOf((await ada.outputs.download(path)).data), other);
});

Deno.test("Storage: a Blob, which travels as a form, is stored like bytes", async () => {
  const { ada } = await stored();
  const path = `${ada.id}/${crypto.randomUUID()}/blob.png`;
  assert.equal((await service.upload(path, new Blob([PNG], { type: "image/png" }))).error, null);
  const { data } = await ada.outputs.download(path);
  assert.deepEqual(await bytesOf(data), PNG);
  assert.equal(data?.type, "image/png");
});

Deno.test("Storage: a signed address opens one object to whoever holds it, and no other", async () => {
  const { ada, path } = await stored();
  const { data, error } = await ada.outputs.createSignedUrl(path, 60);
  assert.equal(error, null);
  const response = await fetch(data!.signedUrl);
  assert.equal(response.status, 200);
  assert.deepEqual(new Uint8Array(await response.arrayBuffer()), PNG);

  const other = await stored();
  const moved = await fetch(data!.signedUrl.replace(path, other.path));
  await moved.body?.cancel();
  assert.equal(moved.status, 400);
});

Deno.test("Storage: nobody signs an address for what they cannot see", async () => {
  const { eve, path } = await stored();
  const { data, error } = await eve.outputs.createSignedUrl(path, 60);
  assert.equal(data, null);
  assert.equal((error as { statusCode?: string }).statusCode, "404");
});

Deno.test("Storage: info and exists tell the owner, and only the owner", async () => {
  const { ada, eve, path } = await stored();
  const { data } = await ada.outputs.info(path);
  assert.equal(data?.size, PNG.length);
  assert.equal(data?.contentType, "image/png");
  assert.equal((await ada.outputs.exists(path)).data, true);
  assert.equal((await eve.outputs.exists(path)).data, false);
});

Deno.test("Storage: a listing shows one's own folder, and nothing of another's", async () => {
  const { ada, eve, path } = await stored();
  const [folder, job, file] = path.split("/");
  const jobs = await ada.outputs.list(folder);
  assert.deepEqual(jobs.data?.map((entry) => [entry.name, entry.id]), [[job, null]]);
  const files = await ada.outputs.list(`${folder}/${job}`);
  assert.deepEqual(files.data?.map((entry) => entry.name), [file]);
  assert.equal(files.data?.[0].metadata?.size, PNG.length);
  assert.deepEqual((await eve.outputs.list(folder)).data, []);
});

Deno.test("Storage: removing is for the worker; the owner's attempt removes nothing", async () => {
  const { ada, path } = await stored();
  assert.deepEqual((await ada.outputs.remove([path])).data, []);
  assert.equal((await service.exists(path)).data, true);

  const removed = await service.remove([path]);
  assert.deepEqual(removed.data?.map((object) => object.name), [path]);
  assert.equal((await service.exists(path)).data, false);
});

Deno.test("Storage: only what is made gets into the bucket of outputs", async () => {
  const { ada } = await stored();
  const { error } = await service.upload(`${ada.id}/page.html`, "<script>", { contentType: "text/html" });
  assert.equal((error as { statusCode?: string }).statusCode, "415");
});

Deno.test("Storage: 201 MB are too much", async () => {
  const { ada } = await stored();
  const { error } = await service.upload(`${ada.id}/big.png`, new Uint8Array(201 * 2 ** 20), {
    contentType: "image/png",
  });
  assert.equal((error as { statusCode?: string }).statusCode, "413");
});

Deno.test("Storage: an unknown bucket is named as such", async () => {
  const { error } = await target.client(target.secretKey).storage.from("nowhere").upload("a.png", PNG);
  assert.equal((error as { statusCode?: string }).statusCode, "404");
  assert.equal(error?.message, "Bucket not found");
});

Deno.test("Storage: a forged token is refused", async () => {
  const { path } = await stored();
  const response = await fetch(`${target.url}/storage/v1/object/outputs/${path}`, {
    headers: {
      apikey: target.publishableKey,
      authorization: "Bearer eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.AAAA",
    },
  });
  assert.equal(response.status, 400);
  assert.equal((await response.json()).statusCode, "403");
});

Deno.test("Storage: a part of an object is sent where a part is asked for", async () => {
  const { path } = await stored();
  const url = `${service.getPublicUrl(path).data.publicUrl.replace("/object/public/", "/object/")}`;
  const headers = { authorization: `Bearer ${target.secretKey}`, apikey: target.secretKey };
  for (const [range, from, to] of [["bytes=2-4", 2, 5], ["bytes=8-", 8, PNG.length]] as const) {
    const response = await fetch(url, { headers: { ...headers, range } });
    assert.equal(response.status, 206, range);
    assert.equal(response.headers.get("content-range"), `bytes ${from}-${to - 1}/${PNG.length}`);
    assert.deepEqual(new Uint8Array(await response.arrayBuffer()), PNG.slice(from, to));
  }
});

Deno.test("Storage: a stream is stored as it comes, and one that breaks off leaves nothing", async () => {
  const { ada } = await stored();
  const [whole, broken] = ["whole", "broken"].map((name) => `${ada.id}/${crypto.randomUUID()}/${name}.mp4`);
  const stream = (pieces: number, breakAt = Infinity) => {
    let sent = 0;
    return new ReadableStream({
      pull(controller) {
        if (sent === breakAt) return controller.error(new Error("broken off"));
        if (sent++ === pieces) return controller.close();
        controller.enqueue(new Uint8Array(65_536).fill(sent));
      },
    });
  };
  assert.equal((await service.upload(whole, stream(20), { contentType: "video/mp4" })).error, null);
  assert.equal((await bytesOf((await ada.outputs.download(whole)).data)).length, 20 * 65_536);
  assert.notEqual((await service.upload(broken, stream(20, 7), { contentType: "video/mp4" })).error, null);
  assert.equal((await service.exists(broken)).data, false);
});
