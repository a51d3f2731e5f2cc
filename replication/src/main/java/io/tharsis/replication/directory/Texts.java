package io.tharsis.replication.directory;

import io.tharsis.logfiles.seam.Invariant;

/** The limits of what contents may hold. */
final class Texts {

  private Texts() {}

  static void check(String text, int maxBytes, String what) {
    Invariant.check(Bytes.utf8Bytes(text) <= maxBytes, what, text.length());
  }

  /** A name of a node or a resource: the rule is the trust's and the verbs', the limit is ours. */
  static void checkName(String name) {
    Invariant.check(!name.isEmpty(), "empty name");
    check(name, Content.MAX_NAME_BYTES, "name");
  }

  static void checkCount(int count, int most, String what) {
    Invariant.check(count <= most, what, count);
  }
}
