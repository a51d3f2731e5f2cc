package io.tharsis.replication.node;

import io.tharsis.replication.control.DataSize;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.ReplicationMode.LinkLoss;
import io.tharsis.replication.control.ReplicationMode.NearSync;
import io.tharsis.replication.control.ReplicationMode.Reaction;
import io.tharsis.replication.control.ReplicationMode.Sync;
import io.tharsis.replication.control.TimeSpan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A {@link ReplicationMode} as a setting of the resource's document: words between spaces, drawn in
 * docs/formats/directory.md.
 */
final class ModeSetting {

  private static final String ANY = "-";

  private ModeSetting() {}

  /** As it stands in the document. */
  static String write(ReplicationMode mode) {
    return switch (mode) {
      case ReplicationMode.Async none -> none.word();
      case NearSync near ->
          String.join(
              " ",
              near.word(),
              near.lagBytes().isPresent() ? Long.toString(near.lagBytes().getAsLong()) : ANY,
              near.lagTime().map(time -> Long.toString(time.toMillis())).orElse(ANY),
              write(near.onLinkLoss()));
      case Sync sync ->
          String.join(" ", sync.word(), Integer.toString(sync.copies()), write(sync.onLinkLoss()));
    };
  }

  private static String write(LinkLoss loss) {
    return loss.after().toMillis() + " " + loss.reaction().word();
  }

  /**
   * Out of the document. What a newer version has written and this one does not know is taken for
   * the strongest promise that is usual, not for none.
   */
  static ReplicationMode read(String text) {
    List<String> words = List.of(text.split(" ", -1));
    try {
      return known(words).orElse(new Sync(Sync.DEFAULT_COPIES, LinkLoss.DEFAULT));
    } catch (NumberFormatException unknown) {
      return new Sync(Sync.DEFAULT_COPIES, LinkLoss.DEFAULT);
    }
  }

  private static Optional<ReplicationMode> known(List<String> words) {
    if (words.equals(List.of("async"))) {
      return Optional.of(new ReplicationMode.Async());
    }
    if (words.size() == 4 && words.getFirst().equals("sync")) {
      return loss(words).map(loss -> new Sync(Integer.parseInt(words.get(1)), loss));
    }
    if (words.size() == 5 && words.getFirst().equals("near-sync")) {
      return loss(words).map(loss -> new NearSync(bytes(words.get(1)), time(words.get(2)), loss));
    }
    return Optional.empty();
  }

  private static Optional<LinkLoss> loss(List<String> words) {
    Duration after = Duration.ofMillis(Long.parseLong(words.get(words.size() - 2)));
    return Reaction.of(words.getLast()).map(reaction -> new LinkLoss(after, reaction));
  }

  private static OptionalLong bytes(String word) {
    return word.equals(ANY) ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(word));
  }

  private static Optional<Duration> time(String word) {
    return word.equals(ANY)
        ? Optional.empty()
        : Optional.of(Duration.ofMillis(Long.parseLong(word)));
  }

  /** For people. */
  static String words(ReplicationMode mode) {
    return switch (mode) {
      case ReplicationMode.Async none -> none.word();
      case NearSync near -> {
        List<String> bounds = new ArrayList<>();
        near.lagBytes().ifPresent(bytes -> bounds.add(DataSize.format(bytes)));
        near.lagTime().ifPresent(time -> bounds.add(TimeSpan.format(time)));
        yield "near-sync (%s behind at most; %s)"
            .formatted(String.join(" and ", bounds), words(near.onLinkLoss()));
      }
      case Sync sync -> "sync (%d copies; %s)".formatted(sync.copies(), words(sync.onLinkLoss()));
    };
  }

  private static String words(LinkLoss loss) {
    return "%s after %s without".formatted(loss.reaction().word(), TimeSpan.format(loss.after()));
  }
}
