package io.tharsis.logfiles.format;

/** What can be said about bytes where a record should be. */
public enum RecordVerdict {
  /** What was checked is sound. */
  OK,
  /** There is no record: blank, or something else. */
  NOT_A_RECORD,
  /** The header is damaged, or was written for another logfile. */
  HEADER_CORRUPT,
  /** A sound header of this very logfile that belongs to another place. */
  WRONG_LSN,
  /** The buffer ends before the header or the body does (if its length is to be believed). */
  TRUNCATED,
  /** Sound, of a type this version does not know; see {@link RecordView#isSkippable}. */
  UNKNOWN_TYPE,
  /** Sound, with flags or reserved bits this version does not know: the log must be refused. */
  UNKNOWN_FLAG,
  /** Sound, with a codec this version does not read; see {@link Codec#refusal}. */
  UNREADABLE_CODEC,
  /** Sound, yet its lengths contradict each other or the limits of the format. */
  BAD_LENGTH,
  /** The header is sound, the payload or its padding is damaged. */
  BODY_CORRUPT
}
