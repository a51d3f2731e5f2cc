package io.tharsis.replication.control;

/** The verbs that turn switches, and which; all are idempotent. */
public enum SwitchVerb {
  /** Everything on. */
  UP("up"),
  /** Everything off. */
  DOWN("down"),
  /** Use the disk. */
  ATTACH("attach"),
  /** Let the disk go. */
  DETACH("detach"),
  /** Receive log: marsadm's other name for resume-fetch. */
  CONNECT("connect"),
  /** Receive no log: marsadm's other name for pause-fetch. */
  DISCONNECT("disconnect"),
  /** Receive no log. */
  PAUSE_FETCH("pause-fetch"),
  /** Receive log. */
  RESUME_FETCH("resume-fetch"),
  /** Apply no log. */
  PAUSE_REPLAY("pause-replay"),
  /** Apply log. */
  RESUME_REPLAY("resume-replay"),
  /** Copy nothing. */
  PAUSE_SYNC("pause-sync"),
  /** Copy what the disk misses. */
  RESUME_SYNC("resume-sync");

  private final String word;

  SwitchVerb(String word) {
    this.word = word;
  }

  /** The name of the verb. */
  public String word() {
    return word;
  }

  /** How the switches stand afterwards. */
  public Switches applyTo(Switches now) {
    return switch (this) {
      case UP -> Switches.ON;
      case DOWN -> new Switches(false, false, false, false);
      case ATTACH -> new Switches(true, now.fetch(), now.replay(), now.sync());
      case DETACH -> new Switches(false, now.fetch(), now.replay(), now.sync());
      case CONNECT, RESUME_FETCH -> new Switches(now.attach(), true, now.replay(), now.sync());
      case DISCONNECT, PAUSE_FETCH -> new Switches(now.attach(), false, now.replay(), now.sync());
      case PAUSE_REPLAY -> new Switches(now.attach(), now.fetch(), false, now.sync());
      case RESUME_REPLAY -> new Switches(now.attach(), now.fetch(), true, now.sync());
      case PAUSE_SYNC -> new Switches(now.attach(), now.fetch(), now.replay(), false);
      case RESUME_SYNC -> new Switches(now.attach(), now.fetch(), now.replay(), true);
    };
  }
}
