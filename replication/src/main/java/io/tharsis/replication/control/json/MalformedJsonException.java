package io.tharsis.replication.control.json;

import java.io.IOException;

/** A text is no JSON, or not of the form that is expected there; the message says where. */
public final class MalformedJsonException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedJsonException(String message) {
    super(message);
  }
}
