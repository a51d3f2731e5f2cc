package io.tharsis.replication.trust;

import java.net.URI;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who a node is: what its certificate says and a peer may rely on. Immutable.
 *
 * @param clusterId the cluster whose CA vouches for it
 * @param nodeId the node, for as long as it is a member; never used again after a revocation
 * @param name how people call it; unique among the members
 */
public record NodeIdentity(UUID clusterId, UUID nodeId, String name) {

  private static final String UUID_RULE = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})";
  private static final Pattern RULE =
      Pattern.compile("tharsis://" + UUID_RULE + "/node/" + UUID_RULE + "/([^/]+)");

  /** Checks the name. */
  public NodeIdentity {
    if (!NodeName.isGood(name)) {
      throw new IllegalArgumentException("not a node's name");
    }
  }

  /** As it stands in the certificate's subject alternative name (RFC 5280, 4.2.1.6). */
  public URI uri() {
    return URI.create("tharsis://" + clusterId + "/node/" + nodeId + "/" + name);
  }

  /** The identity a URI stands for, if it is one. */
  static Optional<NodeIdentity> parse(String uri) {
    Matcher parts = RULE.matcher(uri);
    if (!parts.matches() || !NodeName.isGood(parts.group(3))) {
      return Optional.empty();
    }
    return Optional.of(
        new NodeIdentity(
            UUID.fromString(parts.group(1)), UUID.fromString(parts.group(2)), parts.group(3)));
  }

  @Override
  public String toString() {
    return name + " (" + nodeId + ")";
  }
}
