/** A dictionary of opencc-js: "from to|from to|…", Traditional to Simplified, character by character. */
declare module "opencc-js/dict/TSCharacters" {
  const pairs: string;
  export default pairs;
}
