package io.tharsis.replication.remote;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.Volume;
import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.fetch.FetchSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * All volumes of one resource at one node, through all changes of roles: what they are asked goes
 * to the primary, be it here or at another node, and waits while that is not known or not reached.
 * Lives on the resource's owner at this node; all methods are called there.
 */
public final class Front {

  /**
   * What initiators are told of a volume.
   *
   * @param sizeBytes its size
   * @param writeCache what GOOD on a write means
   */
  public record Shape(long sizeBytes, WriteCache writeCache) {}

  /** Who must know what has changed, on the owner of the front. */
  public interface Listener {
    /** The resource is reached in another way than before. */
    default void accessChanged(AccessState state) {}

    /** A volume has another size or another write cache than before. */
    default void resized(int volume) {}

    /**
     * The primary was opened anew, and not by a handover, and a volume has a write cache: what was
     * written there and not flushed may be lost, as after a power failure (SAM-5 6.2).
     */
    default void restarted() {}
  }

  private final UUID resourceId;
  private final FrontSeams seams;
  private final List<RoutedVolume> volumes = new ArrayList<>();
  private final List<Listener> listeners = new ArrayList<>();
  private AccessState state = AccessState.TRANSITIONING;

  private Front(UUID resourceId, List<Shape> shapes, FrontSeams seams) {
    this.resourceId = resourceId;
    this.seams = seams;
    for (Shape shape : shapes) {
      volumes.add(new RoutedVolume(this, volumes.size(), shape));
    }
  }

  /**
   * A front that holds everything until it is told where the primary is.
   *
   * @param shapes of its volumes in order of their numbers, as far as they are known here: what the
   *     primary says counts
   */
  public static Front of(UUID resourceId, List<Shape> shapes, FrontSeams seams) {
    return new Front(resourceId, shapes, seams);
  }

  /** One more that is told of changes from now on. */
  public void listen(Listener listener) {
    listeners.add(listener);
  }

  UUID resourceId() {
    return resourceId;
  }

  /** Its volumes, in order of their numbers; the same as long as it lives. */
  public List<Volume> volumes() {
    return List.copyOf(volumes);
  }

  /** How the resource is reached now. */
  public AccessState state() {
    return state;
  }

  /** Why it is not reached, for people; empty if it is. */
  public String reason() {
    return "";
  }

  /**
   * The primary is here. Takes {@link LoggedResource#whenResized} of the resource for itself until
   * it is told something else.
   */
  public void serve(LoggedResource local) {}

  /** The primary is at another node. Idempotent for the same one. */
  public void follow(FetchSource primary) {}

  /** Where the primary is will be known soon: what is asked waits, and fails when it has waited. */
  public void hold(String why) {}

  /** The resource is not served here: what is asked fails at once. */
  public void refuse(String why) {}

  /** Takes back what it can and fails the rest; succeeds when no operation is under way. */
  public Async<Void> close() {
    return Async.done();
  }

  void fail(VolumeCompletion done, VolumeFault fault) {
    seams.home().owner().execute(() -> done.failed(fault));
  }
}
