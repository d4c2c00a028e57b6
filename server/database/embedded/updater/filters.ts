import { MongoError } from "../errors.ts";
import { compileFilter } from "../matcher/index.ts";
import type { BsonDocument, BsonValue, OperationContext } from "../types.ts";
import { fieldNames } from "../values/document.ts";
import { isDocument } from "../values/types.ts";
import type { ElementFilters } from "./tree.ts";

/** Compiles `arrayFilters`, one per identifier. Source: manual, "$[<identifier>]". */
export function compileElementFilters(filters: readonly BsonDocument[], context: OperationContext): ElementFilters {
  const compiled: ElementFilters = new Map();
  for (const filter of filters) {
    const identifier = identifierIn(filter);
    if (identifier === undefined) {
      throw new MongoError("FailedToParse", "Cannot use an expression without a top-level field name in arrayFilters");
    }
    if (!/^[a-z][a-zA-Z0-9]*$/.test(identifier)) {
      throw new MongoError(
        "BadValue",
        `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${identifier}'`,
      );
    }
    if (compiled.has(identifier)) {
      throw new MongoError(
        "FailedToParse",
        `Found multiple array filters with the same top-level field name ${identifier}`,
      );
    }
    const { matches } = compileFilter(filter, context);
    compiled.set(identifier, (element) => matches({ [identifier]: element }));
  }
  return compiled;
}

function identifierIn(filter: BsonValue): string | undefined {
  if (!isDocument(filter)) return undefined;
  let found: string | undefined;
  for (const name of fieldNames(filter)) {
    const branches = filter[name];
    const candidates = name.startsWith("$")
      ? Array.isArray(branches)
        ? branches.map(identifierIn)
        : []
      : [name.split(".")[0]];
    for (const candidate of candidates) {
      if (candidate === undefined) continue;
      if (found !== undefined && found !== candidate) {
        throw new MongoError(
          "FailedToParse",
          `Error parsing array filter :: caused by :: Expected a single top-level field name, found '${found}' and '${candidate}'`,
        );
      }
      found = candidate;
    }
  }
  return found;
}
