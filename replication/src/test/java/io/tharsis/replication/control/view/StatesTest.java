package io.tharsis.replication.control.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.control.SwitchVerb;
import io.tharsis.replication.control.WaitState;
import io.tharsis.replication.control.view.ReplicaFacts.Standing;
import io.tharsis.replication.control.view.ReplicaFacts.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The tables of states: every row is reached, in order, and the document says the same. */
class StatesTest {

  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Standing STRANGER = new Standing(false, false, false, false, 1);
  private static final Standing STARTING = new Standing(true, true, false, false, 1);
  private static final Standing LEFTOVER = new Standing(true, false, true, true, 1);
  private static final Standing SPLIT = new Standing(true, true, true, true, 2);

  private static FactsBuilder secondary() {
    return FactsBuilder.secondary("b");
  }

  private static FactsBuilder primary() {
    return FactsBuilder.primary("a");
  }

  /** What brings each row about; walked so that what holds further down holds as well. */
  private static Map<DiskState, ReplicaFacts> diskRows() {
    Map<DiskState, ReplicaFacts> rows = new EnumMap<>(DiskState.class);
    rows.put(DiskState.NOT_JOINED, secondary().standing(STRANGER).facts());
    rows.put(DiskState.DISK_ERROR, secondary().disk(false, false, Optional.of("EIO")).facts());
    rows.put(DiskState.NOT_PRESENT, secondary().disk(false, false, Optional.empty()).facts());
    rows.put(DiskState.DETACHING, secondary().turned(SwitchVerb.DETACH).facts());
    rows.put(
        DiskState.DETACHED,
        secondary().turned(SwitchVerb.DOWN).disk(true, false, Optional.empty()).facts());
    rows.put(DiskState.DEFECTIVE_LOG, trouble(Trouble.Kind.DEFECTIVE));
    rows.put(DiskState.SUSPECT, trouble(Trouble.Kind.SUSPECT));
    rows.put(DiskState.BRANCH, trouble(Trouble.Kind.BRANCH));
    rows.put(DiskState.ORPHAN, trouble(Trouble.Kind.ORPHAN));
    rows.put(DiskState.NO_ATTACH, secondary().disk(true, false, Optional.empty()).facts());
    rows.put(DiskState.INCONSISTENT, secondary().dirty(1 << 20, 1 << 21, 0).facts());
    rows.put(
        DiskState.LOG_FULL, secondary().shortage("7.9 GiB of 8 GiB").behind(1, 1, LONG).facts());
    rows.put(DiskState.RECOVERY, primary().standing(STARTING).behind(0, 4096, LONG).facts());
    rows.put(DiskState.WRITE_BACK, primary().behind(0, 4096, LONG).facts());
    rows.put(DiskState.OUT_DATED, secondary().behind(1, 1, LONG).facts());
    rows.put(DiskState.CONSISTENT, secondary().primaryIs(Optional.of("a"), true, LONG).facts());
    rows.put(DiskState.UP_TO_DATE, secondary().facts());
    return rows;
  }

  private static ReplicaFacts trouble(Trouble.Kind kind) {
    return secondary().trouble(kind, "at LSN 77").dirty(1, 2, 3).facts();
  }

  private static Map<ReplicationState, ReplicaFacts> replicationRows() {
    Map<ReplicationState, ReplicaFacts> rows = new EnumMap<>(ReplicationState.class);
    rows.put(ReplicationState.UNRESPONSIVE, secondary().standing(STRANGER).age(LONG).facts());
    rows.put(ReplicationState.NOT_JOINED, secondary().standing(STRANGER).facts());
    rows.put(ReplicationState.NOT_STARTED, secondary().turned(SwitchVerb.DOWN).facts());
    rows.put(ReplicationState.REPLICATING, primary().behind(0, 1, LONG).facts());
    rows.put(ReplicationState.NOT_YET_PRIMARY, primary().standing(STARTING).facts());
    rows.put(ReplicationState.STOPPED, trouble(Trouble.Kind.BRANCH));
    rows.put(
        ReplicationState.PAUSED_SYNC,
        secondary().dirty(1, 2, 3).turned(SwitchVerb.DOWN).turned(SwitchVerb.ATTACH).facts());
    rows.put(
        ReplicationState.SYNCING,
        secondary().dirty(1, 2, 3).turned(SwitchVerb.PAUSE_FETCH).facts());
    rows.put(
        ReplicationState.PAUSED_FETCH,
        secondary().turned(SwitchVerb.PAUSE_FETCH).turned(SwitchVerb.PAUSE_REPLAY).facts());
    rows.put(ReplicationState.PAUSED_REPLAY, secondary().turned(SwitchVerb.PAUSE_REPLAY).facts());
    rows.put(
        ReplicationState.NO_PRIMARY_DESIGNATED,
        secondary().primaryIs(Optional.empty(), false, LONG).facts());
    rows.put(
        ReplicationState.PRIMARY_UNREACHABLE,
        secondary().primaryIs(Optional.of("a"), false, LONG).shortage("full").facts());
    rows.put(ReplicationState.LOG_FULL, secondary().shortage("full").facts());
    rows.put(ReplicationState.REPLAYING, secondary().behind(1, 1, LONG).facts());
    return rows;
  }

  private static Map<Role, ReplicaFacts> roleRows() {
    Map<Role, ReplicaFacts> rows = new EnumMap<>(Role.class);
    rows.put(Role.NONE, secondary().standing(STRANGER).facts());
    rows.put(Role.FORCED_PRIMARY, primary().standing(SPLIT).facts());
    rows.put(Role.PRIMARY, primary().facts());
    rows.put(Role.NOT_YET_PRIMARY, primary().standing(STARTING).facts());
    rows.put(Role.REMAINS_PRIMARY, secondary().standing(LEFTOVER).facts());
    rows.put(Role.SECONDARY, secondary().facts());
    return rows;
  }

  @ParameterizedTest
  @EnumSource
  void everyDiskStateIsReached(DiskState state) {
    assertThat(DiskState.of(diskRows().get(state))).isEqualTo(state);
  }

  @ParameterizedTest
  @EnumSource
  void everyReplicationStateIsReached(ReplicationState state) {
    assertThat(ReplicationState.of(replicationRows().get(state))).isEqualTo(state);
  }

  @ParameterizedTest
  @EnumSource
  void everyRoleIsReached(Role role) {
    assertThat(Role.of(roleRows().get(role))).isEqualTo(role);
  }

  @Test
  void detailsStandInBrackets() {
    assertThat(detail(DiskState.DISK_ERROR)).isEqualTo("EIO");
    assertThat(detail(DiskState.DEFECTIVE_LOG)).isEqualTo("at LSN 77");
    assertThat(detail(DiskState.INCONSISTENT)).isEqualTo("1 MiB");
    assertThat(detail(DiskState.WRITE_BACK)).isEqualTo("4 KiB");
    assertThat(detail(DiskState.RECOVERY)).isEqualTo("4 KiB");
    assertThat(detail(DiskState.OUT_DATED)).isEqualTo("FR");
    assertThat(DiskState.OUT_DATED.detail(secondary().behind(1, 0, LONG).facts())).isEqualTo("F");
    assertThat(DiskState.OUT_DATED.detail(secondary().behind(0, 1, LONG).facts())).isEqualTo("R");
    assertThat(DiskState.OUT_DATED.detail(secondary().staged(0, 0).facts())).isEqualTo("S");
    assertThat(DiskState.OUT_DATED.detail(secondary().staged(1, 1).facts())).isEqualTo("FRS");
    assertThat(detail(DiskState.CONSISTENT)).isEqualTo("5m 0s");
    assertThat(DiskState.CONSISTENT.detail(secondary().primaryUnheard().facts()))
        .isEqualTo("not heard yet");
    assertThat(detail(DiskState.UP_TO_DATE)).isEmpty();
  }

  private static String detail(DiskState state) {
    return state.detail(diskRows().get(state));
  }

  /** A copied chunk may be newer than the disk: consistent only when the disk has caught up. */
  @Test
  void aSyncedDiskBelowItsStampsIsNotConsistent() {
    assertThat(DiskState.of(secondary().consistentFrom(10_001).facts()))
        .isEqualTo(DiskState.INCONSISTENT);
    assertThat(DiskState.of(secondary().consistentFrom(10_000).facts()))
        .isEqualTo(DiskState.UP_TO_DATE);
  }

  /** What was stored before a restart says nothing of what the primary has written since. */
  @Test
  void aCopyIsNotUpToDateWithAPrimaryThatNobodyHasHeard() {
    ReplicaFacts facts = secondary().primaryUnheard().facts();
    assertThat(DiskState.of(facts)).isEqualTo(DiskState.CONSISTENT);
    assertThat(ReplicationState.of(facts)).isEqualTo(ReplicationState.PRIMARY_UNREACHABLE);
    assertThat(Waiting.isOver(WaitState.UP_TO_DATE, facts)).isFalse();
  }

  /** Even where nothing is left to be fetched, copied or replayed: the disk is what it was. */
  @Test
  void aCopyBesideWhichANewerOneIsStagedIsOutDated() {
    ReplicaFacts facts = secondary().staged(0, 0).facts();
    assertThat(DiskState.of(facts)).isEqualTo(DiskState.OUT_DATED);
    assertThat(ReplicationState.of(facts)).isEqualTo(ReplicationState.SYNCING);
    assertThat(Flag.line(facts)).isEqualTo("dCAsFr");
    assertThat(Waiting.isOver(WaitState.SYNCED, facts)).isFalse();
    assertThat(Waiting.isOver(WaitState.REPLAYED, facts)).isFalse();
  }

  @Test
  void flags() {
    assertThat(Flag.line(secondary().facts())).isEqualTo("dCASFR");
    assertThat(Flag.line(primary().facts())).isEqualTo("DCASFR");
    assertThat(Flag.line(secondary().behind(1, 1, LONG).dirty(1, 2, 3).facts()))
        .isEqualTo("dcAsfr");
    assertThat(Flag.line(secondary().turned(SwitchVerb.DOWN).facts())).isEqualTo("dCa---");
    assertThat(
            Flag.line(
                secondary().turned(SwitchVerb.DOWN).disk(false, false, Optional.empty()).facts()))
        .isEqualTo("------");
  }

  /** What waits for a state ends exactly when the view shows it. */
  @ParameterizedTest
  @EnumSource
  void waits(WaitState state) {
    List<ReplicaFacts> all =
        Stream.of(diskRows().values(), replicationRows().values(), roleRows().values())
            .flatMap(java.util.Collection::stream)
            .toList();
    for (ReplicaFacts facts : all) {
      String flags = Flag.line(facts);
      boolean shown =
          switch (state) {
            case ATTACHED -> facts.disk().attached();
            case DETACHED -> !facts.disk().attached();
            case FETCHED -> facts.switches().fetch() ? flags.charAt(4) == 'F' : facts.isFetched();
            case REPLAYED ->
                facts.switches().replay() ? flags.charAt(5) == 'R' : facts.isReplayed();
            case SYNCED -> facts.switches().sync() ? flags.charAt(3) == 'S' : facts.isSynced();
            case CONSISTENT -> flags.charAt(1) == 'C' || facts.isConsistent();
            case UP_TO_DATE -> ReplicaView.of(facts).disk().equals("UpToDate");
            case PRIMARY -> facts.standing().serving();
            case SECONDARY -> ReplicaView.of(facts).role().equals("Secondary");
          };
      boolean known = ReplicationState.of(facts) != ReplicationState.UNRESPONSIVE;
      assertThat(Waiting.isOver(state, facts)).as(facts.toString()).isEqualTo(shown && known);
    }
  }

  @Test
  void theDocumentSaysTheSame() throws IOException {
    assertThat(table("## Disk state"))
        .containsExactlyElementsOf(
            rows(DiskState.values(), s -> row("`" + s.word() + "`", s.when(), s.advice())));
    assertThat(table("## Replication state"))
        .containsExactlyElementsOf(
            rows(ReplicationState.values(), s -> row("`" + s.word() + "`", s.when())));
    assertThat(table("## Role"))
        .containsExactlyElementsOf(rows(Role.values(), s -> row("`" + s.word() + "`", s.when())));
    List<String> flags = new ArrayList<>();
    for (Flag f : Flag.values()) {
      flags.add(
          row(
              String.valueOf(flags.size() + 1),
              "`" + f.letter() + "` `" + Character.toLowerCase(f.letter()) + "` `-`",
              f.capital(),
              f.small(),
              f.dash()));
    }
    assertThat(table("## Flags")).containsExactlyElementsOf(flags);
  }

  private static <T> List<String> rows(T[] values, java.util.function.Function<T, String> row) {
    return Arrays.stream(values).map(row).toList();
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }

  /** The rows of the first table below a heading. */
  private static List<String> table(String heading) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("..", "docs", "reference", "states.md"));
    int at = lines.indexOf(heading);
    assertThat(at).as(heading).isNotNegative();
    List<String> rows = new ArrayList<>();
    for (String line : lines.subList(at + 1, lines.size())) {
      if (line.startsWith("#")) {
        break;
      }
      if (line.startsWith("| ")) {
        rows.add(line);
      }
    }
    return rows.subList(1, rows.size());
  }
}
