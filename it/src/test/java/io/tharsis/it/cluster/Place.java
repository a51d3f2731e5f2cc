package io.tharsis.it.cluster;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where a node of a test runs. It sees the files of this host's {@code it/work} at their paths. */
interface Place {

  /** Address at which initiators and other nodes find it. */
  String host();

  /** Address at which it listens. */
  default String listens() {
    return host();
  }

  /** A port that a node may have here, the same after a restart. */
  int port(int usual) throws IOException;

  /** Words that run {@code tharsis} there, with these words of its own. */
  List<String> tharsis(List<String> words);

  /** Starts the node of a data directory there, and does not wait for anything. */
  RunningNode start(Path data) throws IOException;
}
