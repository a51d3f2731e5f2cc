package io.tharsis.replication.remote;

import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Entropy;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.replication.link.Acceptance;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.wire.Hello;
import io.tharsis.replication.wire.RefusalCode;
import java.util.List;
import java.util.UUID;

/**
 * What a primary does for the fronts of other nodes. Made over one opening of the resource and
 * closed before it; lives on the resource's owner, where all methods are called.
 */
public final class VolumeService {

  private VolumeService() {}

  /**
   * A service that nobody uses yet.
   *
   * @param home the owner of the resource, and its clock
   */
  public static VolumeService over(LoggedResource resource, LinkHome home, Entropy entropy) {
    return new VolumeService();
  }

  /** Decides about a link of class VOLUME about this resource; who may come is decided before. */
  public Acceptance accept(Hello.Purpose purpose) {
    return new Acceptance.Refused(RefusalCode.NOT_SERVING, "not yet");
  }

  /** The nodes whose fronts use it now, in order of their ids. */
  public List<UUID> attachedNodes() {
    return List.of();
  }

  /**
   * The resource has been ceded: from now on everything is answered with MOVED, and the resource is
   * touched only by what is under way in it. Told by itself when an operation has failed so.
   */
  public void moved() {}

  /** A volume has grown. Noticed by itself a little later otherwise. */
  public void resized(int volume) {}

  /**
   * Takes nothing any more; succeeds when nothing of the resource is under way for fronts and they
   * have been told.
   */
  public Async<Void> close() {
    return Async.done();
  }
}
