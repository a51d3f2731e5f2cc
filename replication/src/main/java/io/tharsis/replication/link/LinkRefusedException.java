package io.tharsis.replication.link;

import io.tharsis.replication.wire.RefusalCode;
import java.io.IOException;

/** A link was refused, by the other node or by this one. */
public final class LinkRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final RefusalCode code;

  /** Says why, for programs and for people. */
  public LinkRefusedException(RefusalCode code, String words) {
    super(words);
    this.code = code;
  }

  /** Why, for programs. */
  public RefusalCode code() {
    return code;
  }
}
