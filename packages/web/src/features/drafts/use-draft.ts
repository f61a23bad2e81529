/**
 * Stores the field's text as the draft of its chat: shortly after the last key, and at once when the field loses the
 * focus.
 */
import { useEffect, useRef } from "preact/hooks";
import type { Field, Writing } from "../../feature.ts";
import { api } from "../../shell/session.ts";

const draftPauseMs = 400;

export function useDraft({ chat, words, isUnderway }: Field): Writing {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const known = useRef<string | undefined>(undefined);
  const keep = () => {
    clearTimeout(timer.current);
    const text = words();
    if (isUnderway()) return; // It is in the draft until it is stored as a message, and then no more.
    if (known.current === text || (known.current === undefined && text === "")) return;
    known.current = text;
    void api.setDraft(chat, text).catch(() => undefined); // It stays in the field; the next change tries again.
  };
  useEffect(() => {
    addEventListener("pagehide", keep);
    return () => {
      removeEventListener("pagehide", keep);
      keep();
    };
  }, [chat]);
  return {
    changed() {
      clearTimeout(timer.current);
      timer.current = setTimeout(keep, draftPauseMs);
    },
    left: keep,
    // Storing a message deletes its draft in the client, so only later changes are written.
    stored(raw) {
      known.current = raw;
    },
  };
}
