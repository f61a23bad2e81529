import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { createServer } from "node:net";
import { connect } from "node:tls";
import fc from "fast-check";
import { GreetingReader, greetingBytesMax } from "./greeting.ts";

const greetingOf = (bytes: Uint8Array) => new GreetingReader().read(bytes);

/** What a TLS library says first. @param protocols that it offers. */
async function greeting(protocols: readonly string[] | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      let said: Buffer = Buffer.alloc(0);
      socket.on("data", (chunk) => {
        said = Buffer.concat([said, chunk as Buffer]);
        if (said.length >= 5 + said.readUInt16BE(3)) {
          socket.destroy();
          server.close();
          resolve(said);
        }
      });
    });
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      const client = connect({
        port,
        host: "127.0.0.1",
        servername: "yan.example",
        ...(protocols && { ALPNProtocols: [...protocols] }),
      });
      client.on("error", () => undefined);
    });
  });
}

/** A ClientHello that needs few bytes, with the protocols that it offers or without. */
function smallGreeting(isSite: boolean): Buffer {
  const offered = [0, 16, 0, 5, 0, 3, 2, 0x68, 0x32];
  const extensions = isSite ? [0, offered.length, ...offered] : [0, 0];
  const body = [3, 3, ...Array.from({ length: 32 }, () => 7), 0, 0, 2, 0x13, 1, 1, 0, ...extensions];
  return Buffer.from([22, 3, 1, 0, body.length + 4, 1, 0, 0, body.length, ...body]);
}

/** The same greeting in records of so many bytes each (RFC 8446 §5.1 lets a message be split). */
function inRecords(whole: Buffer, size: number): Buffer {
  const body = whole.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

test("[CA181] who offers a protocol comes to the website, who offers none to calls, however its greeting is cut", async () => {
  for (const [protocols, way] of [
    [["h2", "http/1.1"], "site"],
    [["http/1.1"], "site"],
    [undefined, "turn"],
  ] as const) {
    const said = await greeting(protocols);
    expect(greetingOf(said)).toBe(way);
    for (let at = 0; at < said.length; at++) expect(greetingOf(said.subarray(0, at))).toBe("more");
    for (const size of [3, 40, 200, 1_000]) {
      const split = inRecords(said, size);
      expect(greetingOf(split)).toBe(way);
      expect(greetingOf(split.subarray(0, split.length - 1))).toBe("more");
    }
  }
});

test("[CA181] [CA182] what is no greeting of TLS is nobody's: STUN, HTTP, a preface that says whose it is", () => {
  const stun = Buffer.from([0, 3, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
  const prefaces = [
    "PROXY TCP4 203.0.113.7 203.0.113.8 40000 443\r\n",
    "\r\n\r\n\0\r\nQUIT\n",
    "GET / HTTP/1.1\r\nHost: yan.example\r\n\r\n",
    "SSH-2.0-x\r\n",
  ];
  for (const bytes of [stun, ...prefaces.map((text) => Buffer.from(text))]) expect(greetingOf(bytes)).toBe("none");
  // A record that is none of a handshake, one of another version, one without end, an empty one.
  for (const head of [
    [21, 3, 1, 0, 9],
    [22, 2, 1, 0, 9],
    [22, 3, 1, 255, 255],
    [22, 3, 1, 0, 0],
    [22, 3, 1, 0, 1, 2],
  ])
    expect(greetingOf(Uint8Array.from(head))).toBe("none");
});

test("[CA181] a greeting that was changed in any way throws nothing, and one without end is nobody's", async () => {
  const said = [await greeting(["h2"]), await greeting(undefined)];
  const ways = new Set(["site", "turn", "more", "none"]);
  fc.assert(
    fc.property(
      fc.constantFrom(...said),
      fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 6 }),
      (whole, changes) => {
        const copy = Buffer.from(whole);
        for (const [at, byte] of changes) copy[at % copy.length] = byte;
        expect(ways.has(greetingOf(copy))).toBe(true);
      },
    ),
    { numRuns: 5_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => ways.has(greetingOf(bytes))),
    { numRuns: 5_000 },
  );
  // Records of a byte each, of a message that never ends.
  const endless = Buffer.concat(
    Array.from({ length: greetingBytesMax / 6 + 2 }, (_, i) => Buffer.from([22, 3, 1, 0, 1, i === 0 ? 1 : 0])),
  );
  expect(greetingOf(endless)).toBe("none");
});

test("[CA221] a greeting in records of one byte, each in packets of one byte, is read once and told as if it were whole", async () => {
  for (const [isSite, way] of [
    [true, "site"],
    [false, "turn"],
  ] as const) {
    const split = inRecords(smallGreeting(isSite), 1);
    const reader = new GreetingReader();
    let looks = 0;
    const told = new Set<string>();
    for (const byte of split) {
      // Each look at a byte is counted; nothing of it can be read again later.
      const packet = {
        length: 1,
        get 0() {
          looks++;
          return byte;
        },
      };
      told.add(reader.read(packet));
      if (told.has(way)) break;
    }
    expect([...told]).toEqual(["more", way]);
    expect(looks).toBeLessThanOrEqual(split.length);
  }
});

test("[CA221] however a greeting is cut into packets, it is told alike, and beyond its bound nothing more is read", async () => {
  const said = [await greeting(["h2"]), await greeting(undefined)].flatMap((one) => [one, inRecords(one, 7)]);
  fc.assert(
    fc.property(
      fc.constantFrom(...said),
      fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 40 }),
      (whole, cuts) => {
        const reader = new GreetingReader();
        let at = 0;
        let told = "more";
        for (const cut of [...cuts, whole.length]) {
          told = reader.read(whole.subarray(at, at + cut));
          at += cut;
        }
        expect(told).toBe(greetingOf(whole));
      },
    ),
    { numRuns: 1_000 },
  );
  const endless = new GreetingReader();
  // A ClientHello of 8,000 bytes, one in each record.
  const hello = [1, 0, 0x1f, 0x40];
  let records = 0;
  while (endless.read([22, 3, 1, 0, 1, hello[records] ?? 0]) === "more") records++;
  expect(records).toBe(Math.floor(greetingBytesMax / 6));
});

test("[CA228] a greeting that comes in pieces takes twice its bytes at most, and nothing once it is told", () => {
  const kept = () => {
    Bun.gc(true);
    const { heapSize, extraMemorySize } = heapStats();
    return heapSize + extraMemorySize;
  };
  const count = 500;
  const head = Buffer.from([22, 3, 1, 0x1f, 0xf0, 1, 0, 0x1f, 0xec]);
  const unfinished = Buffer.concat([head, Buffer.alloc(8_100)]);
  const before = kept();
  const readers = Array.from({ length: count }, () => new GreetingReader());
  for (const reader of readers)
    for (let at = 0; at < unfinished.length; at += 500)
      expect(reader.read(unfinished.subarray(at, at + 500))).toBe("more");
  expect(kept() - before).toBeLessThan(count * 2 * greetingBytesMax + 2_000_000);
  for (const reader of readers) expect(reader.read(Buffer.alloc(100))).toBe("none");
  expect(kept() - before).toBeLessThan(2_000_000);
});
