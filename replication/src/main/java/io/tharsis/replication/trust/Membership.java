package io.tharsis.replication.trust;

import java.io.IOException;
import java.util.List;

/** Writes a membership: the credentials last, because they are what makes a node a member. */
final class Membership {

  private Membership() {}

  static ClusterTrust write(
      TrustDirectory directory,
      TrustSetting setting,
      Credentials credentials,
      SignedDocument document)
      throws IOException, TrustRefusedException {
    directory.replace(TrustDirectory.CLUSTER, document.toBytes());
    directory.replace(TrustDirectory.NODE, credentials.toPem());
    directory.remove(List.of(TrustDirectory.JOINING));
    return ClusterTrust.load(directory, setting)
        .orElseThrow(() -> new IOException("the membership just written is not there"));
  }
}
