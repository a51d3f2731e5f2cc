package io.tharsis.server.iscsi;

import java.util.Collection;
import java.util.Optional;

/** Which targets there are. Asked on any loop: implementations are thread-safe and do not block. */
public interface TargetDirectory {

  /** The target of that name, if it is here and the initiator may know of it. */
  Optional<IscsiTarget> lookup(String targetName, String initiatorName);

  /** Names of the targets that the initiator may know of, in the order to list them. */
  Collection<String> visibleTo(String initiatorName);
}
