/** Screens before there is an account on this device: linking it, by another device of the account. */
export { LinkNew } from "./link-new.tsx";
