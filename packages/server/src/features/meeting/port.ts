/**
 * What the operator says for the day on which this home is gone, or goes elsewhere (docs/spec/homes.md HM80, HM117,
 * HM118).
 */
import { service } from "../../feature.ts";

export type MeetingPort = {
  /** Other servers at which people of this home look for each other once it is gone. */
  readonly places: readonly string[];
  /** An invite of another home, which is offered as a reserve. Absent: none is offered. */
  readonly reserve?: string;
  /** An invite of the home to which this one goes. Absent: it stays. */
  readonly next?: string;
};

/** Absent: the operator named nothing. */
export const meetingPort = service<MeetingPort>("meeting");
