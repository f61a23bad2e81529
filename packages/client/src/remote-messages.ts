/**
 * Remote messages: between the screens and a client in another process (docs/spec/homes.md HM95). Each is one value
 * (remote-values.ts). The screens' requests carry an id, which the client's answer repeats.
 */
import type { Bytes } from "@yanshu/wire";
import type { ClientApi, ClientErrorCode, ViewName } from "./api.ts";

export type ToClient =
  | { readonly kind: "call"; readonly id: number; readonly method: keyof ClientApi; readonly args: readonly unknown[] }
  | { readonly kind: "open"; readonly id: number; readonly name: ViewName; readonly args: readonly unknown[] }
  | { readonly kind: "close"; readonly id: number }
  /** `atWork`: somebody touches, scrolls or types now. */
  | { readonly kind: "surroundings"; readonly online: boolean; readonly atWork: boolean }
  /** The answer to `part`; without bytes the file cannot be read any more. */
  | { readonly kind: "part"; readonly id: number; readonly bytes?: Bytes };

export type ToScreens =
  | { readonly kind: "answer"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly id: number; readonly code: ClientErrorCode }
  | { readonly kind: "view"; readonly id: number; readonly value: unknown }
  /** Asks for a range of a file that a person chose in the screens. */
  | {
      readonly kind: "part";
      readonly id: number;
      readonly source: number;
      readonly start: number;
      readonly end: number;
    };

export type Surroundings = { readonly online: boolean; readonly atWork: boolean };
