import { model, Schema, type Types } from "mongoose";

/** What is kept of a file beside its bytes. */
export interface FileMetadata {
  workspaceId: Types.ObjectId;
  /** Who uploaded it: only they may put it into a message. */
  owner: string;
  type: string;
  sha256: string;
  width?: number;
  height?: number;
  /** Uploaded for a message that is not sent yet. */
  unattachedSince?: Date;
}

/** GridFS's own collection of files, for what its bucket has no call. */
const schema = new Schema(
  { metadata: { unattachedSince: Date, owner: String } },
  { autoIndex: false, strict: false, strictQuery: false },
);
schema.index({ "metadata.unattachedSince": 1 }, { sparse: true });

export const AttachmentFileModel = model("attachmentFile", schema, "attachments.files");

/** The bytes, by file and place: the driver makes this index only while there is no file yet. */
const chunkSchema = new Schema({}, { autoIndex: false, strict: false });
chunkSchema.index({ files_id: 1, n: 1 }, { unique: true });

export const AttachmentChunkModel = model("attachmentChunk", chunkSchema, "attachments.chunks");
