package io.tharsis.replication.directory;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.format.FormatException;
import io.tharsis.logfiles.format.Reading;
import io.tharsis.logfiles.format.Scratch;
import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One of the two halves of a document's file. A value.
 *
 * @param sequence one more with every writing of the file; even numbers live in the first half
 * @param held the document
 */
record Slot(long sequence, Held held) {

  static final int VERSION = 1;
  static final int OLDEST_READER = 1;
  static final int BLOCK_BYTES = 4096;
  static final int AT_MAGIC = 0;
  static final int AT_CRC = 8;
  static final int AT_VERSION = 12;
  static final int AT_OLDEST_READER = 14;
  static final int AT_SEQUENCE = 16;
  static final int AT_DOCUMENT_BYTES = 24;
  static final int AT_RESERVED = 28;
  static final int AT_DOCUMENT = 32;
  static final int MAX_BYTES = Document.MAX_BYTES + BLOCK_BYTES;

  private static final byte[] MAGIC = "THARSISD".getBytes(StandardCharsets.US_ASCII);

  /** Sizes that halves of files have: the smallest that fits is taken. */
  static final int[] SIZES = {BLOCK_BYTES, 4 * BLOCK_BYTES, MAX_BYTES};

  /** Bytes of the half of a file for a document. */
  static int sizeFor(Held held) {
    for (int size : SIZES) {
      if (AT_DOCUMENT + held.bytes().sizeBytes() <= size) {
        return size;
      }
    }
    throw new Invariant.Broken("a document of " + held.bytes().sizeBytes() + " bytes");
  }

  /** Which half of a file it lives in: 0 or 1. */
  int half() {
    return (int) (sequence & 1);
  }

  /** The slot as it is written: a direct buffer of whole blocks, aligned. */
  ByteBuffer encode() {
    try (Scratch into = new Scratch(MAX_BYTES)) {
      into.putBytes(MAGIC).putInt(0).putShort(VERSION).putShort(OLDEST_READER).putLong(sequence);
      into.putInt(held.bytes().sizeBytes()).putInt(0).putBytes(held.bytes().toByteArray());
      into.setInt(AT_CRC, into.crc(AT_VERSION));
      into.alignTo(BLOCK_BYTES);
      ByteBuffer blocks =
          ByteBuffer.allocateDirect(into.sizeBytes() + BLOCK_BYTES)
              .alignedSlice(BLOCK_BYTES)
              .slice(0, into.sizeBytes());
      into.copyTo(blocks, 0);
      return blocks;
    }
  }

  /** Reads a slot of {@code bytes} at index {@code at}; never throws. */
  static Reading<Slot> decode(ByteBuffer from, int at, int bytes) {
    if (isBlank(from, at)) {
      return new Reading.Blank<>();
    }
    try (Scratch scratch = new Scratch(MAX_BYTES)) {
      return take(from, at, bytes, scratch.load(from, at, bytes));
    } catch (FormatException e) {
      return new Reading.Corrupt<>(e.getMessage());
    } catch (Invariant.Broken e) {
      return new Reading.Corrupt<>("impossible value: " + e.getMessage());
    }
  }

  private static boolean isBlank(ByteBuffer from, int at) {
    for (int i = at; i < at + BLOCK_BYTES; i++) {
      if (from.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private static Reading<Slot> take(ByteBuffer from, int at, int bytes, Scratch slot)
      throws FormatException {
    if (!Blob.of(slot.takeBytes(MAGIC.length)).equals(Blob.of(MAGIC))) {
      return new Reading.Corrupt<>("magic is missing");
    }
    int crc = slot.takeInt();
    slot.takeShort();
    int oldestReader = slot.takeShort();
    long sequence = slot.takeLong();
    int documentBytes = slot.takeCount(bytes - AT_DOCUMENT);
    slot.takeInt();
    try (Scratch whole = new Scratch(MAX_BYTES)) {
      if (whole.load(from, at, AT_DOCUMENT + documentBytes).crc(AT_VERSION) != crc) {
        return new Reading.Corrupt<>("checksum does not match");
      }
    }
    if (oldestReader > VERSION) {
      return new Reading.TooNew<>("needs format version " + oldestReader + ", this is " + VERSION);
    }
    return new Reading.Sound<>(
        new Slot(sequence, Held.decode(Blob.of(slot.takeBytes(documentBytes)))));
  }
}
