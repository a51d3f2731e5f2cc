package io.tharsis.replication.node;

import io.tharsis.replication.node.HandoverModelWorld.Life;
import io.tharsis.replication.node.HandoverModelWorld.Member;
import io.tharsis.replication.node.HandoverModelWorld.Role;
import io.tharsis.replication.node.HandoverModelWorld.Serving;
import io.tharsis.replication.node.HandoverModelWorld.Title;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The rules of a handover between two nodes, small enough to be walked through wholly: every step
 * that any of them, the network, the disks or an operator can take from a state. {@link
 * HandoverModelExplorer} walks, {@link HandoverModelLaws} judges.
 */
final class HandoverModel {

  /**
   * How large the model is.
   *
   * @param writes how many are begun
   * @param asksOfA how many epoch ids a asks for, at most 1
   * @param asksOfB how many epoch ids b asks for, at most 2
   * @param trouble what else may happen
   */
  record Limits(int writes, int asksOfA, int asksOfB, Trouble trouble) {}

  /** What may happen besides crashes, lost messages and failing disks, which always may. */
  enum Trouble {
    /** Nothing. */
    NONE,
    /** Once, a secondary begins anew. */
    RENEWAL,
    /** An operator has a primary give the role up without a successor, and take it again. */
    ABDICATION,
    /** An operator forces a promotion, at one node. */
    FORCED,
    /** The same, and one node is gone for ever before that. */
    GONE
  }

  /** What a message says. Both FROZEN and GRANTED tell where the log ends, and in which epoch. */
  enum Kind {
    FREEZE,
    FROZEN,
    GRANT,
    GRANTED,
    /** To who has granted: the replica to which it was granted is no more. */
    IN_VAIN,
    ACCEPTED
  }

  /** A message to a node. What it does not tell is 0. */
  record Message(Kind kind, int to, char epoch, int end, char base, int membership) {
    @Override
    public String toString() {
      return "%s(%s@%d)".formatted(kind, epoch == NONE ? "" : epoch, end);
    }
  }

  /** Where steps go. */
  interface Sink {
    /**
     * A step that can be taken.
     *
     * @param heals whether it is one that things take by themselves when nothing fails any more
     */
    void step(String what, int node, boolean heals, HandoverModelWorld next);
  }

  private static final String EPOCHS_OF_A = "3";
  private static final String EPOCHS_OF_B = "12";
  private static final char NONE = HandoverModelWorld.NO_EPOCH;

  private final Limits limits;
  private final Set<HandoverModelFlaw> flaws;
  private final List<Message> messages = new ArrayList<>();
  private final Map<Message, Integer> numbers = new HashMap<>();

  HandoverModel(Limits limits, Set<HandoverModelFlaw> flaws) {
    this.limits = limits;
    this.flaws = flaws;
  }

  private boolean has(HandoverModelFlaw flaw) {
    return flaws.contains(flaw);
  }

  /** All steps from a state. */
  void steps(HandoverModelWorld world, Sink out) {
    for (int node = 0; node < 2; node++) {
      if (world.node(node).isUp()) {
        alone(world, node, out);
      } else if (world.node(node).life() == Life.DOWN) {
        down(world, node, out);
      }
    }
    for (int i = 0; i < messages.size(); i++) {
      Message message = messages.get(i);
      if ((world.net() & 1L << i) != 0 && world.node(message.to()).isUp()) {
        deliver(world, message, out);
      }
    }
    if (world.net() != 0) {
      out.step("all messages are lost", -1, false, world.net(0));
    }
  }

  /** The messages that may arrive, for a trace. */
  List<Message> inFlight(HandoverModelWorld world) {
    return messages.stream().filter(m -> (world.net() & 1L << numbers.get(m)) != 0).toList();
  }

  private HandoverModelWorld send(HandoverModelWorld world, Message message) {
    int number =
        numbers.computeIfAbsent(
            message,
            fresh -> {
              messages.add(fresh);
              return messages.size() - 1;
            });
    if (number >= Long.SIZE) {
      throw new IllegalStateException("more messages than bits: " + messages);
    }
    return world.net(world.net() | 1L << number);
  }

  // ---- what a node does by itself ----

  private void down(HandoverModelWorld world, int node, Sink out) {
    HandoverModelWorld up = world.with(node, world.node(node).living());
    Title found = up.node(node).disk();
    if (has(HandoverModelFlaw.RESTARTS_ALTHOUGH_GRANTED) && found.is(Role.GRANTED)) {
      Title before = up.node(node).before();
      out.step("starts", node, true, serve(up.with(node, up.node(node).settled(before)), node));
    } else {
      out.step("starts", node, true, found.is(Role.PRIMARY) ? serve(up, node) : up);
    }
    boolean otherThere = world.node(1 - node).life() != Life.GONE;
    if (limits.trouble() == Trouble.GONE && world.forcedAt() < 0 && otherThere) {
      HandoverModelWorld gone = world.with(node, world.node(node).ended(Life.GONE));
      out.step("is gone for ever", node, false, gone);
    }
  }

  /** Begins the epoch of its deed, if the log has not begun it, and tells it. */
  private HandoverModelWorld serve(HandoverModelWorld world, int node) {
    Member here = world.node(node);
    char epoch = here.memory().epoch();
    Member begun = here.knows(epoch) ? here : here.logging(epoch);
    return send(
        world.with(node, begun.serving(Serving.ALL)).wrote(node, epoch),
        new Message(Kind.ACCEPTED, 1 - node, epoch, 0, NONE, 0));
  }

  private void alone(HandoverModelWorld world, int node, Sink out) {
    Member here = world.node(node);
    out.step("crashes", node, false, world.with(node, here.ended(Life.DOWN)));
    write(world, node, out);
    if (here.serving() == Serving.FROZEN
        && (!here.unsure() || has(HandoverModelFlaw.THAWED_WHILE_UNSURE))) {
      out.step("waits no longer", node, true, world.with(node, here.serving(Serving.ALL)));
    }
    if (here.unsure() && !has(HandoverModelFlaw.STAYS_UNSURE)) {
      out.step("writes its deed again", node, true, world.with(node, here.settled(here.memory())));
      out.step("fails again", node, false, world.with(node, here.unsure(here.memory())));
    }
    if (here.is(Role.SECONDARY) && !here.unsure() && world.asked(node) < ids(node).length()) {
      Message freeze = new Message(Kind.FREEZE, 1 - node, NONE, 0, NONE, 0);
      out.step("asks for a freeze", node, false, send(world, freeze));
    }
    renew(world, node, out);
    abdicate(world, node, out);
    if (here.is(Role.GRANTED)
        && !here.memory().isToNobody()
        && !has(HandoverModelFlaw.TELLS_ONCE)) {
      out.step("tells what it has granted", node, true, tell(world, node));
    }
    fetch(world, node, out);
    force(world, node, out);
  }

  private String ids(int node) {
    return node == 0
        ? EPOCHS_OF_A.substring(0, limits.asksOfA())
        : EPOCHS_OF_B.substring(0, limits.asksOfB());
  }

  /** Grants the role to nobody yet; takes that again, in another epoch. Once. */
  private void abdicate(HandoverModelWorld world, int node, Sink out) {
    Member here = world.node(node);
    Title is = here.memory();
    boolean fresh =
        !world.a().knows(HandoverModelWorld.RESUMED)
            && !world.b().knows(HandoverModelWorld.RESUMED);
    if (limits.trouble() != Trouble.ABDICATION || !fresh) {
      return;
    }
    int end = here.log().length();
    if (here.serving() == Serving.ALL && !here.writing()) {
      Title title = Title.toNobody(end, here.newest());
      HandoverModelWorld held = world.with(node, here.serving(Serving.FROZEN));
      put("gives the role up", held, node, title, next -> ceded(next, node), out);
    }
    boolean mine =
        is.isToNobody() || (has(HandoverModelFlaw.RESUMES_ALTHOUGH_GRANTED) && is.is(Role.GRANTED));
    if (here.isUp() && mine) {
      Title title = Title.primary(HandoverModelWorld.RESUMED, end, here.newest());
      put("takes the role again", world, node, title, next -> serve(next, node), out);
    }
  }

  private void write(HandoverModelWorld world, int node, Sink out) {
    Member here = world.node(node);
    if (here.writing()) {
      Member done = here.writing(false).logging(here.memory().epoch());
      out.step("answers a write", node, false, world.with(node, done).acknowledged());
    } else if (here.serving() == Serving.ALL && world.acked() < limits.writes()) {
      out.step("begins a write", node, false, world.with(node, here.writing(true)));
    }
  }

  private HandoverModelWorld tell(HandoverModelWorld world, int node) {
    Title it = world.node(node).memory();
    return send(world, granting(1 - node, it));
  }

  private static Message granting(int to, Title it) {
    return new Message(Kind.GRANTED, to, it.epoch(), it.end(), it.base(), it.membership());
  }

  private void renew(HandoverModelWorld world, int node, Sink out) {
    Member here = world.node(node);
    boolean fresh = world.a().membership() + world.b().membership() == 2;
    if (limits.trouble() == Trouble.RENEWAL && fresh && here.is(Role.SECONDARY)) {
      out.step("begins anew", node, false, world.with(node, here.renewed()));
    }
  }

  /** One more record of the other's log, if that goes on where this one ends. */
  private void fetch(HandoverModelWorld world, int node, Sink out) {
    Member here = world.node(node);
    Member there = world.node(1 - node);
    boolean follows =
        !here.is(Role.PRIMARY) && (!here.unsure() || has(HandoverModelFlaw.FOLLOWS_WHILE_UNSURE));
    int length = here.log().length();
    if (follows
        && there.isUp()
        && there.log().length() > length
        && there.log().startsWith(here.log())) {
      out.step("fetches", node, true, world.with(node, here.logging(there.log().charAt(length))));
    }
  }

  private void force(HandoverModelWorld world, int node, Sink out) {
    Member here = world.node(node);
    boolean neverBegun =
        !here.knows(HandoverModelWorld.FORCED)
            && !world.node(1 - node).knows(HandoverModelWorld.FORCED);
    boolean fresh = world.forcedAt() < 0 || (world.forcedAt() == node && neverBegun);
    boolean may = limits.trouble() == Trouble.FORCED || limits.trouble() == Trouble.GONE;
    if (may && fresh && !here.is(Role.PRIMARY)) {
      Title title = Title.primary(HandoverModelWorld.FORCED, here.log().length(), here.newest());
      put("is forced", world.forced(node), node, title, next -> serve(next, node), out);
    }
  }

  /** Writes a deed: it succeeds, or nobody knows what became of it. */
  private static void put(
      String why,
      HandoverModelWorld world,
      int node,
      Title title,
      UnaryOperator<HandoverModelWorld> then,
      Sink out) {
    Member here = world.node(node);
    out.step(why, node, true, then.apply(world.with(node, here.settled(title))));
    out.step(why + ", which fails (written)", node, false, world.with(node, here.unsure(title)));
    out.step(why + ", which fails", node, false, world.with(node, here.unsure(here.disk())));
  }

  // ---- what a node does when a message comes ----

  private void deliver(HandoverModelWorld world, Message message, Sink out) {
    switch (message.kind()) {
      case FREEZE -> freeze(world, message.to(), out);
      case FROZEN -> frozen(world, message, out);
      case GRANT -> grant(world, message, out);
      case GRANTED -> granted(world, message, out);
      case IN_VAIN -> takeBack(world, message, out);
      case ACCEPTED -> accepted(world, message, out);
    }
  }

  /** All that was begun is durable and answered first. */
  private void freeze(HandoverModelWorld world, int node, Sink out) {
    Member here = world.node(node);
    boolean quiet = !here.writing() || has(HandoverModelFlaw.FROZEN_WHILE_WRITING);
    Message told = new Message(Kind.FROZEN, 1 - node, NONE, here.log().length(), here.newest(), 0);
    if (here.memory().isToNobody()) {
      out.step("tells its end", node, true, send(world, told));
    } else if (here.reads() && !here.unsure() && quiet) {
      HandoverModelWorld held = world.with(node, here.serving(Serving.FROZEN));
      out.step("is frozen and tells its end", node, true, send(held, told));
    }
  }

  /** Waits until it has the log up to that end, and asks for the role with a new id. */
  private void frozen(HandoverModelWorld world, Message end, Sink out) {
    int node = end.to();
    Member here = world.node(node);
    if (here.is(Role.SECONDARY)
        && !here.unsure()
        && here.has(end.end(), end.base())
        && world.asked(node) < ids(node).length()) {
      char id = ids(node).charAt(world.asked(node));
      Message asking =
          new Message(Kind.GRANT, 1 - node, id, end.end(), end.base(), here.membership());
      out.step("has that and asks for the role", node, true, send(world.asking(node), asking));
    }
  }

  private void grant(HandoverModelWorld world, Message wish, Sink out) {
    int node = wish.to();
    Member here = world.node(node);
    if (here.is(Role.GRANTED) && !here.memory().isToNobody()) {
      if (has(HandoverModelFlaw.GRANTS_TWICE)) {
        Title is = here.memory();
        Title other = new Title(Role.GRANTED, wish.epoch(), is.end(), is.base(), wish.membership());
        put("grants another id", world, node, other, next -> tell(next, node), out);
      } else {
        out.step("tells what it has granted", node, true, tell(world, node));
      }
      return;
    }
    boolean held =
        here.serving() == Serving.FROZEN
            || here.is(Role.GRANTED)
            || (has(HandoverModelFlaw.GRANTS_AFTER_THAW) && here.reads() && !here.writing());
    boolean same = here.log().length() == wish.end() && here.newest() == wish.base();
    boolean whatever =
        has(HandoverModelFlaw.GRANTS_IN_ANY_FREEZE) || has(HandoverModelFlaw.GRANTS_AFTER_THAW);
    if (!held || !(same || whatever)) {
      return;
    }
    Title title =
        new Title(
            Role.GRANTED, wish.epoch(), here.log().length(), here.newest(), wish.membership());
    if (has(HandoverModelFlaw.SENT_BEFORE_DURABLE)) {
      out.step("tells a grant too early", node, false, send(world, granting(1 - node, title)));
    }
    put("grants", world, node, title, next -> ceded(next, node), out);
  }

  private HandoverModelWorld ceded(HandoverModelWorld world, int node) {
    boolean toSomebody = !world.node(node).memory().isToNobody();
    HandoverModelWorld told = toSomebody ? tell(world, node) : world;
    return has(HandoverModelFlaw.READS_AFTER_GRANT)
        ? told
        : told.with(node, told.node(node).serving(Serving.NOTHING));
  }

  /** As an answer or by itself: what counts is what it says. */
  private void granted(HandoverModelWorld world, Message handed, Sink out) {
    int node = handed.to();
    Member here = world.node(node);
    if (handed.membership() != here.membership() && !has(HandoverModelFlaw.ANY_MEMBERSHIP)) {
      if (!here.unsure() && !has(HandoverModelFlaw.NEVER_IN_VAIN)) {
        Message vain =
            new Message(Kind.IN_VAIN, 1 - node, handed.epoch(), 0, NONE, handed.membership());
        out.step("says that it was granted in vain", node, true, send(world, vain));
      }
      return;
    }
    boolean whole = has(HandoverModelFlaw.NO_END_CHECK) || here.log().length() >= handed.end();
    boolean unused = has(HandoverModelFlaw.TAKES_USED_GRANTS) || here.newest() == handed.base();
    if (!here.is(Role.SECONDARY) || !whole || !unused) {
      return;
    }
    Title title = Title.primary(handed.epoch(), handed.end(), handed.base());
    if (has(HandoverModelFlaw.SERVES_BEFORE_ACCEPTED)) {
      HandoverModelWorld early = world.with(node, here.pretending(title));
      out.step("serves too early", node, false, serve(early, node));
    }
    put("accepts", world, node, title, next -> serve(next, node), out);
  }

  /** Nobody can ever begin that epoch: it is as if it had not been granted. */
  private void takeBack(HandoverModelWorld world, Message vain, Sink out) {
    int node = vain.to();
    Member here = world.node(node);
    Title it = here.memory();
    if (here.is(Role.GRANTED)
        && it.epoch() == vain.epoch()
        && it.membership() == vain.membership()) {
      put("takes the role back", world, node, here.before(), next -> serve(next, node), out);
    }
  }

  private void accepted(HandoverModelWorld world, Message begun, Sink out) {
    int node = begun.to();
    Member here = world.node(node);
    boolean later = begun.epoch() == HandoverModelWorld.FORCED && !here.knows(begun.epoch());
    if (here.is(Role.GRANTED) && (later || here.memory().epoch() == begun.epoch())) {
      put("hears of the new primary", world, node, Title.SECONDARY, next -> next, out);
    } else if (here.is(Role.PRIMARY) && here.reads() && later) {
      Member stopped = here.serving(Serving.STOPPED).writing(false);
      out.step("hears of a forced primary", node, true, world.with(node, stopped));
    }
  }
}
