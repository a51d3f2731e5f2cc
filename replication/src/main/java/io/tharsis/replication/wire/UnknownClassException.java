package io.tharsis.replication.wire;

import java.io.IOException;

/**
 * A {@link Hello} for a class of link that this version does not know. Not a damage: a newer node
 * may say so, and is refused in words.
 */
public final class UnknownClassException extends IOException {
  private static final long serialVersionUID = 1L;

  UnknownClassException(int code) {
    super("class of link " + code);
  }
}
