/**
 * The engines that ship, for plug-ins that wrap them and programs that run them themselves.
 *
 * @module
 */
export { builtin } from "./builtin.ts";
