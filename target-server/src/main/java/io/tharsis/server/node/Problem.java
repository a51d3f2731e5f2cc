package io.tharsis.server.node;

/**
 * Something that only an operator can put right: a stable code, what is wrong, and what to do next.
 *
 * @param code stable word for scripts and for searching the documentation, {@code like-this}
 * @param cause one sentence with the facts
 * @param next the next command or option to try
 */
public record Problem(String code, String cause, String next) {

  @Override
  public String toString() {
    return cause + " [" + code + "]. Try: " + next;
  }
}
