package io.tharsis.replication.node;

import static io.tharsis.replication.node.HandoverModelFlaw.ANY_MEMBERSHIP;
import static io.tharsis.replication.node.HandoverModelFlaw.FOLLOWS_WHILE_UNSURE;
import static io.tharsis.replication.node.HandoverModelFlaw.FROZEN_WHILE_WRITING;
import static io.tharsis.replication.node.HandoverModelFlaw.GRANTS_AFTER_THAW;
import static io.tharsis.replication.node.HandoverModelFlaw.GRANTS_IN_ANY_FREEZE;
import static io.tharsis.replication.node.HandoverModelFlaw.GRANTS_TWICE;
import static io.tharsis.replication.node.HandoverModelFlaw.NEVER_IN_VAIN;
import static io.tharsis.replication.node.HandoverModelFlaw.NO_END_CHECK;
import static io.tharsis.replication.node.HandoverModelFlaw.READS_AFTER_GRANT;
import static io.tharsis.replication.node.HandoverModelFlaw.RESTARTS_ALTHOUGH_GRANTED;
import static io.tharsis.replication.node.HandoverModelFlaw.RESUMES_ALTHOUGH_GRANTED;
import static io.tharsis.replication.node.HandoverModelFlaw.SENT_BEFORE_DURABLE;
import static io.tharsis.replication.node.HandoverModelFlaw.SERVES_BEFORE_ACCEPTED;
import static io.tharsis.replication.node.HandoverModelFlaw.STAYS_UNSURE;
import static io.tharsis.replication.node.HandoverModelFlaw.TAKES_USED_GRANTS;
import static io.tharsis.replication.node.HandoverModelFlaw.TELLS_ONCE;
import static io.tharsis.replication.node.HandoverModelFlaw.THAWED_WHILE_UNSURE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.replication.node.HandoverModel.Limits;
import io.tharsis.replication.node.HandoverModel.Trouble;
import io.tharsis.replication.node.HandoverModelWorld.Life;
import io.tharsis.replication.node.HandoverModelWorld.Role;
import io.tharsis.replication.node.HandoverModelWorld.Serving;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every state of small handovers, whatever crashes, is lost, comes twice or late, or cannot be
 * written; and that each rule of {@code docs/adr/0009-roles.md} is needed.
 */
class HandoverModelTest {

  private static final Limits SMALL = new Limits(1, 1, 1, Trouble.NONE);
  private static final Limits RENEWED = new Limits(1, 1, 1, Trouble.RENEWAL);
  private static final Limits FORCED = new Limits(1, 1, 1, Trouble.FORCED);
  private static final Limits ABDICATED = new Limits(1, 1, 1, Trouble.ABDICATION);
  private static final Limits TWICE = new Limits(1, 1, 2, Trouble.NONE);

  private static final String LOST = "serves without all that was acknowledged";
  private static final String TWO = "two serve at once";
  private static final String STUCK = "nobody will ever serve";
  private static final String ELSEWHERE = "has begun its epoch elsewhere";

  /** A model, and how many states it has at the least: one that shrinks shows less. */
  private record Whole(Limits limits, int atLeast) {}

  /** What is done wrong, in which model, and which law that breaks. */
  private record Planted(Limits limits, String breaks, HandoverModelFlaw... flaws) {
    Set<HandoverModelFlaw> set() {
      return EnumSet.copyOf(List.of(flaws));
    }
  }

  private static Stream<Whole> wholes() {
    return Stream.of(
        new Whole(new Limits(3, 1, 2, Trouble.NONE), 380_000),
        new Whole(new Limits(1, 1, 2, Trouble.RENEWAL), 125_000),
        new Whole(new Limits(2, 1, 1, Trouble.ABDICATION), 210_000),
        new Whole(new Limits(2, 1, 1, Trouble.GONE), 225_000),
        new Whole(new Limits(1, 1, 2, Trouble.GONE), 310_000));
  }

  private static List<Planted> planted() {
    return List.of(
        new Planted(SMALL, TWO, SENT_BEFORE_DURABLE),
        new Planted(SMALL, LOST, THAWED_WHILE_UNSURE),
        new Planted(SMALL, LOST, NO_END_CHECK, GRANTS_IN_ANY_FREEZE),
        new Planted(SMALL, ELSEWHERE, GRANTS_IN_ANY_FREEZE),
        new Planted(SMALL, TWO, RESTARTS_ALTHOUGH_GRANTED),
        new Planted(SMALL, STUCK, SERVES_BEFORE_ACCEPTED),
        new Planted(SMALL, LOST, GRANTS_AFTER_THAW),
        new Planted(SMALL, LOST, FROZEN_WHILE_WRITING),
        new Planted(SMALL, "serves and is GRANTED", READS_AFTER_GRANT),
        new Planted(SMALL, TWO, TAKES_USED_GRANTS),
        new Planted(TWICE, ELSEWHERE, GRANTS_TWICE),
        new Planted(FORCED, ELSEWHERE, FOLLOWS_WHILE_UNSURE),
        new Planted(SMALL, STUCK, TELLS_ONCE),
        new Planted(RENEWED, TWO, ANY_MEMBERSHIP),
        new Planted(RENEWED, STUCK, NEVER_IN_VAIN),
        new Planted(ABDICATED, TWO, RESUMES_ALTHOUGH_GRANTED),
        new Planted(SMALL, STUCK, STAYS_UNSURE));
  }

  private static HandoverModelExplorer.Result explore(Limits limits, Set<HandoverModelFlaw> flaws) {
    return new HandoverModelExplorer(new HandoverModel(limits, flaws), HandoverModelLaws::broken)
        .explore();
  }

  @TestFactory
  Stream<DynamicTest> everyStateIsSoundAndHeals() {
    return wholes().map(it -> DynamicTest.dynamicTest(it.limits().toString(), () -> walk(it)));
  }

  private static void walk(Whole whole) {
    var result = explore(whole.limits(), EnumSet.noneOf(HandoverModelFlaw.class));
    assertThat(result.found()).isEmpty();
    assertThat(result.states()).isGreaterThan(whole.atLeast());
    System.out.println(whole.limits() + ": " + result.states() + " states");
  }

  @TestFactory
  Stream<DynamicTest> everyRuleIsNeeded() {
    return planted().stream()
        .map(it -> DynamicTest.dynamicTest(it.set().toString(), () -> find(it)));
  }

  private static void find(Planted planted) {
    String found = explore(planted.limits(), planted.set()).found().orElse("");
    List<String> way = found.lines().toList();
    assertThat(way).isNotEmpty();
    assertThat(way.getLast()).as(found).contains(planted.breaks());
    System.out.println(planted.set() + ": after " + (way.size() - 2) + " steps " + way.getLast());
  }

  @Test
  void everyFlawIsPlanted() {
    Set<HandoverModelFlaw> seen = EnumSet.noneOf(HandoverModelFlaw.class);
    planted().forEach(it -> seen.addAll(it.set()));
    assertThat(seen).containsExactly(HandoverModelFlaw.values());
  }

  /** A model in which nothing happens would be sound as well. */
  @Test
  void theModelGetsFar() {
    reaches(TWICE, world -> world.b().reads() && world.b().log().equals("01322"));
    reaches(SMALL, world -> world.a().unsure() && world.a().disk().is(Role.GRANTED));
    reaches(SMALL, world -> !world.b().isUp() && world.b().disk().is(Role.PRIMARY));
    reaches(
        new Limits(1, 1, 1, Trouble.GONE),
        world ->
            world.b().life() == Life.GONE
                && world.b().disk().is(Role.PRIMARY)
                && world.a().reads()
                && world.a().log().equals("0ff"));
    reaches(
        new Limits(1, 0, 2, Trouble.FORCED),
        world ->
            world.a().is(Role.GRANTED) && world.b().reads() && world.b().log().startsWith("0f2"));
    reaches(FORCED, world -> world.a().serving() == Serving.STOPPED);
    reaches(ABDICATED, world -> world.a().reads() && world.a().log().equals("01r3"));
    reaches(
        new Limits(1, 0, 2, Trouble.RENEWAL),
        world -> world.b().membership() == 2 && world.b().reads() && world.b().log().contains("2"));
  }

  private static void reaches(Limits limits, Predicate<HandoverModelWorld> goal) {
    var model = new HandoverModel(limits, EnumSet.noneOf(HandoverModelFlaw.class));
    var found =
        new HandoverModelExplorer(model, world -> goal.test(world) ? "got there" : "").explore();
    assertThat(found.found()).get().asString().endsWith("got there");
  }

  /** What a restart may find: docs/adr/0009-roles.md says of each cell what comes of it. */
  @Test
  void deedsStandAsInTheTable() {
    assertThat(deeds(TWICE))
        .containsExactly("GRANTED PRIMARY", "GRANTED SECONDARY", "PRIMARY SECONDARY");
    assertThat(deeds(new Limits(1, 1, 1, Trouble.GONE)))
        .containsExactly(
            "GRANTED PRIMARY", "GRANTED SECONDARY", "PRIMARY PRIMARY", "PRIMARY SECONDARY");
  }

  private static SortedSet<String> deeds(Limits limits) {
    SortedSet<String> seen = new TreeSet<>();
    var model = new HandoverModel(limits, EnumSet.noneOf(HandoverModelFlaw.class));
    new HandoverModelExplorer(
            model,
            world -> {
              seen.add(
                  Stream.of(world.a(), world.b())
                      .map(member -> member.disk().role().name())
                      .sorted()
                      .collect(Collectors.joining(" ")));
              return "";
            })
        .explore();
    return seen;
  }

  /** What is told of the way is what was walked: the same again is the same. */
  @Test
  void theSameModelIsWalkedInTheSameWay() {
    Set<HandoverModelFlaw> flaw = EnumSet.of(TAKES_USED_GRANTS);
    assertThat(explore(SMALL, flaw)).isEqualTo(explore(SMALL, flaw));
  }
}
