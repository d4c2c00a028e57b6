import { MongoError } from "../errors.ts";
import type { BsonDocument, BsonValue } from "../types.ts";
import { getField } from "../values/document.ts";
import { textOfElement } from "../values/text.ts";
import { isDocument } from "../values/types.ts";
import type { Modifier, Scene } from "./modifier.ts";

const bad = (text: string) => new MongoError("BadValue", text);

/** Checks `{$rename: {from: to}}` before anything is built of it. */
export function checkRename(from: string, to: BsonValue): asserts to is string {
  if (typeof to !== "string") throw bad(`The 'to' field for $rename must be a string: ${textOfElement(from, to)}`);
  const shown = textOfElement(from, to);
  for (const [what, path] of [
    ["source", from],
    ["destination", to],
  ] as const) {
    if (path.split(".").some((name) => name === "$" || name.startsWith("$["))) {
      throw bad(`The ${what} field for $rename may not be dynamic: ${path}`);
    }
  }
  if (to.includes("\0")) throw bad("The 'to' field for $rename cannot contain an embedded null byte");
  if (from === to) throw bad(`The source and target field for $rename must differ: ${shown}`);
  if (from.startsWith(`${to}.`) || to.startsWith(`${from}.`)) {
    throw bad(`The source and target field for $rename must not be on the same path: ${shown}`);
  }
}

/** Stands at the source path, so that other operators on it conflict; does nothing itself. */
export const RENAME_SOURCE: Modifier = { update: (current) => current, ignoresDeadPaths: true };

/** Stands at the target path and fetches the source's value. Neither end may lie in an array. */
export function renameTo(from: string, to: string): Modifier {
  const source = from.split(".");
  const target = to.split(".");
  const move = (scene: Scene): BsonValue => {
    const value = valueOutsideArrays(scene.root, source, "source", from);
    if (value === undefined) return undefined;
    valueOutsideArrays(scene.root, target, "destination", to);
    scene.remove(source);
    return value;
  };
  return {
    update: (current, scene) => {
      const value = move(scene);
      return value === undefined ? current : value;
    },
    create: move,
  };
}

function valueOutsideArrays(root: BsonDocument, names: readonly string[], what: string, path: string): BsonValue {
  let current: BsonValue = root;
  for (const [at, name] of names.entries()) {
    if (Array.isArray(current)) {
      throw bad(
        `The ${what} field cannot be an array element, '${path}' in doc with ${textOfElement("_id", root._id)} has an array field called '${names[at - 1]}'`,
      );
    }
    if (!isDocument(current)) {
      if (current === undefined || what === "destination") return undefined;
      throw new MongoError(
        "PathNotViable",
        `cannot use the part (${names[at - 1]} of ${path}) to traverse the element ({${textOfElement(names[at - 1] ?? "", current)}})`,
      );
    }
    current = getField(current, name);
  }
  return current;
}
