import { BSONRegExp } from "bson";
import { MongoError } from "../errors.ts";
import type { BsonValue } from "../types.ts";
import { makeRegExp, toRegExp } from "../values/compare.ts";

/**
 * A test for MongoDB's regular expressions (PCRE, UTF-8, newline is \n alone) on JS's engine. What JS can't say is refused
 * with 51091, as MongoDB refuses what PCRE can't.
 */
export function compileRegExp(value: BsonValue): (text: string) => boolean {
  const regexp = compileToRegExp(value);
  return (text) => regexp.test(text);
}

/** The same as a JS regular expression; `extra` may ask for g. */
export function compileToRegExp(value: BsonValue, extra = ""): RegExp {
  const { pattern, options } = toRegExp(value);
  if (pattern.includes("\0"))
    throw new MongoError("BadValue", "Regular expression cannot contain an embedded null byte");
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const flags = options + (inline?.[1] ?? "");
  const source = translate(inline ? pattern.slice(inline[0].length) : pattern, {
    multiline: flags.includes("m"),
    dotAll: flags.includes("s"),
    extended: flags.includes("x"),
  });
  return build(source, (flags.includes("i") ? "i" : "") + extra);
}

function build(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `${flags}u`);
  } catch {
    try {
      // Escapes such as \- and \_ are fine in PCRE but not in JS's unicode mode.
      return new RegExp(source, flags);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new MongoError(51091, `Regular expression is invalid: ${reason}`);
    }
  }
}

interface Modes {
  multiline: boolean;
  dotAll: boolean;
  extended: boolean;
}

const POSIX_CLASSES: Record<string, string> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-zA-Z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: "\\s",
  word: "\\w",
  xdigit: "0-9a-fA-F",
  punct: "!-\\/:-@\\[-`{-~",
  cntrl: "\\x00-\\x1f\\x7f",
  blank: " \\t",
  print: "\\x20-\\x7e",
  graph: "\\x21-\\x7e",
};

const ESCAPES: Record<string, string> = {
  "\\A": "(?<![\\s\\S])",
  "\\Z": "(?=\\n?(?![\\s\\S]))",
  "\\z": "(?![\\s\\S])",
  "\\h": "[ \\t\\xa0]",
  "\\R": "(?:\\r\\n|\\n|\\r)",
  "\\a": "\\x07",
  "\\e": "\\x1b",
};

/** Rewrites what PCRE reads differently from JS: anchors, dot, \Q…\E, POSIX classes, (?P<name>…), comments. */
function translate(pattern: string, modes: Modes): string {
  let out = "";
  let i = 0;
  while (i < pattern.length) {
    const char = pattern[i] as string;
    const rest = pattern.slice(i);
    if (char === "\\") {
      const pair = rest.slice(0, 2);
      if (pair === "\\Q") {
        const end = pattern.indexOf("\\E", i + 2);
        const quoted = pattern.slice(i + 2, end < 0 ? undefined : end);
        out += quoted.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
        i = end < 0 ? pattern.length : end + 2;
        continue;
      }
      const wide = /^\\x\{([0-9a-fA-F]+)\}/.exec(rest);
      out += wide ? `\\u{${wide[1]}}` : (ESCAPES[pair] ?? pair);
      i += wide ? wide[0].length : 2;
    } else if (char === "[") {
      const end = endOfClass(pattern, i);
      out += pattern
        .slice(i, end)
        .replace(/\[:(\w+):\]/g, (all, name: string) => POSIX_CLASSES[name] ?? all)
        .replace(/^(\[\^?)\]/, "$1\\]");
      i = end;
    } else if (char === "(" && rest.startsWith("(?#")) {
      i = pattern.indexOf(")", i) + 1 || pattern.length;
    } else if (char === "(" && rest.startsWith("(?P<")) {
      out += "(?<";
      i += 4;
    } else if (modes.extended && char === "#") {
      i = pattern.indexOf("\n", i) + 1 || pattern.length;
    } else if (modes.extended && /\s/.test(char)) {
      i += 1;
    } else {
      out += plain(char, modes);
      i += 1;
    }
  }
  return out;
}

function plain(char: string, modes: Modes): string {
  if (char === ".") return modes.dotAll ? "[\\s\\S]" : "[^\\n]";
  if (char === "^" && modes.multiline) return "(?<![^\\n])";
  // Without the multiline option, PCRE's $ also stands before a newline that ends the text.
  if (char === "$") return modes.multiline ? "(?![^\\n])" : "(?=\\n?(?![\\s\\S]))";
  return char;
}

function endOfClass(pattern: string, start: number): number {
  let i = start + 1;
  if (pattern[i] === "^") i += 1;
  if (pattern[i] === "]") i += 1;
  while (i < pattern.length && pattern[i] !== "]") {
    if (pattern.startsWith("[:", i)) {
      const end = pattern.indexOf(":]", i);
      i = end < 0 ? i + 1 : end + 2;
    } else i += pattern[i] === "\\" ? 2 : 1;
  }
  return Math.min(i + 1, pattern.length);
}

/** Puts `$regex` and `$options` together. Source: manual, "$regex". */
export function regexFromOperators(regex: BsonValue, options: BsonValue): BSONRegExp {
  if (options !== undefined && typeof options !== "string") {
    throw new MongoError("BadValue", "$options has to be a string");
  }
  if (typeof regex === "string") return makeRegExp(regex, options ?? "");
  if (!(regex instanceof BSONRegExp || regex instanceof RegExp)) {
    throw new MongoError("BadValue", "$regex has to be a string");
  }
  const own = toRegExp(regex);
  if (options !== undefined && own.options !== "") {
    throw new MongoError(51074, "options set in both $regex and $options");
  }
  return makeRegExp(own.pattern, options ?? own.options);
}
