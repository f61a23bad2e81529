/** One’s own name and picture, under “Me”. */
export { Profile } from "./profile.tsx";
