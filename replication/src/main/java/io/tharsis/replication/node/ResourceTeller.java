package io.tharsis.replication.node;

import io.tharsis.logfiles.format.Epoch;
import io.tharsis.logfiles.format.Lineage;
import io.tharsis.logfiles.log.Succession;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.replication.control.OnSplit;
import io.tharsis.replication.control.Refusal;
import io.tharsis.replication.control.ReplicationMode;
import io.tharsis.replication.control.view.SettingsView;
import io.tharsis.replication.directory.Authority;
import io.tharsis.replication.directory.Content;
import io.tharsis.replication.directory.EpochRef;
import io.tharsis.replication.directory.Key;
import io.tharsis.replication.directory.ReplicaDocument;
import io.tharsis.replication.directory.ResourceDocument;
import io.tharsis.replication.directory.ResourceDocument.Member;
import io.tharsis.replication.directory.Switches;
import io.tharsis.replication.directory.Views;
import io.tharsis.replication.directory.WriteRefused;
import io.tharsis.replication.fetch.FetchSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What the directory says of resources, and what their primary tells it. Lives on the node's owner;
 * what it writes is written within a turn of the resource's {@link Tenancy}.
 */
final class ResourceTeller {

  /** Setting of a resource: what GOOD on a write means. */
  static final String WRITE_CACHE = "write-cache";

  /** Setting of a resource: the node that was its primary last, and can say where its log ends. */
  static final String KEEPER = "keeper";

  /**
   * Setting of a resource: what a primary does that hears of a later epoch, see {@link OnSplit}.
   */
  static final String ON_SPLIT = "on-split";

  /** Setting of a resource: for how many days branches are kept. */
  static final String KEEP_BRANCHES = "keep-branches";

  private static final int FOREVER_DAYS = 36_500;

  /** Setting of a resource: what GOOD promises, see {@link ModeSetting}. */
  static final String MODE = "mode";

  private final Surroundings around;

  ResourceTeller(Surroundings around) {
    this.around = around;
  }

  private Views view() {
    return around.directory().view();
  }

  UUID self() {
    return around.setting().self().node();
  }

  /** The branch with the greatest epoch. */
  Optional<Views.Shown<ResourceDocument>> newest(UUID resource) {
    List<Views.Shown<ResourceDocument>> branches = view().branches(resource);
    return branches.isEmpty() ? Optional.empty() : Optional.of(branches.getLast());
  }

  /** The newest epoch that is known, if it is later than another. */
  Optional<EpochRef> since(UUID resource, EpochRef epoch) {
    return newest(resource)
        .map(shown -> shown.version().epoch())
        .filter(newest -> newest.compareTo(epoch) > 0);
  }

  /** What this node knows of what was said of a resource. */
  HandoverInquiry.Said said(UUID resource) {
    return new HandoverInquiry.Said(newest(resource).map(Views.Shown::version));
  }

  /** Who is the primary; of several the one with the greatest epoch. Empty if nobody is. */
  Optional<UUID> primaryOf(UUID resource) {
    return newest(resource)
        .flatMap(shown -> shown.content().primary().filter(node -> !hasLeft(shown, node)));
  }

  /**
   * Whether a node has given its replica up since it said last that it is the primary: it has
   * granted the role then, and whether anybody has taken it is not known.
   */
  private boolean hasLeft(Views.Shown<ResourceDocument> said, UUID node) {
    Optional<UUID> membership = said.content().member(node).map(Member::membership);
    return view()
        .replica(said.key().first(), node)
        .filter(replica ->
            membership.equals(Optional.of(replica.content().membership()))
                ? replica.content().withdrawn()
                : replica.origin().stamp() > said.origin().stamp())
        .isPresent();
  }

  /** What a setting of a resource says. */
  Optional<String> setting(UUID resource, String name) {
    return setting(resource, Optional.empty(), name);
  }

  private Optional<String> setting(UUID resource, Optional<Report> primary, String name) {
    return inForce(resource, primary)
        .flatMap(shown -> Optional.ofNullable(shown.content().policy().get(name)));
  }

  /**
   * The branch whose settings count: the one with the greatest epoch; for a primary, of those in
   * which its log has come along. If another one is later nobody may be able to say anything there.
   */
  private Optional<Views.Shown<ResourceDocument>> inForce(UUID resource, Optional<Report> primary) {
    return primary.stream()
        .flatMap(seen ->
            view().branches(resource).reversed().stream()
                .filter(shown -> seen.epochs().contains(shown.version().epoch())))
        .findFirst()
        .or(() -> newest(resource));
  }

  /** What GOOD on a write promises. */
  ReplicationMode mode(UUID resource) {
    return setting(resource, MODE).map(ModeSetting::read).orElse(SettingsView.STANDARD.mode());
  }

  /** All that was decided for a resource. */
  SettingsView settings(UUID resource) {
    return new SettingsView(
        mode(resource), onSplit(resource, Optional.empty()), keepBranches(resource));
  }

  /** For how long a branch is kept; a setting that is not understood deletes nothing. */
  Duration keepBranches(UUID resource) {
    return setting(resource, KEEP_BRANCHES)
        .map(days ->
            days.matches("[0-9]{1,4}")
                ? Duration.ofDays(Integer.parseInt(days))
                : Duration.ofDays(FOREVER_DAYS))
        .orElse(SettingsView.STANDARD.keepBranches());
  }

  /** The epochs of the log that counts; empty if nobody has told them. */
  Optional<Lineage> lineage(UUID resource) {
    return newest(resource).flatMap(shown -> LineageTelling.of(shown.content()));
  }

  /**
   * What a primary does that hears of a later epoch.
   *
   * @param primary what it has open, if that is known
   */
  OnSplit onSplit(UUID resource, Optional<Report> primary) {
    return setting(resource, primary, ON_SPLIT).flatMap(OnSplit::of).orElse(OnSplit.STOP_SERVING);
  }

  /** Whether a primary goes on that hears of a later epoch. */
  boolean keepsServing(UUID resource, Optional<Report> primary) {
    return onSplit(resource, primary) == OnSplit.KEEP_SERVING;
  }

  /** Who hands the role over: the primary, or who was that last. */
  Optional<UUID> keeperOf(UUID resource) {
    return primaryOf(resource).or(() -> setting(resource, KEEPER).map(UUID::fromString));
  }

  Refusal noPrimary(String name) {
    return Refusal.forbidden(
        "no-primary",
        "no primary of %s is known here".formatted(name),
        "tharsis view " + name + " on another node");
  }

  // ---- whom a secondary may ask ----

  /**
   * The primary first, then all others whose log is a part of its own. A branch is nobody's source:
   * whoever has given one up would get it back from another member that still has it.
   */
  Lodger.Sources sourcesFor(Deed deed) {
    Optional<Views.Shown<ResourceDocument>> resource = newest(deed.resource());
    if (resource.isEmpty() || deed.isPrimary()) {
      return Lodger.Sources.NONE;
    }
    Optional<UUID> primary = primaryOf(deed.resource());
    List<FetchSource> log = new ArrayList<>();
    List<FetchSource> sync = new ArrayList<>();
    primary
        .filter(node -> !node.equals(self()))
        .flatMap(this::source)
        .ifPresent(first -> {
          log.add(first);
          sync.add(first);
        });
    boolean led = !log.isEmpty();
    view().members(resource.get()).stream()
        .filter(one -> !one.member().node().equals(self()))
        .filter(one -> primary.filter(one.member().node()::equals).isEmpty())
        .filter(one -> isOpen(one))
        .filter(one -> !isBranch(deed.resource(), one))
        .sorted(Comparator.comparingLong(ResourceTeller::durableLsn).reversed())
        .forEach(one ->
            source(one.member().node())
                .ifPresent(source -> {
                  log.add(source);
                  if (isConsistent(one)) {
                    sync.add(source);
                  }
                }));
    return new Lodger.Sources(log, sync, led);
  }

  /** Who is the primary, if it is another node. */
  Optional<UUID> otherPrimary(UUID resource) {
    return primaryOf(resource).filter(node -> !node.equals(self()));
  }

  /** Where the primary is reached, if it is another node. */
  Optional<FetchSource> primaryThere(UUID resource) {
    return otherPrimary(resource).flatMap(this::source);
  }

  /** Where a node is reached. */
  Optional<FetchSource> source(UUID node) {
    return around.peers().addressOf(node).map(address -> new FetchSource(node, address));
  }

  /** How far a member has said that its log is durable; 0 if that is not known. */
  long toldDurable(UUID resource, UUID member) {
    return newest(resource).stream()
        .flatMap(shown -> view().members(shown).stream())
        .filter(one -> one.member().node().equals(member))
        .mapToLong(ResourceTeller::durableLsn)
        .findFirst()
        .orElse(0);
  }

  private static boolean isOpen(Views.MemberView one) {
    return one.replica().filter(shown -> shown.content().disk().attached()).isPresent();
  }

  private static long durableLsn(Views.MemberView one) {
    return one.replica().map(shown -> shown.content().log().durableLsn()).orElse(0L);
  }

  private boolean isBranch(UUID resource, Views.MemberView one) {
    Optional<Lineage> theirs = lineage(resource).filter(it -> !it.epochs().isEmpty());
    return theirs.isPresent()
        && one.replica()
            .map(shown -> shown.content().log())
            .filter(log -> Parting.isBranch(log.epoch(), log.durableLsn(), theirs.get()))
            .isPresent();
  }

  private static boolean isConsistent(Views.MemberView one) {
    return one.replica().filter(shown -> isConsistent(shown.content())).isPresent();
  }

  /** Whether a replica says of itself that its log and disk are a moment of the primary's life. */
  private static boolean isConsistent(ReplicaDocument replica) {
    return replica.words().contains(Faults.CONSISTENT)
        && replica.sync().dirtyBytes() == 0
        && !replica.words().contains(Faults.STAGING);
  }

  /** Whether a node is a member, as far as the primary has said. */
  boolean isMember(UUID resource, UUID node) {
    return newest(resource).flatMap(shown -> shown.content().member(node)).isPresent();
  }

  /** The members but this node, as far as a primary has said. */
  List<UUID> otherMembers(UUID resource) {
    return newest(resource).stream()
        .flatMap(shown -> shown.content().members().stream())
        .map(Member::node)
        .filter(node -> !node.equals(self()))
        .toList();
  }

  // ---- at the primary, within a turn of its tenancy ----

  /**
   * Says of the resource what is so now, and lets go of members that have gone. That it is being
   * deleted does not matter.
   */
  Async<Void> tend(Tenancy tenancy, Report seen) {
    if (seen.epochs().isEmpty() || tenancy.deed().resource().equals(Key.NIL)) {
      return Async.done();
    }
    Deed deed = tenancy.deed();
    List<Member> before = membersOf(deed, seen);
    List<Member> staying = before.stream().filter(member -> !hasGone(deed, member)).toList();
    List<UUID> gone =
        before.stream()
            .filter(member -> !staying.contains(member))
            .map(Member::node)
            .filter(node -> !node.equals(self()))
            .toList();
    return write(deed, seen, staying)
        .then(done -> Async.forEach(gone, tenancy.counting()::dismiss))
        .then(done -> Async.forEach(strangers(seen, staying), tenancy.counting()::dismiss))
        .orElse(WriteRefused::unlessDeleted);
  }

  /** Counted for retention and no member: a crash came between. */
  private static List<UUID> strangers(Report seen, List<Member> members) {
    return seen.needed().keySet().stream()
        .filter(node -> members.stream().noneMatch(member -> member.node().equals(node)))
        .toList();
  }

  private boolean hasGone(Deed deed, Member member) {
    boolean withdrawn =
        view()
            .replica(deed.resource(), member.node())
            .map(Views.Shown::content)
            .filter(said -> said.membership().equals(member.membership()))
            .filter(ReplicaDocument::withdrawn)
            .isPresent();
    return !member.node().equals(self())
        && (withdrawn || view().deletion(Key.node(member.node())).isPresent());
  }

  /** The members as they stand, this node among them. */
  private List<Member> membersOf(Deed deed, Report seen) {
    List<Member> members =
        new ArrayList<>(
            before(deed, seen).map(shown -> shown.content().members()).orElse(List.of()));
    members.removeIf(member -> member.node().equals(self()));
    members.addFirst(new Member(self(), deed.membership(), Switches.ON));
    return members;
  }

  /** Counts a member; its membership replaces an earlier one. */
  Async<Void> enlist(Deed deed, Report seen, Member member) {
    List<Member> members = new ArrayList<>(membersOf(deed, seen));
    members.removeIf(other -> other.node().equals(member.node()));
    members.add(member);
    return write(deed, seen, members);
  }

  /** Counts a member no more. */
  Async<Void> strike(Deed deed, Report seen, UUID node) {
    List<Member> members = new ArrayList<>(membersOf(deed, seen));
    members.removeIf(other -> other.node().equals(node));
    return write(deed, seen, members);
  }

  /** Says that nobody is the primary any more, and this node knows where its log ends. */
  Async<Void> abdicate(Deed deed, Report seen) {
    return write(deed, seen, membersOf(deed, seen), Optional.empty(), Collections.emptyMap());
  }

  /** Changes settings of the resource. */
  Async<Void> set(Deed deed, Report seen, Map<String, String> settings) {
    return write(deed, seen, membersOf(deed, seen), Optional.of(self()), settings);
  }

  private Async<Void> write(Deed deed, Report seen, List<Member> members) {
    return write(deed, seen, members, Optional.of(self()), Collections.emptyMap());
  }

  private Async<Void> write(
      Deed deed,
      Report seen,
      List<Member> members,
      Optional<UUID> primary,
      Map<String, String> settings) {
    SortedMap<Integer, Long> sizes = new TreeMap<>();
    deed.holding().sizeBytes().ifPresent(bytes -> sizes.put(0, bytes));
    SortedMap<String, String> policy = new TreeMap<>();
    inForce(deed.resource(), Optional.of(seen))
        .ifPresent(shown -> policy.putAll(shown.content().policy()));
    policy.put(WRITE_CACHE, deed.holding().writeCache().word());
    policy.put(KEEPER, self().toString());
    policy.putAll(settings);
    ResourceDocument content =
        new ResourceDocument(deed.name(), primary, members, sizes, policy, extras(deed, seen));
    return around
        .directory()
        .writeResource(deed.resource(), authority(deed, seen), content)
        .map(done -> (Void) null);
  }

  /**
   * What this primary says next changes this: the newest of its own line. Who was forced, and has
   * said nothing yet, goes on from what it overrules.
   */
  private Optional<Views.Shown<ResourceDocument>> before(Deed deed, Report seen) {
    return forced(deed).isPresent()
        ? newest(deed.resource())
        : inForce(deed.resource(), Optional.of(seen));
  }

  /** How an operator has forced it to be the primary, if it has said nothing since. */
  private static Optional<Succession> forced(Deed deed) {
    return deed.succession().filter(it -> it.kind() == Epoch.Kind.FORCED);
  }

  /** What a newer program has said stays. */
  private List<Content.Extra> extras(Deed deed, Report seen) {
    List<Content.Extra> extras = new ArrayList<>();
    extras.add(new LineageTelling(seen.lineage()).encode());
    before(deed, seen).stream()
        .flatMap(shown -> shown.content().extras().stream())
        .filter(extra -> extra.tag() != LineageTelling.TAG)
        .forEach(extras::add);
    return extras;
  }

  /**
   * The epoch of its log, which continues those before it, and overrules those of branches: all
   * that were known when an operator forced it, and later those whose writer follows it; what its
   * line has overruled once stays so. Beside others it stands because of the operator, or because
   * there are several already.
   */
  private Authority authority(Deed deed, Report seen) {
    Optional<Succession> forced = forced(deed);
    long known = forced.map(it -> it.newerThan() - RoleVerbs.FORCED_LEAP).orElse(0L);
    TreeSet<EpochRef> continued = new TreeSet<>(seen.epochs().subList(0, seen.epochs().size() - 1));
    continued.addAll(view().continued(deed.resource(), seen.epochs()));
    for (Views.Shown<ResourceDocument> branch : view().branches(deed.resource())) {
      EpochRef epoch = branch.version().epoch();
      if (epoch.compareTo(seen.epoch()) < 0
          && (epoch.number() <= known || isOver(deed, seen, branch))) {
        continued.add(epoch);
      }
    }
    return new Authority(
        seen.epoch(),
        List.copyOf(continued),
        forced.isPresent() || view().isSplit(deed.resource()));
  }

  /**
   * Whether the primary of a branch follows this node's log by now, or it has left, as all others
   * there that have the branch.
   */
  private boolean isOver(Deed deed, Report seen, Views.Shown<ResourceDocument> branch) {
    return branch.content().primary().filter(node -> follows(deed, seen, node)).isPresent()
        || branch.content().members().stream()
            .allMatch(member -> hasGone(deed, member) || follows(deed, seen, member.node()));
  }

  private boolean follows(Deed deed, Report seen, UUID node) {
    return view()
        .replica(deed.resource(), node)
        .map(shown -> shown.content().log())
        .filter(log -> seen.epochs().contains(log.epoch()))
        .filter(log -> !Parting.isBranch(log.epoch(), log.durableLsn(), seen.lineage()))
        .isPresent();
  }
}
