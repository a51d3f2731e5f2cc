package io.tharsis.replication.node;

import io.tharsis.replication.node.HandoverModelWorld.Member;
import io.tharsis.replication.node.HandoverModelWorld.Role;
import io.tharsis.replication.node.HandoverModelWorld.Serving;
import io.tharsis.replication.node.HandoverModelWorld.Title;

/** What must hold in every state of a handover. */
final class HandoverModelLaws {

  private HandoverModelLaws() {}

  /** What is wrong with a state; empty if nothing is. */
  static String broken(HandoverModelWorld world) {
    if (world.forcedAt() < 0 && world.a().reads() && world.b().reads()) {
      return "two serve at once";
    }
    for (int epoch = 0; epoch < HandoverModelWorld.EPOCHS.length(); epoch++) {
      if (((world.served() >> (2 * epoch)) & 3) == 3) {
        return "two have written the epoch " + HandoverModelWorld.EPOCHS.charAt(epoch);
      }
    }
    String first = broken(world, 0);
    return first.isEmpty() ? broken(world, 1) : first;
  }

  private static String broken(HandoverModelWorld world, int node) {
    Member here = world.node(node);
    Member there = world.node(1 - node);
    String name = node == 0 ? "a" : "b";
    if (!isOneRun(here.log())) {
      return name + " goes on with an epoch that has ended: " + here.log();
    }
    if (!here.reads()) {
      return "";
    }
    if (world.forcedAt() < 0 && here.writes() < world.acked()) {
      return name + " serves without all that was acknowledged";
    }
    Title title = here.memory();
    if (!title.is(Role.PRIMARY)) {
      return name + " serves and is " + title;
    }
    boolean first = title.epoch() == HandoverModelWorld.FIRST;
    int begins = here.log().indexOf(title.epoch());
    if (!first && (begins != title.end() || here.log().charAt(begins - 1) != title.base())) {
      return name + " has begun its epoch elsewhere than it was allowed to: " + here.log();
    }
    if (there.reads() && there.memory().epoch() == title.base() && planned(title)) {
      return "who has granted still serves";
    }
    return isGrantedBy(there, title)
            && !here.log().startsWith(there.log().substring(0, title.end()))
        ? name + " has another log than the one that it was granted"
        : "";
  }

  private static boolean planned(Title title) {
    return title.epoch() != HandoverModelWorld.FORCED;
  }

  private static boolean isGrantedBy(Member there, Title title) {
    return there.disk().is(Role.GRANTED) && there.disk().epoch() == title.epoch();
  }

  /** Every epoch is one piece of the log. */
  private static boolean isOneRun(String log) {
    for (int i = 1; i < log.length(); i++) {
      if (log.charAt(i) != log.charAt(i - 1) && log.indexOf(log.charAt(i)) < i) {
        return false;
      }
    }
    return true;
  }

  /** Whether somebody serves: what must stay within reach. */
  static boolean isWell(HandoverModelWorld world) {
    return world.a().serving() == Serving.ALL || world.b().serving() == Serving.ALL;
  }
}
