package io.tharsis.replication.node;

/**
 * One state of the small model of a handover: two nodes, the messages that may still arrive, and
 * what has happened. A value.
 *
 * @param net a set of messages, as {@link HandoverModel} numbers them. One that was delivered stays
 *     in it (duplicates, any order, any delay); losing all of them is a step of its own
 * @param acked how many writes were answered with GOOD
 * @param asked how many epoch ids each node has used up for asking, in two digits to the base 4
 * @param forcedAt where an operator has forced a promotion; -1 if nowhere
 * @param served who has written which epoch: bit 2 * epoch + node
 */
record HandoverModelWorld(
    Member a, Member b, long net, int acked, int asked, int forcedAt, int served) {

  /** Epoch ids: the first, two that b asks for, one that a asks for, forced, resumed. */
  static final String EPOCHS = "0123fr";

  static final char FIRST = '0';
  static final char FORCED = 'f';
  static final char RESUMED = 'r';
  static final char NO_EPOCH = '-';

  /** Whether the process runs. */
  enum Life {
    UP,
    DOWN,
    GONE
  }

  /** What a replica is by its deed. */
  enum Role {
    PRIMARY,
    SECONDARY,
    GRANTED
  }

  /** What initiators get. */
  enum Serving {
    NOTHING,
    ALL,
    /** Writes are held, reads are answered. */
    FROZEN,
    /** It has heard of a later epoch of which its own log knows nothing. */
    STOPPED
  }

  /**
   * What is durable of the role.
   *
   * @param epoch the one to write, or the one that was granted to the other
   * @param end where the log ended in which that epoch was allowed to begin
   * @param base the epoch that ended there
   * @param membership the other's, if something was granted to it; else 0
   */
  record Title(Role role, char epoch, int end, char base, int membership) {
    static final Title SECONDARY = new Title(Role.SECONDARY, NO_EPOCH, 0, NO_EPOCH, 0);

    /** Of who writes an epoch that began there. */
    static Title primary(char epoch, int end, char base) {
      return new Title(Role.PRIMARY, epoch, end, base, 0);
    }

    /** Of who has given the role up without a successor. */
    static Title toNobody(int end, char base) {
      return new Title(Role.GRANTED, NO_EPOCH, end, base, 0);
    }

    boolean is(Role other) {
      return role == other;
    }

    boolean isToNobody() {
      return role == Role.GRANTED && membership == 0;
    }

    @Override
    public String toString() {
      return this.equals(SECONDARY) ? "SECONDARY" : "%s(%s@%d)".formatted(role, epoch, end);
    }
  }

  /**
   * A node.
   *
   * @param disk the deed that a restart finds
   * @param memory the deed in force
   * @param unsure whether a write of the deed has failed, so that they may differ
   * @param writing whether a write is under way
   * @param membership made anew when the replica begins anew
   * @param log what is durable of it: each letter is a record of the epoch with that id, the first
   *     of an epoch is its beginning, the others are writes
   */
  record Member(
      Life life,
      Title disk,
      Title memory,
      boolean unsure,
      Serving serving,
      boolean writing,
      int membership,
      String log) {

    static Member of(Title title, Serving serving) {
      return new Member(Life.UP, title, title, false, serving, false, 1, "0");
    }

    boolean isUp() {
      return life == Life.UP;
    }

    boolean is(Role role) {
      return isUp() && memory.is(role);
    }

    boolean reads() {
      return serving == Serving.ALL || serving == Serving.FROZEN;
    }

    char newest() {
      return log.charAt(log.length() - 1);
    }

    boolean knows(char epoch) {
      return log.indexOf(epoch) >= 0;
    }

    /** Whether all of a log that ends so is here. */
    boolean has(int end, char base) {
      return log.length() >= end && log.charAt(end - 1) == base;
    }

    int writes() {
      return log.length() - (int) log.chars().distinct().count();
    }

    Member ended(Life how) {
      return new Member(how, disk, disk, false, Serving.NOTHING, false, membership, log);
    }

    Member living() {
      return new Member(Life.UP, disk, disk, false, Serving.NOTHING, false, membership, log);
    }

    Member serving(Serving next) {
      return new Member(life, disk, memory, unsure, next, writing, membership, log);
    }

    Member writing(boolean next) {
      return new Member(life, disk, memory, unsure, serving, next, membership, log);
    }

    Member logging(char epoch) {
      return new Member(life, disk, memory, unsure, serving, writing, membership, log + epoch);
    }

    /** The deed is durable and in force. */
    Member settled(Title title) {
      return new Member(life, title, title, false, serving, writing, membership, log);
    }

    /** The deed is in force, whatever the disk says. */
    Member pretending(Title title) {
      return new Member(life, disk, title, unsure, serving, writing, membership, log);
    }

    /** The replica has begun anew: without log, and nothing promised to the former one counts. */
    Member renewed() {
      return new Member(
          life, Title.SECONDARY, Title.SECONDARY, false, serving, writing, membership + 1, "0");
    }

    /** What it was in the epoch that it has granted away. */
    Title before() {
      char epoch = memory.base();
      int begins = log.indexOf(epoch);
      return Title.primary(epoch, begins, begins == 0 ? NO_EPOCH : log.charAt(begins - 1));
    }

    /** A write of the deed has failed, and the disk says this or that now. */
    Member unsure(Title found) {
      return new Member(life, found, memory, true, serving, writing, membership, log);
    }
  }

  static HandoverModelWorld start() {
    return new HandoverModelWorld(
        Member.of(Title.primary(FIRST, 0, NO_EPOCH), Serving.ALL),
        Member.of(Title.SECONDARY, Serving.NOTHING),
        0,
        0,
        0,
        -1,
        1);
  }

  Member node(int which) {
    return which == 0 ? a : b;
  }

  HandoverModelWorld with(int which, Member next) {
    return which == 0
        ? new HandoverModelWorld(next, b, net, acked, asked, forcedAt, served)
        : new HandoverModelWorld(a, next, net, acked, asked, forcedAt, served);
  }

  HandoverModelWorld net(long next) {
    return new HandoverModelWorld(a, b, next, acked, asked, forcedAt, served);
  }

  HandoverModelWorld acknowledged() {
    return new HandoverModelWorld(a, b, net, acked + 1, asked, forcedAt, served);
  }

  HandoverModelWorld forced(int at) {
    return new HandoverModelWorld(a, b, net, acked, asked, at, served);
  }

  HandoverModelWorld wrote(int which, char epoch) {
    int bit = 1 << (2 * EPOCHS.indexOf(epoch) + which);
    return new HandoverModelWorld(a, b, net, acked, asked, forcedAt, served | bit);
  }

  int asked(int which) {
    return (asked >> (2 * which)) & 3;
  }

  HandoverModelWorld asking(int which) {
    return new HandoverModelWorld(a, b, net, acked, asked + (1 << (2 * which)), forcedAt, served);
  }
}
