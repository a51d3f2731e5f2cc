package io.tharsis.logfiles.seam;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * What to do when an asynchronous operation of a seam has ended. Exactly one of the two methods is
 * called, exactly once, on the owner, after the call that started the operation has returned.
 */
public interface Completion {

  /** The operation did all that was asked for. */
  void succeeded();

  /** The operation failed; nothing may be assumed about how much of it was done. */
  void failed(IOException cause);

  /** A completion from two functions. */
  static Completion of(Runnable onSuccess, Consumer<IOException> onFailure) {
    return new Completion() {
      @Override
      public void succeeded() {
        onSuccess.run();
      }

      @Override
      public void failed(IOException cause) {
        onFailure.accept(cause);
      }
    };
  }
}
