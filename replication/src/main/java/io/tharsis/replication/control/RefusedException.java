package io.tharsis.replication.control;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Something cannot go on until an operator has acted; carries what to tell them, every reason at
 * once. An {@link IOException}, because it is the world that refuses, and it goes the way of the
 * world's failures.
 */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient List<Refusal> refusals;

  /** The exception for one refusal. */
  public RefusedException(Refusal refusal) {
    this(List.of(refusal));
  }

  /** The exception for several refusals, at least one. */
  public RefusedException(List<Refusal> refusals) {
    super(refusals.stream().map(Refusal::toString).collect(Collectors.joining("; ")));
    if (refusals.isEmpty()) {
      throw new IllegalArgumentException("refused without a reason");
    }
    this.refusals = List.copyOf(refusals);
  }

  /** The first thing to tell the operator. */
  public Refusal refusal() {
    return refusals.getFirst();
  }

  /** Everything to tell the operator; at least one. */
  public List<Refusal> refusals() {
    return refusals;
  }
}
