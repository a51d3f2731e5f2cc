package io.tharsis.replication.node;

import io.tharsis.replication.link.LinkRefusedException;
import io.tharsis.replication.wire.RefusalCode;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What other nodes say to one that was thrown out while it was away: it hears of it only by being
 * refused. Believed while nobody links. Lives on the node's owner.
 */
final class Expulsion {

  private final Map<String, String> refusals = new TreeMap<>();

  /** Another attempt has come to nothing. */
  void failed(String target, IOException cause) {
    if (cause instanceof LinkRefusedException refused && refused.code() == RefusalCode.REVOKED) {
      refusals.put(target, refused.getMessage());
    } else {
      refusals.remove(target);
    }
  }

  /** Somebody has accepted this node. */
  void linked() {
    refusals.clear();
  }

  /** What was said. */
  Optional<String> words() {
    return refusals.values().stream().findFirst();
  }
}
