package io.tharsis.it.cluster;

import io.tharsis.cli.Tharsis;
import io.tharsis.it.process.Checkout;
import io.tharsis.it.process.Program;
import io.tharsis.server.cluster.FreePorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * This host, or a part of it.
 *
 * @param host address at which initiators and other nodes find it
 * @param entrance words in front of a command that make it run there; none on the host itself
 * @param verbs how nodes are operated there
 */
record HostPlace(String host, List<String> entrance, Verbs verbs) implements Place {

  /** Loopback of this host, which all nodes share; for tests that start and ask them often. */
  static final HostPlace HERE = new HostPlace("127.0.0.1", List.of(), Verbs.IN_THIS_JVM);

  /** The same, and verbs are given as people do it, each a process that first has to start. */
  static final HostPlace AS_TYPED = new HostPlace("127.0.0.1", List.of(), Verbs.AS_TYPED);

  /** Ways to give a verb. */
  enum Verbs {
    /** By the launcher. */
    AS_TYPED,
    /** The command line's own code, without a process for each. */
    IN_THIS_JVM
  }

  HostPlace {
    entrance = List.copyOf(entrance);
  }

  /** The usual one where the node is alone. */
  @Override
  public int port(int usual) throws IOException {
    return entrance.isEmpty() ? FreePorts.onLoopback() : usual;
  }

  @Override
  public List<String> tharsis(List<String> words) {
    List<String> line = new ArrayList<>(entrance);
    line.add(Checkout.find().launcher().toString());
    line.addAll(words);
    return line;
  }

  /** A verb in this JVM has the limit that its own words say. */
  @Override
  public Program.Outcome operate(List<String> words, Duration limit) throws IOException {
    return switch (verbs) {
      case AS_TYPED -> Place.super.operate(words, limit);
      case IN_THIS_JVM -> {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        int status =
            Tharsis.commandLine().setOut(out).setErr(out).execute(words.toArray(String[]::new));
        yield new Program.Outcome(words, status, said.toString());
      }
    };
  }

  @Override
  public RunningNode start(Path data) throws IOException {
    return ClusterProcess.start(
        data, tharsis(List.of("node", "--data", data.toString())), verbs == Verbs.IN_THIS_JVM);
  }
}
