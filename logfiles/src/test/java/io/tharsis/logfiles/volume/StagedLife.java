package io.tharsis.logfiles.volume;

import io.tharsis.logfiles.contract.SimWorld;
import io.tharsis.logfiles.format.DirtyRegions.Stamp;
import io.tharsis.logfiles.format.RegionSet;
import io.tharsis.logfiles.log.Delta;
import io.tharsis.logfiles.log.LogLimits;
import io.tharsis.logfiles.log.LogStart;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.TestLog;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.seam.Range;
import io.tharsis.logfiles.seam.Store;
import io.tharsis.logfiles.sim.CrashMode;
import io.tharsis.logfiles.sim.Fault;
import io.tharsis.logfiles.sim.SimDirectory;
import io.tharsis.logfiles.sim.SimMedium;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * A replica that is consistent and old, and begins anew beside that: what a node does with it, by
 * itself, after each crash again.
 */
final class StagedLife {

  static final long OLD_LSN = 8192;
  static final long NEW_LSN = 1 << 20;

  static final long REGION = RegionSet.REGION_BYTES;
  static final long DISK_BYTES = 5 * REGION + 4096;
  static final UUID ID = new UUID(7, 7);
  private static final UUID EPOCH = new UUID(8, 8);
  static final byte OLD = 'a';
  private static final byte NEW = 'b';
  private static final Duration RETRY = Duration.ofMillis(500);
  private static final long STEPS = 1_000_000;

  private final SimWorld world = new SimWorld(5);
  private final LogLimits limits;
  private final List<String> failures = new ArrayList<>();
  private Optional<FollowingResource> open = Optional.empty();
  private long stamp = NEW_LSN;
  private boolean stopped;
  private long ids;

  private StagedLife(LogLimits limits) {
    this.limits = limits;
  }

  /** A replica all of whose disk is one old moment. */
  static StagedLife prepared(LogLimits limits) throws IOException {
    StagedLife life = new StagedLife(limits);
    life.world.await(() ->
        life.onDisk((config, seams) ->
                FollowingResource.join(
                    config, new LogStart(ID, OLD_LSN), seams, ResourceListener.NONE))
            .then(resource -> put(resource, OLD, OLD_LSN).then(done -> resource.close())));
    life.world.simulation().runFor(Duration.ofSeconds(2));
    return life;
  }

  interface Opening<T> {
    Async<T> open(ResourceConfig config, Seams seams);
  }

  SimWorld world() {
    return world;
  }

  <T> Async<T> onDisk(Opening<T> opening) {
    return world
        .openSparse("disk", DISK_BYTES)
        .then(disk ->
            world
                .openStore()
                .then(store -> opening.open(config(disk), seams(store)))
                .orElse(cause -> disk.close().then(done -> Async.failed(cause))));
  }

  private ResourceConfig config(Disk disk) {
    return new ResourceConfig(
        "r", List.of(new VolumeConfig(disk, WriteCache.DURABLE)), TestLog.config(limits, false));
  }

  private Seams seams(Store store) {
    ids += 1000;
    return TestLog.seams(world, store, ids);
  }

  /** Puts a content on all that is dirty, a region at a time. */
  private static Async<Void> put(FollowingResource resource, byte value, long lsn) {
    return Async.<Boolean>repeat(
            () -> {
              Optional<Range> next = resource.dirty().next(0, 0, REGION);
              return next.isEmpty()
                  ? Async.of(Optional.of(true))
                  : put(resource, next.get(), value, lsn).map(done -> Optional.empty());
            })
        .map(done -> null);
  }

  private static Async<Void> put(FollowingResource resource, Range range, byte value, long lsn) {
    ByteBuffer content = ByteBuffer.allocateDirect((int) range.lengthBytes());
    for (int i = 0; i < content.capacity(); i++) {
      content.put(i, value);
    }
    return resource
        .hold(0, range)
        .then(hold -> {
          Async<Void> put =
              range.from() == 3 * REGION
                  ? resource.putZeros(hold, new Stamp(lsn, EPOCH))
                  : resource.put(hold, content, new Stamp(lsn, EPOCH));
          return put.map(
                  done -> {
                    hold.release();
                    return (Void) null;
                  })
              .orElse(cause -> {
                hold.release();
                return Async.failed(cause);
              });
        });
  }

  /** Regions 1 to 3 and the last one have changed since. */
  private static Delta delta() {
    RegionSet touched = new RegionSet();
    touched.add(REGION, 3 * REGION);
    touched.add(5 * REGION, 1);
    SortedMap<Integer, RegionSet> regions = new TreeMap<>();
    regions.put(0, touched);
    return new Delta(OLD_LSN, regions);
  }

  // ---- what a node does ----

  /** Contents come that are newer than all log there will be. */
  void stampsAreBeyondTheLog() {
    stamp = NEW_LSN + 8192;
  }

  /** A process begins that goes where it is to go. */
  void work() {
    world.host().owner().execute(this::openNow);
  }

  private void openNow() {
    stopped = false;
    onDisk((config, seams) -> FollowingResource.open(config, seams, new Ear()))
        .then(resource ->
            isOld(resource)
                ? resource.close().then(done -> onDisk(this::beginBeside))
                : Async.of(resource))
        .observe(this::opened, this::failed);
  }

  private Async<FollowingResource> beginBeside(ResourceConfig config, Seams seams) {
    return FollowingResource.beginBeside(
        config, new LogStart(ID, NEW_LSN), Optional.of(delta()), seams, new Ear());
  }

  private static boolean isOld(FollowingResource resource) {
    return resource.log().marks().durable() == OLD_LSN;
  }

  private void opened(FollowingResource resource) {
    open = Optional.of(resource);
    resource.resumeReplay();
    put(resource, NEW, stamp).observe(done -> {}, cause -> failures.add(cause.getMessage()));
    if (stopped) {
      restart();
    }
  }

  private void failed(IOException cause) {
    failures.add(cause.getMessage());
    world.host().clock().after(RETRY, this::openNow);
  }

  private final class Ear implements ResourceListener {
    @Override
    public void stopped(String reason) {
      stopped = true;
      open.ifPresent(resource -> restart());
    }
  }

  private void restart() {
    FollowingResource resource = open.orElseThrow();
    open = Optional.empty();
    world
        .host()
        .clock()
        .after(RETRY, () -> resource.close().observe(done -> openNow(), cause -> openNow()));
  }

  void flip() {
    FollowingResource resource = open();
    world.host().owner().execute(resource::flip);
    lastSeen = Optional.of(resource);
    world.simulation().runFor(Duration.ofMillis(100));
  }

  private Optional<FollowingResource> lastSeen = Optional.empty();

  boolean isStopped() {
    return stopped;
  }

  boolean openConsistent() {
    return lastSeen.orElseThrow().isConsistent();
  }

  // ---- what a test does ----

  FollowingResource open() {
    return open.orElseThrow();
  }

  FollowingResource begin() throws IOException {
    return world.await(() -> onDisk(this::beginBeside));
  }

  /** Nothing is known of what has changed, and the volume has grown since. */
  FollowingResource beginLarger(long bytes) throws IOException {
    return world.await(() ->
        onDisk((config, seams) -> {
          Disk disk = config.volumes().getFirst().disk();
          ResourceConfig larger =
              new ResourceConfig(
                  "r",
                  List.of(new VolumeConfig(disk, WriteCache.DURABLE, OptionalLong.of(bytes))),
                  config.log());
          LogStart start = new LogStart(ID, NEW_LSN);
          return disk.grow(bytes)
              .then(done ->
                  FollowingResource.beginBeside(
                      larger, start, Optional.empty(), seams, ResourceListener.NONE));
        }));
  }

  /** More has changed, and the side log cannot be written. */
  void sideLogFails() {
    directory().files().stream()
        .filter(name -> name.startsWith("side-") && directory().medium(name).sizeBytes() > 1 << 20)
        .forEach(name -> directory().medium(name).faults().chance(Fault.WRITE_ERROR, 1));
    RegionSet more = new RegionSet();
    more.add(REGION, REGION);
    FollowingResource resource = open();
    world
        .host()
        .owner()
        .execute(() ->
            resource
                .makeDirty(0, more)
                .then(done -> put(resource, NEW, stamp))
                .observe(done -> {}, cause -> failures.add(cause.getMessage())));
  }

  void rot(String file) {
    directory().medium(file).rot(new Range(0, 4096));
  }

  FollowingResource openAsItIs() throws IOException {
    return world.await(() ->
        onDisk((config, seams) -> FollowingResource.open(config, seams, ResourceListener.NONE)));
  }

  void giveUp() throws IOException {
    world.await(() -> world.openStore().then(store -> FollowingResource.giveUpStage(seams(store))));
  }

  List<String> failures() {
    return failures;
  }

  SimMedium disk() {
    return world.host().disk("disk", DISK_BYTES);
  }

  private SimDirectory directory() {
    return world.host().directory("store");
  }

  void blank(List<String> files) {
    files.forEach(file -> directory().medium(file).blank());
  }

  void fileSystemHasOnly(long bytes) {
    world.host().space().fillAllBut(bytes);
  }

  long events() {
    return world.simulation().steps();
  }

  void run(long events) {
    world.simulation().runSteps(events);
  }

  void runFor(Duration time) {
    world.simulation().runFor(time);
  }

  void crash(Optional<CrashMode> power) {
    open = Optional.empty();
    power.ifPresentOrElse(
        mode -> {
          disk().crashMode(mode);
          directory().files().forEach(file -> directory().medium(file).crashMode(mode));
          world.host().powerFail();
        },
        () -> world.host().kill());
  }

  /** Files that are there only as long as something is staged. */
  List<String> leftovers() {
    return directory().files().stream()
        .filter(name ->
            name.startsWith("stage")
                || name.startsWith("side-")
                || name.equals("flipping")
                || name.equals("moving"))
        .toList();
  }

  /** Whatever has happened so far, and a crash now does not change it. */
  void judge() {
    boolean counts =
        directory().files().stream()
            .noneMatch(name -> name.equals("flipping") || name.equals("moving"));
    boolean old = counts && (directory().has("staged") || shows(OLD));
    if (old && !shows(OLD)) {
      throw new AssertionError("the disk was touched: " + directory().files());
    }
    if (counts && !old && !shows(NEW)) {
      throw new AssertionError("the disk is no moment: " + directory().files());
    }
    open.filter(resource -> resource.staged().filter(it -> !it.flipping()).isPresent())
        .filter(resource -> !resource.isConsistent())
        .ifPresent(resource -> {
          throw new AssertionError("a stage that is not consistent");
        });
  }

  /** Lets it come to its end, and looks at that. */
  void finish() {
    Function<FollowingResource, Boolean> done =
        resource -> resource.staged().isEmpty() && resource.isConsistent();
    world.simulation().runUntil(() -> open.filter(done::apply).isPresent(), STEPS);
    if (!shows(NEW)) {
      throw new AssertionError("the disk does not show what was staged");
    }
    if (!leftovers().isEmpty()) {
      throw new AssertionError("left over: " + leftovers());
    }
  }

  private boolean shows(byte value) {
    return isMoment(disk().peek(new Range(0, DISK_BYTES)), value);
  }

  static boolean isOldMoment(byte[] content) {
    return isMoment(content, OLD);
  }

  static boolean isNewMoment(byte[] content) {
    return isMoment(content, NEW);
  }

  private static boolean isMoment(byte[] content, byte value) {
    for (int at = 0; at < content.length; at++) {
      int region = (int) (at / REGION);
      boolean staged = region > 0 && region != 4;
      byte wanted = region == 3 ? 0 : staged ? value : OLD;
      if (content[at] != wanted) {
        return false;
      }
    }
    return true;
  }
}
