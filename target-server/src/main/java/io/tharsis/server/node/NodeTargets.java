package io.tharsis.server.node;

import io.tharsis.server.iscsi.IscsiTarget;
import io.tharsis.server.iscsi.TargetDirectory;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The targets that are being served, by name. Any thread may use it. */
public final class NodeTargets implements TargetDirectory {

  private final NavigableMap<String, IscsiTarget> byName = new ConcurrentSkipListMap<>();

  /** From now on initiators find it. */
  public void add(IscsiTarget target) {
    byName.put(target.name(), target);
  }

  /** From now on nobody finds it; those who have found it still do what they do. */
  public void remove(String targetName) {
    byName.remove(targetName);
  }

  @Override
  public Optional<IscsiTarget> lookup(String targetName, String initiatorName) {
    return Optional.ofNullable(byName.get(targetName));
  }

  @Override
  public Collection<String> visibleTo(String initiatorName) {
    return List.copyOf(byName.keySet());
  }
}
