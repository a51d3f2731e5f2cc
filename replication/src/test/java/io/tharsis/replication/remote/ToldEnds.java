package io.tharsis.replication.remote;

import io.tharsis.logfiles.volume.VolumeCompletion;
import io.tharsis.logfiles.volume.VolumeFault;
import java.util.ArrayList;
import java.util.List;

/** What operations have ended with, by their names, in order. */
final class ToldEnds {

  private final List<String> ends = new ArrayList<>();

  List<String> all() {
    return List.copyOf(ends);
  }

  VolumeCompletion of(String name) {
    return new VolumeCompletion() {
      @Override
      public void succeeded() {
        ends.add(name + " done");
      }

      @Override
      public void failed(VolumeFault fault) {
        ends.add(name + " " + fault);
      }
    };
  }
}
