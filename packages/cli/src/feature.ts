/**
 * Feature: what one part of the app is in the terminal (docs/ARCHITECTURE.md, docs/decisions/0041). The list is
 * features/index.ts.
 */
import type { FileView, SystemLine, TimelineItem } from "@yanshu/client";
import type { Aside, Context, OptionName } from "./context.ts";
import type { Text, Words } from "./words.ts";

type OfKind<T, K> = T extends { readonly kind: infer U } ? (K extends U ? T : never) : never;

type ItemBody = TimelineItem["body"];
/** What somebody says; `newer` is the core's, for it belongs to no feature. */
export type SaidKind = Exclude<ItemBody["kind"], "system" | "newer">;
export type Said<K extends SaidKind> = OfKind<ItemBody, K>;
export type NoticeKind = SystemLine["kind"];
export type Notice<K extends NoticeKind> = OfKind<SystemLine, K>;

/** A file in a message: at home, or in the message itself. */
export type Kept = { readonly name: string; readonly file?: FileView; readonly inline?: Uint8Array };

type CommandShape = {
  /** A word in brackets may be absent; one that ends in `…` takes all that follow. */
  readonly positionals?: readonly string[];
  readonly options?: readonly OptionName[];
  readonly help: Readonly<Record<"en" | "zh", string>>;
};
export type CommandDef<K extends string> = CommandShape &
  (
    | {
        /** It makes the account, or brings it here: there is none before. Its first word says where home is. */
        readonly createsAccount?: true;
        readonly isAside?: never;
        readonly run: (context: Context<K>) => Promise<void>;
      }
    /** It has nothing to do with an account: it opens no folder of one. */
    | { readonly createsAccount?: never; readonly isAside: true; readonly run: (context: Aside<K>) => Promise<void> }
  );

/** @typeParam K keys of the feature's own words. */
export type CliFeature<K extends string> = {
  /** What somebody said, in one line. What others wrote goes through `plain`. */
  readonly lines?: { readonly [I in SaidKind]?: (text: Text<K>, body: Said<I>) => string };
  /** What happened in a chat, in one line. */
  readonly notices?: { readonly [N in NoticeKind]?: (text: Text<K>, line: Notice<N>) => string };
  /** Files that `save` writes to the disk. @param named a name made of the message's time, for what has none. */
  readonly files?: {
    readonly [I in SaidKind]?: (body: Said<I>, named: (type: string, place?: string) => string) => readonly Kept[];
  };
  readonly commands?: Readonly<Record<string, CommandDef<K>>>;
};

export const cliFeature = <K extends string, const F extends CliFeature<K>>(words: Words<K>, feature: F) => ({
  words,
  ...feature,
});
