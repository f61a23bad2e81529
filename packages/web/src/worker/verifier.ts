/**
 * Verifier: the signatures of a backlog are verified by a worker beside the one that holds the keys (docs/spec/web.md
 * WE240), because Chromium computes WebCrypto's Ed25519 on the thread that asks. It is given public keys, signatures
 * and what was signed, and no key that is secret. Where it fails, or says nothing in time, this worker verifies itself.
 */
import type { VerifyBeside } from "@yanshu/mls/browser";
import type { Signed, Verified } from "./verify-messages.ts";

/** Signatures in one message: few enough that the last of a run are soon done. */
const batchMax = 32;
const answerMsMax = 10_000;
/** So long it waits for more before it ends, and gives its memory back. */
const idleMs = 20_000;

export type VerifierWorker = Pick<Worker, "postMessage" | "terminate" | "addEventListener">;

export function startVerifier(): VerifierWorker {
  return new Worker(new URL("./verify.ts", import.meta.url), { type: "module", name: "yanshu-verify" });
}

type Asked = { readonly signed: Signed; readonly resolve: (isValid: boolean | undefined) => void };

/** @param start starts the worker, when it is first needed and again after it was idle. */
export function verifierBeside(start: () => VerifierWorker, waitMsMax = answerMsMax): VerifyBeside {
  let worker: VerifierWorker | undefined;
  let hasFailed = false;
  let asked: Asked[] = [];
  /** Batches that were sent, oldest first: the worker answers in order. */
  let sent: (readonly Asked[])[] = [];
  let flushing: ReturnType<typeof setTimeout> | undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function end(): void {
    clearTimeout(waiting);
    worker?.terminate();
    worker = undefined;
  }

  /** From now on nothing is verified beside. */
  function fail(): void {
    hasFailed = true;
    clearTimeout(flushing);
    end();
    const open = [...sent.flat(), ...asked];
    sent = [];
    asked = [];
    for (const { resolve } of open) resolve(undefined);
  }

  function started(): VerifierWorker {
    if (worker !== undefined) return worker;
    const made = start();
    made.addEventListener("message", ({ data }: MessageEvent<Verified>) => {
      const batch = sent.shift() ?? [];
      wait();
      for (const [i, { resolve }] of batch.entries()) resolve(data[i]);
    });
    made.addEventListener("error", fail);
    made.addEventListener("messageerror", fail);
    worker = made;
    return made;
  }

  function wait(): void {
    clearTimeout(waiting);
    waiting = sent.length > 0 ? setTimeout(fail, waitMsMax) : setTimeout(end, idleMs);
  }

  function flush(): void {
    clearTimeout(flushing);
    flushing = undefined;
    const batch = asked;
    asked = [];
    try {
      started().postMessage(batch.map(({ signed }) => signed));
    } catch {
      asked = batch;
      fail();
      return;
    }
    sent.push(batch);
    wait();
  }

  return (publicKey, message, signature) => {
    if (hasFailed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      // Copies: a message to a worker takes the whole buffer along that an array is a part of.
      asked.push({ signed: [publicKey.slice(), message, signature.slice()], resolve });
      if (asked.length >= batchMax) flush();
      else flushing ??= setTimeout(flush);
    });
  };
}
