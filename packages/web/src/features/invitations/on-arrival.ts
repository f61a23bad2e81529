/** A link to a group that somebody opened. */
export { GroupInvitation } from "./group-invitation.tsx";
