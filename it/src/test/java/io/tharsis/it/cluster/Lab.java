package io.tharsis.it.cluster;

import java.io.IOException;
import java.util.List;

/**
 * Three places with a line each to a network that this host is at too; gone after {@link #close}.
 */
interface Lab extends AutoCloseable {

  /** Which of the three. */
  enum Line {
    ALPHA(1),
    BETA(2),
    GAMMA(3);

    private final int number;

    Line(int number) {
      this.number = number;
    }

    /** From 1 on. */
    int number() {
      return number;
    }
  }

  /** Where nodes run, in the order of the lines. */
  List<Place> places();

  /** From here on nothing passes; nobody is told. */
  void cut(Line line) throws IOException;

  /** Ends {@link #cut}. */
  void heal(Line line) throws IOException;

  /** The end of a line that is on this host, as {@code ip link} names it. */
  String outside(Line line) throws IOException;

  @Override
  void close() throws IOException;
}
