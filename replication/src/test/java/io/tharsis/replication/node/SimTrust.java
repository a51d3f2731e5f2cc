package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Blob;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.directory.ClusterDocument;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Keys of a simulated cluster: everything is genuine; one node can revoke. Outlives the node. */
final class SimTrust implements Trust {

  private final boolean authority;
  private final List<UUID> revoked = new ArrayList<>();

  SimTrust(boolean authority) {
    this.authority = authority;
  }

  List<UUID> revoked() {
    return List.copyOf(revoked);
  }

  @Override
  public Signed document() {
    return new Signed(
        new ClusterDocument(Blob.of(new byte[] {(byte) revoked.size()})), 1 + revoked.size());
  }

  @Override
  public boolean holdsAuthority() {
    return authority;
  }

  @Override
  public Async<Signed> revoke(UUID node) {
    if (!revoked.contains(node)) {
      revoked.add(node);
    }
    return Async.of(document());
  }

  @Override
  public Async<Boolean> isGenuine(ClusterDocument document, long counter) {
    return Async.of(true);
  }
}
