package io.tharsis.logfiles.volume;

/** What to do when an operation of a {@link Volume} has ended; exactly one call, on the owner. */
public interface VolumeCompletion {

  /** All that was asked for is done. */
  void succeeded();

  /** It was not done; for a write: it may or may not take effect, as after a power cut. */
  void failed(VolumeFault fault);
}
