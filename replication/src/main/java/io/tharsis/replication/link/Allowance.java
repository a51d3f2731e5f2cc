package io.tharsis.replication.link;

/**
 * Leave to send bulk, for one sender on its own owner; to be asked before the bulk is read from a
 * disk, so that nothing waits in queues.
 */
public interface Allowance {

  /** No limit. */
  Allowance UNLIMITED =
      new Allowance() {
        @Override
        public boolean isOpen() {
          return true;
        }

        @Override
        public void spend(long bytes) {}

        @Override
        public void await(Runnable again) {
          again.run();
        }
      };

  /** Whether a piece may be sent now. What it costs beyond what is left is a debt. */
  boolean isOpen();

  /** A piece was sent. */
  void spend(long bytes);

  /** Calls {@code again} once, later, when it is worth trying again. */
  void await(Runnable again);
}
