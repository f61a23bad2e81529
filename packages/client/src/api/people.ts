/** People as lists show them. */
import type { Bytes } from "@yanshu/wire";
import type { Hex } from "./hex.ts";

/** A face: a picture, or a seal with one character on one of 7 pigments. */
export type Face = {
  readonly picture?: Bytes;
  /** What the seal shows: surname (Han) or initial. */
  readonly seal: string;
  /** 1 to 7, by account hash. */
  readonly pigment: number;
};

export type PersonRef = { readonly account: Hex; readonly name: string; readonly isMe: boolean };
