import type { BsonDocument } from "./types.ts";

/** MongoDB's error codes by name (src/mongo/base/error_codes.yml). A code that is not here is named `Location<code>`. */
export const ErrorCode = {
  InternalError: 1,
  BadValue: 2,
  NoSuchKey: 4,
  GraphContainsCycle: 5,
  HostUnreachable: 6,
  HostNotFound: 7,
  UnknownError: 8,
  FailedToParse: 9,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  ProtocolError: 17,
  AuthenticationFailed: 18,
  IllegalOperation: 20,
  InvalidBSON: 22,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  CannotBackfillArray: 30,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  InvalidDBRef: 55,
  EmptyFieldName: 56,
  DottedFieldName: 57,
  CommandNotFound: 59,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  NoReplicationEnabled: 76,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  OperationFailed: 96,
  WriteConflict: 112,
  CommandNotSupported: 115,
  ConflictingOperationInProgress: 117,
  DocumentValidationFailure: 121,
  NotAReplicaSet: 123,
  ExceededMemoryLimit: 146,
  NonExistentPath: 158,
  ViewDepthLimitExceeded: 165,
  CommandNotSupportedOnView: 166,
  OptionNotSupportedOnView: 167,
  InvalidPipelineOperator: 168,
  CannotIndexParallelArrays: 171,
  QueryPlanKilled: 175,
  ClientMetadataCannotBeMutated: 186,
  InvalidIndexSpecificationOption: 197,
  QueryFeatureNotAllowed: 224,
  MaxSubPipelineDepthExceeded: 232,
  ConversionFailure: 241,
  NoQueryExecutionPlans: 291,
  QueryExceededMemoryLimitNoDiskUseAllowed: 292,
  DataCorruptionDetected: 301,
  InvalidSort: 313,
  APIVersionError: 322,
  APIStrictError: 323,
  APIDeprecationError: 324,
  CannotConvertIndexToUnique: 359,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  Interrupted: 11601,
  CursorInUse: 12051,
  OutOfDiskSpace: 14031,
} as const;

const nameByCode = new Map<number, string>(Object.entries(ErrorCode).map(([name, code]) => [code, name]));

/** The server's name for a code: `BadValue` for 2, `Location40324` for one without a name. */
export function codeName(code: number): string {
  return nameByCode.get(code) ?? `Location${code}`;
}

/**
 * An error the client gets in MongoDB's own words. `fields` are further members of the reply (keyPattern, keyValue, errInfo …),
 * `labels` its errorLabels.
 */
export class MongoError extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly fields: BsonDocument;
  readonly labels: readonly string[];

  constructor(
    code: number | keyof typeof ErrorCode,
    message: string,
    extra: { fields?: BsonDocument; labels?: readonly string[] } = {},
  ) {
    super(message);
    this.name = "MongoError";
    this.code = typeof code === "number" ? code : ErrorCode[code];
    this.codeName = codeName(this.code);
    this.fields = extra.fields ?? {};
    this.labels = extra.labels ?? [];
  }

  /** The same error, told as the consequence of another's attempt: `context :: caused by :: message`. */
  within(context: string): MongoError {
    const { code, fields, labels } = this;
    return new MongoError(code, `${context} :: caused by :: ${this.message}`, { fields, labels });
  }
}
