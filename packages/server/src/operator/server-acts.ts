/**
 * Server acts: the operator's commands over a server that runs, or over its log alone while it does not
 * (docs/spec/delivery.md DS145).
 */
import { type Bytes, type ErrorCode, encodeLink } from "@yanshu/wire";
import type { Outcome } from "../core/outcome.ts";
import { ActError, type Acts } from "../feature.ts";
import type { Invited, OperatorActs } from "./acts.ts";

/** Where links lead, from the last start: for commands while no server runs. */
export const frontFile = "front.json";

/** Where links lead, and the standing invitation. */
export type Front = {
  readonly origin: string;
  readonly domain: string;
  readonly standing: () => Bytes | undefined;
  /** Replaces the standing invitation; the older one lets nobody in any more. */
  readonly renewStanding: () => Bytes;
};

/** An invitation in a command's answer. The link is present only when it is created. */
export type InvitationReport = {
  readonly number: number;
  readonly people: number | null;
  readonly came: number;
  readonly ends: string | null;
  readonly isOver: boolean;
};
export type InviteLink = { readonly number: number | null; readonly link: string };

export function inviteActs(acts: OperatorActs, front: Front, nowMs: () => number): Acts {
  const linkOf = (token: Bytes) => encodeLink(front.origin, { kind: "invite", link: { server: front.domain, token } });
  const told = ({ ref, code }: Invited): InviteLink => ({ number: ref, link: linkOf(code) });
  return {
    invite: async ({ people, hours }) => {
      const ends = hours === undefined ? undefined : nowMs() + positive(hours, "hours") * 3_600_000;
      return told(must(await acts.invite(people === undefined ? undefined : positive(people, "people"), ends)));
    },
    standing: () => {
      const token = front.standing();
      if (token === undefined)
        throw new ActError("there is no standing invitation: make one with `invite rotate standing`");
      return { number: null, link: linkOf(token) } satisfies InviteLink;
    },
    "renew-standing": () => ({ number: null, link: linkOf(front.renewStanding()) }) satisfies InviteLink,
    "invite-rotate": async ({ number }) => told(must(await acts.replace(positive(number, "number")), noInvitation)),
    "invite-end": async ({ number }) => {
      if (!must(await acts.end(positive(number, "number")))) throw new ActError(noInvitation);
    },
    invitations: () =>
      acts.invitations().map(
        ({ ref, people, taken, endsMs, isEnded }): InvitationReport => ({
          number: ref,
          people: people ?? null,
          came: taken,
          ends: endsMs === undefined ? null : new Date(endsMs).toISOString(),
          isOver:
            isEnded || (endsMs ?? Number.POSITIVE_INFINITY) <= nowMs() || taken >= (people ?? Number.POSITIVE_INFINITY),
        }),
      ),
    suspend: async ({ number, isSuspended }) =>
      must(await acts.suspend(positive(number, "number"), isSuspended === true), noAccount),
    remove: async ({ number }) => must(await acts.remove(positive(number, "number")), noAccount),
  };
}

const noInvitation = "there is no such invitation that goes on: see `invite list`";
const noAccount = "there is no account of this number: see `accounts`";

function must<T>(outcome: Outcome<T>, why?: string): T {
  if (outcome.ok) return outcome.value;
  throw new ActError(why !== undefined && isMissing(outcome.code) ? why : `the server refused it: ${outcome.code}`);
}

function isMissing(code: ErrorCode): boolean {
  return code === "unknown-list" || code === "unknown-account";
}

function positive(value: unknown, what: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value > 0) return value;
  throw new ActError(`${what} must be a number above zero`);
}
