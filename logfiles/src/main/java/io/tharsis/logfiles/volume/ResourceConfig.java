package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.seam.Invariant;
import java.util.List;

/**
 * A resource as it is to be opened.
 *
 * @param name its name
 * @param volumes its volumes in order of their numbers, from 0
 * @param log how its log is opened
 */
public record ResourceConfig(String name, List<VolumeConfig> volumes, LogConfig log) {

  public ResourceConfig {
    volumes = List.copyOf(volumes);
    Invariant.check(!volumes.isEmpty(), "a resource has a volume");
  }
}
