/** What a running program shares with a chat: what comes for it, and how fast it may say more (PR20–PR22, PR70). */
import type { MessageRef } from "@yanshu/client";
import type { PlacedUpdate, Self, Update } from "@yanshu/mini";
import { useEffect, useRef, useState } from "preact/hooks";
import { api, useStatus, useView } from "../../shell/session.ts";
import { paceIn } from "./pace.ts";

/** The chat whose members it shares state with, and the message that brought it. */
export type SharedIn = {
  readonly chat: string;
  readonly card: MessageRef;
  readonly self: Self;
  /** How the account is called that gave it and may be asked. The program is not told. */
  readonly publisher?: string;
};

/** One update, when its turn comes. @throws where it may not go, or the program was closed meanwhile. */
export async function share(shared: SharedIn, update: Update, isOpen: () => boolean): Promise<void> {
  await paceIn(shared.chat, shared.card)(update.payload, isOpen);
  await api.shareFromProgram(shared.chat, shared.card, update);
}

const writesMax = 200;

/** Writes that are under way, each behind the app's other work: beyond that many none begins (PR44). */
export function fewAtOnce(): (write: () => Promise<void>) => Promise<void> {
  let underWay = 0;
  return async (write) => {
    if (underWay >= writesMax) throw new Error("too many wait");
    underWay += 1;
    try {
      await write();
    } finally {
      underWay -= 1;
    }
  };
}

/**
 * What a program calls the person in that chat: the name that they wrote for it, else theirs. `rename` with an empty
 * one is back at theirs.
 */
export function useCalled(penName: string | undefined, shared: SharedIn | undefined) {
  const own = useStatus()?.me?.name ?? "";
  const [pen, setPen] = useState(penName);
  return { called: pen ?? shared?.self.name ?? own, rename: (name: string) => setPen(name === "" ? own : name) };
}

/**
 * Hands over what is there, and what comes, in order and once.
 *
 * @param shared undefined: nothing yet. @param known is called whenever all that there is was handed over.
 */
export function useUpdates(
  shared: SharedIn | undefined,
  hand: (updates: readonly PlacedUpdate[], last: number) => void,
  known: () => void = () => undefined,
): void {
  const read = useRef({ after: 0, isReading: false, isAgain: false });
  const last = useView("programState", shared?.chat ?? "", shared?.card ?? nothing)?.last ?? 0;
  useEffect(() => {
    if (shared !== undefined) void readAll(shared, last);
  }, [shared, last]);

  async function readAll({ chat, card }: SharedIn, newest: number): Promise<void> {
    const state = read.current;
    state.isAgain = true;
    if (state.isReading) return;
    state.isReading = true;
    try {
      while (state.isAgain) {
        state.isAgain = false;
        const updates = await api.programUpdates(chat, card, state.after);
        const end = updates.at(-1)?.serial;
        if (end === undefined) continue;
        [state.after, state.isAgain] = [end, true];
        hand(updates, Math.max(newest, end));
      }
    } catch {
      // The chat is gone: nothing more comes.
    } finally {
      state.isReading = false;
      known();
    }
  }
}

/** Names no message. */
const nothing = { author: "", id: "" };
