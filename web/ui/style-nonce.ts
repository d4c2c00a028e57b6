const meta = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]");
// Browsers hide the attribute and keep the property.
const nonce = meta?.nonce ?? "";

// Where the library that stops the page from scrolling behind a dialog looks for it.
Object.assign(globalThis, { __webpack_nonce__: nonce });

/** The nonce that the page's Content-Security-Policy asks of style elements made by scripts. */
export function styleNonce(): string {
  return nonce;
}
