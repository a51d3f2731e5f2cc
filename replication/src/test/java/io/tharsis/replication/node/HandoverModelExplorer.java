package io.tharsis.replication.node;

import io.tharsis.replication.node.HandoverModelWorld.Member;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Walks through every state of a {@link HandoverModel}, nearest first, so that what it finds is
 * found on a shortest way. Then it asks of every state whether one in which somebody serves can be
 * reached from there by healing steps alone.
 */
final class HandoverModelExplorer {

  /**
   * What came of it.
   *
   * @param states how many there are, or were seen before something was found
   * @param steps how many healing steps there are between them
   * @param found what is wrong, and how it comes to that; empty if nothing is wrong
   */
  record Result(int states, int steps, Optional<String> found) {}

  private static final int NODE_BITS = 20;

  private final HandoverModel model;
  private final Function<HandoverModelWorld, String> law;
  private final List<Member> members = new ArrayList<>();
  private final Map<Member, Integer> memberNumbers = new HashMap<>();
  private long[] high = new long[1 << 12];
  private long[] low = new long[1 << 12];
  private int[] parents = new int[1 << 12];
  private int[] table = new int[1 << 14];
  private int[] healing = new int[1 << 14];
  private int[] healingFrom = new int[1 << 12];
  private final BitSet well = new BitSet();
  private int states;
  private int steps;

  /**
   * @param law what is wrong with a state; empty if nothing is
   */
  HandoverModelExplorer(HandoverModel model, Function<HandoverModelWorld, String> law) {
    this.model = model;
    this.law = law;
  }

  Result explore() {
    add(HandoverModelWorld.start(), -1);
    for (int at = 0; at < states; at++) {
      int from = at;
      HandoverModelWorld world = world(at);
      String broken = law.apply(world);
      if (!broken.isEmpty()) {
        return new Result(states, steps, Optional.of(trace(at) + broken));
      }
      well.set(at, HandoverModelLaws.isWell(world));
      healingFrom[at] = steps;
      model.steps(
          world,
          (what, node, heals, next) -> {
            int to = add(next, from);
            if (heals) {
              heal(to);
            }
          });
    }
    return new Result(states, steps, stuck().map(at -> trace(at) + "nobody will ever serve"));
  }

  private void heal(int to) {
    if (steps == healing.length) {
      healing = Arrays.copyOf(healing, 2 * steps);
    }
    healing[steps++] = to;
  }

  /** The nearest state out of which no healing leads; empty if there is none. */
  private Optional<Integer> stuck() {
    boolean more = true;
    while (more) {
      more = false;
      for (int at = well.previousClearBit(states - 1);
          at >= 0;
          at = well.previousClearBit(at - 1)) {
        if (leadsToWell(at)) {
          well.set(at);
          more = true;
        }
      }
    }
    int first = well.nextClearBit(0);
    return first < states ? Optional.of(first) : Optional.empty();
  }

  private boolean leadsToWell(int at) {
    int end = at + 1 < states ? healingFrom[at + 1] : steps;
    for (int i = healingFrom[at]; i < end; i++) {
      if (well.get(healing[i])) {
        return true;
      }
    }
    return false;
  }

  // ---- states ----

  private int number(Member member) {
    Integer known = memberNumbers.putIfAbsent(member, members.size());
    if (known != null) {
      return known;
    }
    members.add(member);
    if (members.size() >= 1 << NODE_BITS) {
      throw new IllegalStateException("more states of a node than bits");
    }
    return members.size() - 1;
  }

  private long high(HandoverModelWorld world) {
    long packed = world.served();
    packed = packed << 4 | world.asked();
    packed = packed << 2 | world.forcedAt() + 1;
    packed = packed << 2 | world.acked();
    packed = packed << NODE_BITS | number(world.a());
    return packed << NODE_BITS | number(world.b());
  }

  private HandoverModelWorld world(int at) {
    long packed = high[at];
    Member b = members.get((int) packed & (1 << NODE_BITS) - 1);
    packed >>= NODE_BITS;
    Member a = members.get((int) packed & (1 << NODE_BITS) - 1);
    packed >>= NODE_BITS;
    int acked = (int) packed & 3;
    int forced = (int) (packed >> 2 & 3) - 1;
    int asked = (int) (packed >> 4 & 15);
    return new HandoverModelWorld(a, b, low[at], acked, asked, forced, (int) (packed >> 8));
  }

  /** Its number, anew or as it was. */
  private int add(HandoverModelWorld world, int parent) {
    long upper = high(world);
    int slot = slot(upper, world.net());
    if (table[slot] != 0) {
      return table[slot] - 1;
    }
    if (states == high.length) {
      grow();
      slot = slot(upper, world.net());
    }
    high[states] = upper;
    low[states] = world.net();
    parents[states] = parent;
    table[slot] = states + 1;
    return states++;
  }

  private int slot(long upper, long lower) {
    long mixed = (upper * 0x9E3779B97F4A7C15L ^ lower) * 0xBF58476D1CE4E5B9L;
    int slot = (int) (mixed >>> 32) & table.length - 1;
    while (table[slot] != 0 && (high[table[slot] - 1] != upper || low[table[slot] - 1] != lower)) {
      slot = slot + 1 & table.length - 1;
    }
    return slot;
  }

  private void grow() {
    int room = 2 * high.length;
    high = Arrays.copyOf(high, room);
    low = Arrays.copyOf(low, room);
    parents = Arrays.copyOf(parents, room);
    healingFrom = Arrays.copyOf(healingFrom, room);
    table = new int[4 * room];
    for (int i = 0; i < states; i++) {
      table[slot(high[i], low[i])] = i + 1;
    }
  }

  // ---- telling ----

  private String trace(int end) {
    List<Integer> way = new ArrayList<>();
    for (int at = end; at >= 0; at = parents[at]) {
      way.add(at);
    }
    Collections.reverse(way);
    StringBuilder text = new StringBuilder("\n");
    for (int i = 1; i < way.size(); i++) {
      text.append(step(world(way.get(i - 1)), world(way.get(i)))).append('\n');
    }
    return text.append("with ").append(model.inFlight(world(end))).append(": ").toString();
  }

  private String step(HandoverModelWorld from, HandoverModelWorld to) {
    List<String> words = new ArrayList<>();
    model.steps(
        from,
        (what, node, heals, next) -> {
          if (next.equals(to)) {
            words.add((node < 0 ? "" : node == 0 ? "a " : "b ") + what);
          }
        });
    return "%-40s a: %s; b: %s; %d acknowledged"
        .formatted(words.getFirst(), told(to.a()), told(to.b()), to.acked());
  }

  private static String told(Member member) {
    String disk = member.disk().equals(member.memory()) ? "" : " disk " + member.disk();
    return "%s %s%s%s %s"
        .formatted(
            member.isUp() ? member.serving() : member.life(),
            member.memory(),
            disk,
            member.unsure() ? " unsure" : "",
            member.log());
  }
}
