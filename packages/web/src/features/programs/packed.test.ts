/** A package that a chat brought, before it is read. */
import { expect, test } from "bun:test";
import { packageLimits } from "@yanshu/mini";
import { packedIn } from "./packed.ts";

test("[PR92] of a file that is larger than a package may be nothing is fetched, and one that is as large is", async () => {
  let fetched = 0;
  const fetch = async () => {
    fetched++;
    return new Blob(["zip"]);
  };
  expect(await packedIn({ bytes: packageLimits.packedBytesMax + 1 }, fetch)).toBeUndefined();
  expect(fetched).toBe(0);
  expect(await packedIn({ bytes: packageLimits.packedBytesMax }, fetch)).toEqual(new TextEncoder().encode("zip"));
});
