/**
 * Times in the calendar, written as bytes.
 *
 * @module
 */
import type { InterfaceInfo } from "../core/batch.ts";
import type { TextWriter } from "../core/text_writer.ts";

// Days of 400 years, after which the calendar repeats.
const ERA_DAYS = 146_097;

/**
 * Writes a time as `2017-11-19T15:49:05` (UTC), `separator` standing between day and time. Years beyond 0 to 9999 have
 * a sign and six digits or more (ISO 8601 section 4.1.2.4). Needs room for 40 bytes.
 */
export function writeDateTime(out: TextWriter, seconds: number, separator: number): void {
  const days = Math.floor(seconds / 86_400);
  let rest = seconds - days * 86_400;
  // Howard Hinnant's civil_from_days: counted from 0000-03-01, so that the leap day ends a year.
  const z = days + 719_468;
  const era = Math.floor(z / ERA_DAYS);
  const day = z - era * ERA_DAYS;
  const yearOfEra = Math.floor(
    (day - Math.floor(day / 1460) + Math.floor(day / 36_524) - Math.floor(day / 146_096)) / 365,
  );
  const dayOfYear = day -
    (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const m = Math.floor((5 * dayOfYear + 2) / 153);
  const month = m < 10 ? m + 3 : m - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  if (year >= 0 && year <= 9999) out.padded(year, 4);
  else {
    out.byte(year < 0 ? 45 : 43);
    out.ascii(String(Math.abs(year)).padStart(6, "0"));
    out.ensure(64);
  }
  out.byte(45);
  out.padded(month, 2);
  out.byte(45);
  out.padded(dayOfYear - Math.floor((153 * m + 2) / 5) + 1, 2);
  out.byte(separator);
  const hours = Math.floor(rest / 3600);
  rest -= hours * 3600;
  const minutes = Math.floor(rest / 60);
  out.padded(hours, 2);
  out.byte(58);
  out.padded(minutes, 2);
  out.byte(58);
  out.padded(rest - minutes * 60, 2);
}

/** Whether the year of a time has four digits, as most readers of dates expect. */
export function hasPlainYear(seconds: number): boolean {
  // 0001-01-01 and 10000-01-01.
  return seconds >= -62_135_596_800 && seconds < 253_402_300_800;
}

/** Writes nine digits of a second. Needs room. */
export function writeNanoseconds(out: TextWriter, nanoseconds: number): void {
  const high = (nanoseconds / 100_000) | 0;
  out.padded(high, 4);
  out.padded(nanoseconds - high * 100_000, 5);
}

/** Whether an interface's time stamps are finer than microseconds. */
export function hasNanoseconds(info: InterfaceInfo | undefined): boolean {
  if (!info) return true;
  const match = /^10\^-(\d+)$/.exec(info.resolution);
  // Powers of two have no last decimal digit that would be theirs.
  return match === null || Number(match[1]) > 6;
}
