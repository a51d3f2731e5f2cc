package io.tharsis.it.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code tharsis serve} is to be started with. An immutable value.
 *
 * @param start which way
 * @param data its data directory
 * @param resources the words after each {@code --resource}
 * @param prefix words in front of the command, of a program that becomes what it starts
 * @param options further words behind it; it listens at a free port unless they say where
 */
public record ServePlan(
    Start start, Path data, List<String> resources, List<String> prefix, List<String> options) {

  /** Ways to the same daemon. */
  public enum Start {
    /** {@code ./tharsis}, as a person types it. */
    LAUNCHER,
    /** The JVM at once. */
    JAVA
  }

  public ServePlan {
    resources = List.copyOf(resources);
    prefix = List.copyOf(prefix);
    options = List.copyOf(options);
  }

  /** The daemon itself, with these resources. */
  public static ServePlan of(Path data, String... resources) {
    return new ServePlan(Start.JAVA, data, List.of(resources), List.of(), List.of());
  }

  /** The same, started another way. */
  public ServePlan by(Start way) {
    return new ServePlan(way, data, resources, prefix, options);
  }

  /** The same behind a program that becomes what it starts, such as {@code unshare}. */
  public ServePlan behind(List<String> program) {
    return new ServePlan(start, data, resources, program, options);
  }

  /** The same with other further words. */
  public ServePlan with(String... words) {
    return new ServePlan(start, data, resources, prefix, List.of(words));
  }

  List<String> words(Checkout checkout) {
    List<String> words = new ArrayList<>(prefix);
    switch (start) {
      case LAUNCHER -> words.add(checkout.launcher().toString());
      case JAVA -> words.addAll(checkout.daemon());
    }
    words.addAll(List.of("serve", "--data", data.toString()));
    if (!options.contains("--listen")) {
      words.addAll(List.of("--listen", "127.0.0.1:0"));
    }
    for (String resource : resources) {
      words.addAll(List.of("--resource", resource));
    }
    words.addAll(options);
    return words;
  }
}
