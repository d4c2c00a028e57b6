/** Where to go after the login: a path of the console, never an address elsewhere. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "";
  return /^\/(?![/\\])/.test(next) && !/^\/(login|password)\b/.test(next) ? next : "/conversations";
}
