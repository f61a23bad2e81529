/** Signatures of a backlog are verified in a real worker beside, and where they came in if that fails. */
import { expect, test } from "bun:test";
import { createBrowserCrypto } from "@yanshu/mls/browser";
import { startVerifier, type VerifierWorker, verifierBeside } from "./verifier.ts";

const maya = createBrowserCrypto();

async function signed(count: number) {
  const { privateKey, publicKey } = await maya.signatureKeyPair(new Uint8Array(32).fill(7));
  return Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const message = new TextEncoder().encode(`火锅 ${n}`);
      const signature = Uint8Array.from(await maya.sign(privateKey, message));
      if (n % 10 === 9) signature[n % 64] = (signature[n % 64] ?? 0) ^ 1; // One in ten is forged.
      return { publicKey, message, signature, isValid: n % 10 !== 9 };
    }),
  );
}

/** Counts what it was asked. */
function counted(start: () => VerifierWorker) {
  const said = { started: 0, batches: 0, ended: 0 };
  const made = (): VerifierWorker => {
    said.started++;
    const worker = start();
    return {
      addEventListener: worker.addEventListener.bind(worker),
      postMessage: (message: unknown) => {
        said.batches++;
        worker.postMessage(message);
      },
      terminate: () => {
        said.ended++;
        worker.terminate();
      },
    } as VerifierWorker;
  };
  return { said, made };
}

test("[WE240] the worker beside finds the forged among two hundred signatures, many in one message", async () => {
  const { said, made } = counted(startVerifier);
  const verify = verifierBeside(made);
  const all = await signed(200);
  const found = await Promise.all(all.map((one) => verify(one.publicKey, one.message, one.signature)));
  expect(found).toEqual(all.map(({ isValid }) => isValid));
  expect(said.started).toBe(1);
  expect(said.batches).toBe(7);
});

test("[WE240] a worker that cannot start, fails or says nothing leaves every signature to its asker, and is ended", async () => {
  const silent = () => new Worker(`data:text/javascript,onmessage = () => undefined`);
  const failing = () => new Worker(`data:text/javascript,onmessage = () => { throw new Error("ended") }`);
  for (const start of [silent, failing]) {
    const { said, made } = counted(start);
    const verify = verifierBeside(made, 50);
    const all = await signed(40);
    const found = await Promise.all(all.map((one) => verify(one.publicKey, one.message, one.signature)));
    expect(found).toEqual(all.map(() => undefined));
    expect(await verify(new Uint8Array(32), new Uint8Array(), new Uint8Array(64))).toBeUndefined();
    expect(said).toMatchObject({ started: 1, ended: 1 });
  }
  const none = verifierBeside(() => {
    throw new Error("no worker here");
  });
  expect(await none(new Uint8Array(32), new Uint8Array(), new Uint8Array(64))).toBeUndefined();
});
