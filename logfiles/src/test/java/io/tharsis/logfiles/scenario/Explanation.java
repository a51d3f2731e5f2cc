package io.tharsis.logfiles.scenario;

import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;

/**
 * Which prefixes of an order of changes explain what was observed. For every cell the lengths of
 * prefix that explain it are intervals; a length that lies in an interval of every cell explains
 * everything. Lengths count changes of the order given.
 */
final class Explanation {

  /** An observation that anything explains. */
  static final long ANY = -2;

  private static final int SHOWN = 6;

  private final List<Change> order;
  private final long[] base;
  private final long[] observed;
  private final int[] explained;

  Explanation(long[] base, List<Change> order, long[] observed) {
    this.order = List.copyOf(order);
    this.base = base.clone();
    this.observed = observed.clone();
    this.explained = new int[order.size() + 2];
    count();
  }

  private void count() {
    int[] since = new int[base.length];
    for (int cell = 0; cell < base.length; cell++) {
      since[cell] = matches(cell, base[cell]) ? 0 : -1;
    }
    for (int length = 1; length <= order.size(); length++) {
      Change change = order.get(length - 1);
      for (int cell = change.from(); cell < change.to(); cell++) {
        close(since[cell], length);
        since[cell] = matches(cell, change.version()) ? length : -1;
      }
    }
    for (int begun : since) {
      close(begun, order.size() + 1);
    }
    Arrays.parallelPrefix(explained, Integer::sum);
  }

  private void close(int since, int end) {
    if (since >= 0) {
      explained[since]++;
      explained[end]--;
    }
  }

  private boolean matches(int cell, long version) {
    return observed[cell] == ANY || observed[cell] == version;
  }

  /** The longest prefix that explains everything; -1 if none does. */
  int longest() {
    for (int length = order.size(); length >= 0; length--) {
      if (explained[length] == base.length) {
        return length;
      }
    }
    return -1;
  }

  /** How long a prefix must be to hold everything up to a sequence number. */
  int lengthUpTo(long sequence) {
    int length = 0;
    while (length < order.size() && order.get(length).sequence() <= sequence) {
      length++;
    }
    return length;
  }

  /** What a prefix of that length does not explain, for people. */
  String contradictions(int length, Cells cells) {
    long[] content = base.clone();
    for (Change change : order.subList(0, length)) {
      Arrays.fill(content, change.from(), change.to(), change.version());
    }
    StringJoiner text = new StringJoiner("; ");
    int shown = 0;
    int wrong = 0;
    for (int cell = 0; cell < content.length; cell++) {
      if (!matches(cell, content[cell])) {
        wrong++;
        if (shown < SHOWN) {
          shown++;
          text.add(cells.name(cell) + " has " + observed[cell] + ", not " + content[cell]);
        }
      }
    }
    return wrong + " cells: " + text;
  }

  /** The prefix that explains most. */
  int best() {
    int best = 0;
    for (int length = 0; length <= order.size(); length++) {
      if (explained[length] >= explained[best]) {
        best = length;
      }
    }
    return best;
  }

  /** The change at the end of a prefix, for people. */
  String at(int length) {
    return length == 0 ? "the beginning" : order.get(length - 1).toString();
  }
}
