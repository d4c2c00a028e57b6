/** Plain text as the paragraphs and line breaks of an editor, so that nothing typed is lost when formatting is switched on. */
export function paragraphsOf(text: string): string {
  if (text.trim() === "") return "";
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${paragraph.replaceAll("\n", "<br>")}</p>`)
    .join("");
}
