/** The legend: which line is which feature. */
import { escapeHtml } from "../../html.ts";

/** @param note on what else is drawn */
export function legend(features: readonly string[], note?: string): string {
  const items = features.map(
    (feature, i) =>
      `<li><svg viewBox="0 0 20 10" aria-hidden="true"><path class="line c${i}" d="M0 6H20"/></svg>${escapeHtml(feature)}</li>`,
  );
  if (note !== undefined) items.push(`<li class="soft">${escapeHtml(note)}</li>`);
  return `<ul class="legend">${items.join("")}</ul>`;
}
