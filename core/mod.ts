/**
 * What pcapkit is made of: the words of a protocol file, batches, packets, and the seams where engines, framers,
 * formats and plug-ins fit. Uses nothing that a browser lacks. Who writes a protocol, an engine or a format imports from
 * here; who uses packets finds what is needed in the package's main module.
 *
 * @module
 */
export * from "./address.ts";
export * from "./batch.ts";
export * from "./catalogue.ts";
export * from "./checksum.ts";
export * from "./emitter.ts";
export * from "./engine.ts";
export * from "./errors.ts";
export * from "./field.ts";
export * from "./frame_memory.ts";
export * from "./items.ts";
export * from "./recipe.ts";
export * from "./limits.ts";
export * from "./name.ts";
export * from "./packet.ts";
export * from "./protocol.ts";
export * from "./source.ts";
export * from "./text_writer.ts";
