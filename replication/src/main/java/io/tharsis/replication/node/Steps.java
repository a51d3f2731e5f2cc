package io.tharsis.replication.node;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.directory.Turns;
import java.util.function.Supplier;

/** Runs what is about one replica one after the other. Lives on the node's owner. */
final class Steps {

  private static final String ONLY = "";

  private final Turns<String> turns = new Turns<>();

  <T> Async<T> take(Supplier<Async<T>> step) {
    return turns.take(ONLY, step);
  }
}
