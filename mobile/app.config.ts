import { pinsOf } from "./src/config/pins.ts";
console.log(typeof pinsOf);
export default () => ({ name: "x", slug: "x", web: { output: "single", bundler: "metro" } });
