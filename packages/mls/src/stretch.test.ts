import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromHex, toHex, usernameParts, usernameSalt, utf8 } from "@yanshu/wire";
import { providers } from "./testing/people.ts";

const vectors = JSON.parse(readFileSync(join(import.meta.dirname, "../../../vectors/handles.json"), "utf8"));

describe.each(providers)("%s provider", (_name, make) => {
  const crypto = make();

  test("[ID28] tag and key of a handle are everybody's the same, and open its record", async () => {
    const { handle, server, tag, key } = vectors.stretched;
    const parts = usernameParts(await crypto.stretch(utf8(handle), usernameSalt(server)));
    expect([toHex(parts.tag), toHex(parts.key)]).toEqual([tag, key]);
    const sealed = fromHex(vectors.record.sealed);
    const opened = await crypto.open(parts.key, sealed.subarray(0, 12), parts.tag, sealed.subarray(12));
    expect(opened && toHex(opened)).toBe(vectors.record.body);
    const elsewhere = usernameParts(await crypto.stretch(utf8(handle), usernameSalt("other.example")));
    expect(toHex(elsewhere.tag)).not.toBe(tag);
  });
});
