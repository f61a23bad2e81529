/**
 * Mini programs on this device (docs/spec/programs.md PR7, PR12): packages that were opened, what each has stored, and
 * what it shares with the members of a chat. A program is named by the SHA-256 of its package, in hex; none reads what
 * another stored.
 */
import {
  answerProgram,
  clearProgramValues,
  dropOldPackages,
  keepProgram,
  markProgram,
  programValueBytes,
  programValueSizes,
  readProgramAnswers,
  readProgramPackage,
  readPrograms,
  readProgramValues,
  removeProgram,
  writeProgramValue,
} from "@yanshu/store";
import { type Bytes, plain, toHex, utf8 } from "@yanshu/wire";
import {
  atMost,
  ClientError,
  clientFeature,
  type FeatureContext,
  type Hex,
  hashIn,
  type MessageRef,
  type PersonRef,
} from "../../feature.ts";
import { answered, asked, type PublisherApi, programAsks, publisherApi, withdrawAll } from "./publisher.ts";
import {
  eraseShared,
  programName,
  readProgramState,
  type SharedProgramsApi,
  sharedApi,
  sharedHandlers,
} from "./shared.ts";

export type { ProgramAsk } from "./publisher.ts";
export type { GivenProgram, ProgramState, ProgramUpdate } from "./shared.ts";

const programLimits = {
  packageBytesMax: 20 << 20,
  /** Of those without a star, so many packages are kept. */
  recentMax: 12,
  nameMax: 60,
  keyMax: 256,
  valueMax: 1 << 20,
  /** Of one program in one chat. */
  storedMax: 10 << 20,
  keysMax: 1_000,
} as const;

export type ProgramView = { readonly id: Hex; readonly name: string; readonly isStarred: boolean };
/** What a program asks the person for once, and is told each time. */
const wishes = ["name", "place", "clipboard", "publisher"] as const;
export type ProgramWish = (typeof wishes)[number];
export type ProgramHere = {
  readonly bytes: Bytes;
  readonly stored: Readonly<Record<string, string>>;
  readonly answers: Readonly<Partial<Record<ProgramWish, boolean>>>;
  readonly scope: string;
  /** What it is told that the person is called, where that is another name than theirs. */
  readonly penName?: string;
};
/** Keys that none of a chat's has: in which chat it was opened last. */
const lastKey = "";
/** Of one that was opened from no chat yet. */
const nowhere = "0".repeat(32);
/** And what a program of that chat is told that the person is called. */
const penKey = (scope: string) => `=${scope}`;

/** Rejects with `unknown-message` where there is no such program, and with `too-large` beyond a limit. */
type ProgramsApi = {
  /** Keeps a package in front of the others; resolves with its id. */
  readonly keepProgram: (program: { readonly name: string; readonly bytes: Bytes }) => Promise<Hex>;
  /**
   * @param isRead its package was read already: without its bytes, which are many.
   * @param scope where it was opened, by the address that it has there (PR43); `last`: from no chat, so as where it was
   *   opened last. Without it all that is stored is read, by its whole keys.
   */
  readonly openProgram: (id: Hex, isRead?: boolean, scope?: string) => Promise<ProgramHere>;
  readonly starProgram: (id: Hex, isStarred: boolean) => Promise<void>;
  /** With all that it stored. */
  readonly removeProgram: (id: Hex) => Promise<void>;
  /** Without a value the key goes. */
  readonly storeForProgram: (id: Hex, key: string, value?: string, scope?: string) => Promise<void>;
  /** @param scope only what it stored there. */
  readonly clearProgram: (id: Hex, scope?: string) => Promise<void>;
  /** In place of all that it stored there; beyond a limit all stays as it was. */
  readonly restoreProgram: (id: Hex, stored: Readonly<Record<string, string>>, scope: string) => Promise<void>;
  /** Remembers what the person said to a wish; without an answer it is asked again. */
  readonly answerProgram: (id: Hex, what: ProgramWish, isYes?: boolean, scope?: string) => Promise<void>;
  /** From the next time that it opens there it is told this name instead of the person's; an empty one: theirs. */
  readonly nameForProgram: (id: Hex, penName: string, scope: string) => Promise<void>;
};

type InfoLine = {
  readonly kind: "system";
  readonly line: {
    readonly kind: "program-said";
    readonly by: PersonRef;
    readonly program: string;
    readonly text: string;
  };
};

export const programs = clientFeature({
  kinds: ["programUpdate", "programInfo", "programAsk", "programAnswer"],
  ...sharedHandlers,
  heard: { programAsk: asked, programAnswer: answered },
  started: withdrawAll,

  show: {
    programInfo: ({ database, people, row }, { author, id, info }): InfoLine => ({
      kind: "system",
      line: {
        kind: "program-said",
        by: people.ref(toHex(row.author)),
        program: programName(database, row.conversation, { author, id }),
        text: plain(info),
      },
    }),
  },

  erase: eraseShared,

  views: {
    programAsks,
    programState: {
      topics: (conversation: Hex, _: MessageRef) => [`conversation:${conversation}`],
      read: readProgramState,
    },
    programs: {
      topics: () => ["programs"],
      read: ({ database }): readonly ProgramView[] =>
        readPrograms(database).map(({ id, name, starred }) => ({ id: toHex(id), name, isStarred: starred === 1 })),
    },
  },

  api: (context: FeatureContext): ProgramsApi & SharedProgramsApi & PublisherApi => {
    const { db, nowMs, sha256, changed } = context;
    function change(work: () => void): void {
      db.transaction(work);
      changed("programs");
    }

    /**
     * What the program that stores now has there. To count all its keys at each write would take as long as they are
     * many.
     */
    let counted: { hex: Hex; start: string; keys: number; bytes: number } | undefined;
    function sizeOf(hex: Hex, id: Bytes, start: string): { readonly keys: number; readonly bytes: number } {
      if (counted?.hex !== hex || counted.start !== start)
        counted = { hex, start, ...programValueSizes(db, id, start) };
      return counted;
    }

    return {
      ...sharedApi(context),
      ...publisherApi(context),

      /** @checks PR12 */
      async keepProgram({ name, bytes }) {
        if (bytes.length === 0) throw new ClientError("empty");
        if (bytes.length > programLimits.packageBytesMax) throw new ClientError("too-large");
        const id = sha256(bytes);
        change(() => {
          keepProgram(db, id, name.toWellFormed().slice(0, programLimits.nameMax), bytes, nowMs());
          dropOldPackages(db, programLimits.recentMax);
        });
        return toHex(id);
      },

      /** @checks PR12 PR43 */
      async openProgram(hex, isRead = false, asked) {
        const id = hashIn(hex);
        const bytes = readProgramPackage(db, id);
        if (bytes === undefined) throw new ClientError("unknown-message");
        const rows = readProgramValues(db, id);
        const last = rows.find(({ key }) => key === lastKey)?.value ?? nowhere;
        const scope = asked === "last" ? last : (asked ?? "");
        const start = startOf(scope);
        if (asked !== undefined && scope !== last && scope !== nowhere) writeProgramValue(db, id, lastKey, scope);
        const within = (key: string) => key !== lastKey && !key.startsWith(penKey("")) && key.startsWith(start);
        const penName = rows.find(({ key }) => key === penKey(scope))?.value;
        const stored = Object.fromEntries(
          rows.flatMap(({ key, value }) => (within(key) ? [[key.slice(start.length), value]] : [])),
        );
        const answers = Object.fromEntries(
          readProgramAnswers(db, id).flatMap(({ what, isYes }) =>
            what.startsWith(start) ? [[what.slice(start.length), isYes === 1]] : [],
          ),
        );
        const called = penName === undefined ? {} : { penName };
        return { bytes: isRead ? new Uint8Array() : bytes, stored, answers, scope, ...called };
      },

      async starProgram(hex, isStarred) {
        const id = hashIn(hex);
        change(() => {
          markProgram(db, id, isStarred);
          dropOldPackages(db, programLimits.recentMax);
        });
      },

      async removeProgram(hex) {
        const id = hashIn(hex);
        counted = undefined;
        change(() => removeProgram(db, id));
      },

      /** @checks PR7 PR43 PR44 */
      async storeForProgram(hex, key, value, scope = "") {
        const id = hashIn(hex);
        if (key.length > programLimits.keyMax) throw new ClientError("too-long");
        const bytes = value === undefined ? 0 : utf8(value).length;
        if (bytes > programLimits.valueMax) throw new ClientError("too-large");
        const [start, whole] = [startOf(scope), startOf(scope) + key];
        const size = sizeOf(hex, id, start);
        const before = programValueBytes(db, id, whole);
        const keys = size.keys + (value === undefined ? 0 : 1) - (before === undefined ? 0 : 1);
        const all = size.bytes + (value === undefined ? 0 : utf8(whole).length + bytes) - (before ?? 0);
        if (value !== undefined && (all > programLimits.storedMax || keys > programLimits.keysMax))
          throw new ClientError("too-large");
        if (!writeProgramValue(db, id, whole, value)) throw new ClientError("unknown-message");
        counted = { hex, start, keys, bytes: all };
      },

      /** @checks PR80 */
      async restoreProgram(hex, stored, scope) {
        const [id, start] = [hashIn(hex), startOf(scope)];
        const all = Object.entries(stored);
        if (all.some(([key]) => key.length > programLimits.keyMax)) throw new ClientError("too-long");
        // SQLite takes a text for ended at its first NUL.
        if (all.some(([key, value]) => `${key}${value}`.includes("\0"))) throw new ClientError("not-allowed");
        const sizes = all.map(([key, value]) => ({ key: utf8(start + key).length, value: utf8(value).length }));
        const bytes = sizes.reduce((sum, { key, value }) => sum + key + value, 0);
        const isLarge = sizes.some(({ value }) => value > programLimits.valueMax);
        if (isLarge || bytes > programLimits.storedMax || all.length > programLimits.keysMax)
          throw new ClientError("too-large");
        if (readProgramPackage(db, id) === undefined) throw new ClientError("unknown-message");
        counted = undefined;
        change(() => {
          clearProgramValues(db, id, start);
          for (const [key, value] of all) writeProgramValue(db, id, start + key, value);
        });
      },

      /** @checks PR15 PR43 */
      async answerProgram(hex, what, isYes, scope = "") {
        if (!wishes.includes(what)) throw new ClientError("not-allowed");
        answerProgram(db, hashIn(hex), startOf(scope) + what, isYes);
      },

      /** @checks PR46 */
      async nameForProgram(hex, penName, scope) {
        startOf(scope);
        const name = atMost(plain(penName).trim(), programLimits.nameMax);
        const isHere = writeProgramValue(db, hashIn(hex), penKey(scope), name === "" ? undefined : name);
        if (!isHere) throw new ClientError("unknown-message");
      },

      async clearProgram(hex, scope = "") {
        counted = undefined;
        clearProgramValues(db, hashIn(hex), startOf(scope));
      },
    };
  },
});

/** @checks PR43 */
function startOf(scope: string): string {
  if (scope === "") return "";
  if (!/^[0-9a-f]{32}$/.test(scope)) throw new ClientError("not-allowed");
  return `${scope}/`;
}
