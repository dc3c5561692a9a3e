export { app } from "./main.ts";
