package io.tharsis.it.initiator;

import java.io.IOException;
import java.io.Serial;

/**
 * The connection to the target is gone; every command in flight has completed as {@link
 * CommandStatus#LOST}.
 */
public final class ConnectionLostException extends IOException {

  @Serial private static final long serialVersionUID = 1L;

  ConnectionLostException(String message) {
    super(message);
  }
}
