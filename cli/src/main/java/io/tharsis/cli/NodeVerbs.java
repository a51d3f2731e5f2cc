package io.tharsis.cli;

import io.tharsis.replication.control.OnSplit;
import io.tharsis.replication.control.ReplicationMode.Reaction;
import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.TimeSpan;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.WriteCacheMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Every verb that a running node carries out, in the order in which help shows them. */
final class NodeVerbs {

  private NodeVerbs() {}

  /** The names of all of them. */
  static List<String> names() {
    return all().stream().map(CommandLine::getCommandName).toList();
  }

  /** Hangs all of them beneath the root. */
  static void addTo(CommandLine root) {
    all().forEach(verb -> root.addSubcommand(verb.getCommandName(), verb));
    converters(root);
  }

  private static List<CommandLine> all() {
    List<CommandLine> verbs =
        new ArrayList<>(
            Stream.of(
                    new View(),
                    new ClusterVerbs.CreateCluster(),
                    new ClusterVerbs.CreateToken(),
                    new ClusterVerbs.JoinCluster(),
                    new ClusterVerbs.LeaveCluster(),
                    new AuthorityVerbs.CaExport(),
                    new AuthorityVerbs.CaImport(),
                    new MemberVerbs.CreateResource(),
                    new MemberVerbs.JoinResource(),
                    new MemberVerbs.LeaveResource(),
                    new MemberVerbs.DeleteResource(),
                    new MemberVerbs.Invalidate(),
                    new MemberVerbs.Resize(),
                    new RoleVerbs.Primary(),
                    new RoleVerbs.Secondary(),
                    new RoleVerbs.AttachClient(),
                    new RoleVerbs.DetachClient(),
                    new RoleVerbs.SetMode(),
                    new RoleVerbs.SetPolicy(),
                    new MemberVerbs.DeleteBranch())
                .map(CommandLine::new)
                .toList());
    for (SwitchVerb which : SwitchVerb.values()) {
      CommandLine verb = new CommandLine(new CareVerbs.Turn(which));
      verb.setCommandName(which.word());
      verb.getCommandSpec().usageMessage().description(CareVerbs.Turn.description(which));
      verbs.add(verb);
    }
    Stream.of(
            new CareVerbs.LogRotate(),
            new CareVerbs.LogDelete(),
            new CareVerbs.WaitResource(),
            new CareVerbs.Verify())
        .map(CommandLine::new)
        .forEach(verbs::add);
    return verbs;
  }

  private static void converters(CommandLine root) {
    root.registerConverter(Size.class, Size::parse);
    root.registerConverter(
        Duration.class,
        word ->
            TimeSpan.parse(word)
                .orElseThrow(() ->
                    new TypeConversionException(
                        "'" + word + "' is no time. Try: 500ms, 60s, 5m, 2h or 7d")));
    root.registerConverter(
        WaitState.class, word -> choice(word, WaitState.values(), WaitState::word));
    root.registerConverter(
        RoleVerbs.ModeWord.class,
        word -> choice(word, RoleVerbs.ModeWord.values(), RoleVerbs.ModeWord::word));
    root.registerConverter(Reaction.class, word -> choice(word, Reaction.values(), Reaction::word));
    root.registerConverter(OnSplit.class, word -> choice(word, OnSplit.values(), OnSplit::word));
    root.registerConverter(
        WriteCacheMode.class, word -> choice(word, WriteCacheMode.values(), WriteCacheMode::word));
  }

  private static <T> T choice(String word, T[] choices, Function<T, String> name) {
    return Stream.of(choices)
        .filter(choice -> name.apply(choice).equals(word))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'%s' is no choice. Try: %s"
                    .formatted(
                        word, Stream.of(choices).map(name).collect(Collectors.joining(", ")))));
  }
}
