package io.tharsis.server.scsi;

/**
 * Moves the role that makes one port group the best one, when an initiator asks for it with SET
 * TARGET PORT GROUPS. Called on the owner of the device.
 */
public interface AccessControl {

  /** Roles move without initiators: TPGS says implicit only, the command does not exist. */
  AccessControl IMPLICIT =
      new AccessControl() {
        @Override
        public boolean isExplicit() {
          return false;
        }

        @Override
        public void prefer(int group, Answer answer) {
          throw new IllegalStateException("initiators cannot ask for it");
        }
      };

  /** What became of a wish. */
  enum Verdict {
    /** The group is active/optimized now, and the device has been told so before. */
    DONE,
    /** Not allowed, or not possible as things are; nothing was tried. */
    REFUSED,
    /** It was tried and is not done; if it took too long, it may still come about. */
    FAILED
  }

  /** Receives the verdict, once, on the owner. */
  @FunctionalInterface
  interface Answer {
    void ended(Verdict verdict);
  }

  /** Whether initiators may ask at all; does not change while the device lives. */
  boolean isExplicit();

  /**
   * An initiator wants this group to be active/optimized, which it is not. The answer comes in a
   * later message, and always comes, within seconds: until then the command cannot be aborted, and
   * the initiator cannot log in anew.
   */
  void prefer(int group, Answer answer);
}
