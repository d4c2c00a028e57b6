import { ARITHMETIC } from "./arithmetic.ts";
import { ARRAYS } from "./arrays.ts";
import type { CompileOperator } from "./compiler.ts";
import { CONVERSIONS } from "./convert.ts";
import { DATES } from "./dates.ts";
import { LOGIC } from "./logic.ts";
import { OBJECTS } from "./objects.ts";
import { STRINGS } from "./strings.ts";
import { SUMMARIES } from "./summaries.ts";

/** Every expression operator. */
export const OPERATORS: Readonly<Record<string, CompileOperator>> = {
  ...LOGIC,
  ...ARITHMETIC,
  ...ARRAYS,
  ...OBJECTS,
  ...STRINGS,
  ...CONVERSIONS,
  ...DATES,
  ...SUMMARIES,
};
