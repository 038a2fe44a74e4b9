/**
 * The chart: microseconds a packet as bars on a logarithmic scale, as SVG that can be read on light and on dark pages.
 *
 * @module
 */
import { JOB, JOBS } from "./jobs.ts";
import type { Row } from "./measure.ts";

const WIDTH = 860;
const LEFT = 210;
const RIGHT = 110;
const TOP = 62;
const BAR = 13;
const STEP = 18;
const HEAD = 30;

/**
 * Colours of light pages, and of dark ones where the reader's system says so. The background is our own: a page may be dark
 * though the system is not.
 */
const STYLE = `
text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #24292f }
.page { fill: #ffffff }
.title { font-size: 15px; font-weight: 600 }
.small, .value { font-size: 11px; fill: #57606a }
.job { font-weight: 600 }
.grid { stroke: #8c959f; stroke-opacity: .35 }
.ours { fill: #1f6feb }
.peer { fill: #9aa4b0 }
@media (prefers-color-scheme: dark) {
  .page { fill: #0d1117 }
  text { fill: #e6edf3 }
  .small, .value { fill: #9da7b3 }
  .ours { fill: #4593f8 }
  .peer { fill: #6e7681 }
}
`;

/** Text as XML content or attribute value. */
export function escapeXml(text: string): string {
  const codes: Record<string, string> = {
    "&": "amp",
    "<": "lt",
    ">": "gt",
    '"': "quot",
    "'": "apos",
  };
  return text.replace(/[&<>"']/g, (c) => `&${codes[c]};`)
    // XML 1.0 has no way to write these.
    // deno-lint-ignore no-control-regex
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
}

/** Microseconds as text: three digits. */
export function microseconds(seconds: number): string {
  const us = seconds * 1e6;
  return us >= 100
    ? us.toFixed(0)
    : us.toFixed(Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(us)))));
}

/** Draws rows that have packets, by job. */
export function chart(rows: readonly Row[], title: string, subtitle: string): string {
  const drawn = rows.filter((row) => row.secondsPerPacket !== undefined);
  const values = drawn.map((row) => row.secondsPerPacket! * 1e6);
  const low = Math.floor(Math.log10(Math.min(1, ...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, ...values))));
  const x = (us: number): number =>
    LEFT + (WIDTH - LEFT - RIGHT) * (Math.log10(us) - low) / (high - low);
  const bars: string[] = [];
  let y = TOP;
  for (const job of JOBS) {
    const group = drawn.filter((row) => row.job === job);
    if (group.length === 0) continue;
    y += HEAD;
    bars.push(
      `<text class="job" x="12" y="${y - 9}">${
        escapeXml(`${JOB[job].title}: ${JOB[job].what}`)
      }</text>`,
    );
    for (const row of group) {
      const us = row.secondsPerPacket! * 1e6;
      // A bar of no length could not be seen.
      const width = Math.max(2, x(us) - LEFT);
      const middle = y + BAR - 3;
      bars.push(
        `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${escapeXml(row.title)}</text>`,
        `<rect class="${row.tool === "pcapkit" ? "ours" : "peer"}" x="${LEFT}" y="${y}" ` +
          `width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
        `<text class="value" x="${(LEFT + width + 6).toFixed(1)}" y="${middle}">${
          microseconds(row.secondsPerPacket!)
        } µs</text>`,
      );
      y += STEP;
    }
  }
  const bottom = y + 6;
  const grid: string[] = [];
  for (let power = low; power <= high; power++) {
    const at = x(10 ** power).toFixed(1);
    const label = power < 0 ? (10 ** power).toFixed(-power) : String(10 ** power);
    grid.push(
      `<line class="grid" x1="${at}" y1="${TOP}" x2="${at}" y2="${bottom}"/>`,
      `<text class="small" x="${at}" y="${bottom + 15}" text-anchor="middle">${label}</text>`,
    );
  }
  const height = bottom + 40;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}" rx="6"/>`,
    `<text class="title" x="12" y="24">${escapeXml(title)}</text>`,
    `<text class="small" x="12" y="44">${escapeXml(subtitle)}</text>`,
    ...grid,
    ...bars,
    `<text class="small" x="${WIDTH - RIGHT}" y="${
      bottom + 31
    }" text-anchor="end">µs a packet, logarithmic; less is better</text>`,
    "</svg>",
    "",
  ].join("\n");
}
