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
  readProgramAnswers,
  readProgramPackage,
  readPrograms,
  readProgramValues,
  removeProgram,
  writeProgramValue,
} from "@yanshu/store";
import { type Bytes, plain, toHex, utf8 } from "@yanshu/wire";
import {
  ClientError,
  clientFeature,
  type FeatureContext,
  type Hex,
  hashIn,
  type MessageRef,
  type PersonRef,
} from "../../feature.ts";
import {
  eraseShared,
  programName,
  readProgramState,
  type SharedProgramsApi,
  sharedApi,
  sharedHandlers,
} from "./shared.ts";

export type { ProgramState, ProgramUpdate } from "./shared.ts";

const programLimits = {
  packageBytesMax: 20 << 20,
  /** Of those without a star, so many packages are kept. */
  recentMax: 12,
  nameMax: 60,
  keyMax: 256,
  valueMax: 1 << 20,
  storedMax: 10 << 20,
} as const;

export type ProgramView = { readonly id: Hex; readonly name: string; readonly isStarred: boolean };
/** What a program asks the person for once, and is told each time. */
const wishes = ["name", "place", "clipboard"] as const;
export type ProgramWish = (typeof wishes)[number];
export type ProgramHere = {
  readonly bytes: Bytes;
  readonly stored: Readonly<Record<string, string>>;
  readonly answers: Readonly<Partial<Record<ProgramWish, boolean>>>;
};

/** Rejects with `unknown-message` where there is no such program, and with `too-large` beyond a limit. */
type ProgramsApi = {
  /** Keeps a package in front of the others; resolves with its id. */
  readonly keepProgram: (program: { readonly name: string; readonly bytes: Bytes }) => Promise<Hex>;
  /** @param isRead its package was read already: without its bytes, which are many. */
  readonly openProgram: (id: Hex, isRead?: boolean) => Promise<ProgramHere>;
  readonly starProgram: (id: Hex, isStarred: boolean) => Promise<void>;
  /** With all that it stored. */
  readonly removeProgram: (id: Hex) => Promise<void>;
  /** Without a value the key goes. */
  readonly storeForProgram: (id: Hex, key: string, value?: string) => Promise<void>;
  readonly clearProgram: (id: Hex) => Promise<void>;
  /** Remembers what the person said to a wish; without an answer it is asked again. */
  readonly answerProgram: (id: Hex, what: ProgramWish, isYes?: boolean) => Promise<void>;
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
  kinds: ["programUpdate", "programInfo"],
  ...sharedHandlers,

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

  api: (context: FeatureContext): ProgramsApi & SharedProgramsApi => {
    const { db, nowMs, sha256, changed } = context;
    function change(work: () => void): void {
      db.transaction(work);
      changed("programs");
    }

    return {
      ...sharedApi(context),

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

      /** @checks PR12 */
      async openProgram(hex, isRead = false) {
        const id = hashIn(hex);
        const bytes = readProgramPackage(db, id);
        if (bytes === undefined) throw new ClientError("unknown-message");
        const stored = Object.fromEntries(readProgramValues(db, id).map(({ key, value }) => [key, value]));
        const answers = Object.fromEntries(readProgramAnswers(db, id).map(({ what, isYes }) => [what, isYes === 1]));
        return { bytes: isRead ? new Uint8Array() : bytes, stored, answers };
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
        change(() => removeProgram(db, id));
      },

      /** @checks PR7 */
      async storeForProgram(hex, key, value) {
        const id = hashIn(hex);
        if (key.length > programLimits.keyMax) throw new ClientError("too-long");
        const bytes = value === undefined ? 0 : utf8(value).length;
        if (bytes > programLimits.valueMax) throw new ClientError("too-large");
        const others = programValueBytes(db, id, key);
        if (others + utf8(key).length + bytes > programLimits.storedMax) throw new ClientError("too-large");
        if (!writeProgramValue(db, id, key, value)) throw new ClientError("unknown-message");
      },

      /** @checks PR15 */
      async answerProgram(hex, what, isYes) {
        if (!wishes.includes(what)) throw new ClientError("not-allowed");
        answerProgram(db, hashIn(hex), what, isYes);
      },

      async clearProgram(hex) {
        clearProgramValues(db, hashIn(hex));
      },
    };
  },
});
