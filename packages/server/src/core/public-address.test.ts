/** Where a name of another server leads, and what is taken from there (docs/spec/peers.md, docs/spec/channels.md). */
import { afterAll, expect, test } from "bun:test";
import { calledPlace, getFrom, publicAddressOf, regionOf } from "./public-address.ts";

const late = AbortSignal.timeout(60_000);
const there = async () => "203.0.113.7";

test("[PE9] a name leads to a public address alone, and to another port only where the operator named it", async () => {
  const place = (name: string, isListed = false, addressOf: () => Promise<string | undefined> = there) =>
    calledPlace(name, isListed, false, addressOf, late);
  expect((await place("home.example"))?.at).toBe("203.0.113.7:443");
  expect((await place("home.example:8443", true))?.at).toBe("203.0.113.7:8443");
  expect(await place("home.example:8443")).toBeUndefined();
  for (const name of ["localhost", "127.0.0.1", "192.168.1.1", "printer"])
    expect(await place(name, true)).toBeUndefined();
  expect(await place("home.example", true, async () => undefined)).toBeUndefined();
  expect((await calledPlace("localhost:81", false, true, there, late))?.at).toBe("127.0.0.1:81");
});

test("[PE9] a name leads nowhere where any of its addresses is not public, and is looked up once, whatever it says later", async () => {
  const open = "9.9.9.9";
  const says = (...addresses: readonly string[]) =>
    publicAddressOf("home.example", late, async () => addresses.map((address) => ({ address })));
  for (const hidden of ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1", "fd00::1"]) {
    expect([hidden, await says(hidden)]).toEqual([hidden, undefined]);
    expect([hidden, await says(open, hidden)]).toEqual([hidden, undefined]);
    expect([hidden, await says(hidden, open)]).toEqual([hidden, undefined]);
  }
  const answers = [open, "127.0.0.1"];
  const turning = async () => [{ address: answers.shift() ?? "127.0.0.1" }];
  const once = (name: string, until: AbortSignal) => publicAddressOf(name, until, turning);
  expect((await calledPlace("home.example", false, false, once, late))?.at).toBe(`${open}:443`);
  expect(answers).toEqual(["127.0.0.1"]);
});

test("[HM89] [DS240] of networks by IPv6 those are one region that one customer may have whole", () => {
  expect(regionOf("2001:db8:1:2a00")).toBe("2001:db8:1");
  expect(regionOf("2001:db8:1:9900")).toBe("2001:db8:1");
  expect(regionOf("203.0.113.7")).toBeUndefined();
  expect(regionOf(undefined)).toBeUndefined();
});

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/none") return new Response(null, { status: 204 });
    if (pathname === "/packed")
      return new Response(Bun.gzipSync(new Uint8Array(50)), { headers: { "content-encoding": "gzip" } });
    return new Response(new Uint8Array(Number(pathname.slice(1))));
  },
});
afterAll(() => server.stop(true));

test("[PE36] [CH71] what is compressed, has no body or is longer than was asked for is not taken from another server", async () => {
  const place = { scheme: "", at: `127.0.0.1:${server.port}`, host: "home.example", tls: {} } as const;
  const get = (path: string) => getFrom(place, path, 1_000, late);
  expect((await get("/1000"))?.body.length).toBe(1_000);
  for (const path of ["/1001", "/200000", "/packed", "/none"]) expect(await get(path)).toBeUndefined();
});
