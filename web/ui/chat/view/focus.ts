/** As in styles.css: below this the panel fills the screen. */
export const PHONE = "(max-width: 480px)";

/**
 * Puts the focus where the shopper goes on: into the text, but on a phone on the panel, since the keyboard would jump
 * up and cover what there is to read. For when it opens, and when the button that had the focus is gone.
 */
export function focusPanel(inside: Element | null): void {
  const panel = inside?.closest<HTMLElement>(".panel");
  const target = matchMedia(PHONE).matches ? panel : panel?.querySelector("textarea");
  target?.focus({ preventScroll: true });
}

/** The panel covers the page on a phone: Tab goes round inside it. */
export function keepFocusInside(event: KeyboardEvent, panel: HTMLElement | null): void {
  const all = panel?.querySelectorAll<HTMLElement>("button:not(:disabled), a[href], textarea, [tabindex='0']");
  const first = all?.[0];
  const last = all?.[all.length - 1];
  const focused = (panel?.getRootNode() as ShadowRoot | undefined)?.activeElement;
  if (event.shiftKey && (focused === first || focused === panel)) {
    event.preventDefault();
    last?.focus();
  } else if (!event.shiftKey && focused === last) {
    event.preventDefault();
    first?.focus();
  }
}
