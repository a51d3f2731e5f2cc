package io.tharsis.it.cluster;

import io.tharsis.it.process.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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

  /** The port at which other nodes find one that listens there at this one. */
  default int announced(int port) throws IOException {
    return port;
  }

  /** Words that run {@code tharsis} there, with these words of its own. */
  List<String> tharsis(List<String> words);

  /** Runs a verb of the command line there, whatever becomes of it. */
  default Program.Outcome operate(List<String> words, Duration limit) throws IOException {
    return Program.of(tharsis(words).toArray()).run(limit);
  }

  /** Starts the node of a data directory there, and does not wait for anything. */
  RunningNode start(Path data) throws IOException;
}
