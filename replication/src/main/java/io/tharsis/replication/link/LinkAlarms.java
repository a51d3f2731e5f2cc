package io.tharsis.replication.link;

import io.tharsis.replication.wire.Hello;
import java.util.UUID;

/** Told what an operator must hear about. Called on the door's owner. */
public interface LinkAlarms {

  /**
   * A node was met in two incarnations at a time: a cloned machine, or two daemons with one data
   * directory. Told at the end that sees it and at the end that is refused; it may be this node
   * itself that exists twice.
   *
   * @param met the incarnation that was refused
   * @param livingIncarnation the one that is linked; the same as that of {@code met} where this
   *     node was the one refused and cannot know it
   * @param words for people
   */
  void cloneMet(Hello.Sender met, UUID livingIncarnation, String words);
}
