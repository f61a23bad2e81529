/** Refusal: the code that a call or post was refused with, for tests that expect one. */
import { Refused } from "./client.ts";

export async function refusal(work: Promise<unknown>): Promise<string> {
  const caught = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (caught instanceof Refused) return caught.code;
  throw caught ?? new Error("it was not refused");
}
