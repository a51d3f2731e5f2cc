package io.tharsis.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tharsis.logfiles.log.LogConfig;
import io.tharsis.logfiles.log.Seams;
import io.tharsis.logfiles.log.WriterIdentity;
import io.tharsis.logfiles.seam.Async;
import io.tharsis.logfiles.seam.Disk;
import io.tharsis.logfiles.volume.LoggedResource;
import io.tharsis.logfiles.volume.ResourceConfig;
import io.tharsis.logfiles.volume.VolumeConfig;
import io.tharsis.logfiles.volume.WriteCache;
import io.tharsis.replication.control.HostPort;
import io.tharsis.replication.control.RefusedException;
import io.tharsis.replication.control.WriteCacheMode;
import io.tharsis.replication.link.LinkHome;
import io.tharsis.replication.link.Links;
import io.tharsis.replication.link.UnusedLinks;
import io.tharsis.replication.node.Place;
import io.tharsis.replication.node.Ports;
import io.tharsis.replication.node.RoleWish;
import io.tharsis.replication.remote.Front;
import io.tharsis.replication.remote.FrontSeams;
import io.tharsis.server.node.NodeConfig;
import io.tharsis.server.node.NodeGround;
import io.tharsis.server.node.SmallLog;
import io.tharsis.server.node.Transport;
import io.tharsis.server.ring.AppendMethod;
import io.tharsis.server.scsi.AccessControl.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a place on this host gives a replica, and takes back. */
class HostPlaceTest {

  private static final Links NO_LINKS = new UnusedLinks() {};
  private static final Ports PORTS = new Ports(List.of(new Ports.Port(7, true)), 7);

  private static final long DISK_BYTES = 4 << 20;
  private static final Front.Shape SHAPE = new Front.Shape(DISK_BYTES, WriteCache.DURABLE);
  @TempDir private Path directory;

  private final List<String> exported = new CopyOnWriteArrayList<>();
  private NodeGround ground;
  private HostPremises premises;

  @BeforeEach
  void open() throws IOException {
    Path data = directory.resolve("data");
    ground =
        NodeGround.open(
            new NodeGround.Plan(
                data,
                new NodeConfig.Methods(
                    Optional.of(Transport.NIO), Duration.ZERO, Optional.of(AppendMethod.THREAD)),
                3));
    Rim rim = new Rim();
    ground.closes(rim);
    premises =
        new HostPremises(
            new HostPremises.Fittings(
                data,
                ground,
                AppendMethod.THREAD,
                new MemoryBudget(2, 1),
                true,
                rim,
                exported::add));
    HostPort _ = ground.listen(new NodeGround.Place(new HostPort("127.0.0.1", 0), at -> at));
  }

  @AfterEach
  void close() throws IOException {
    ground.close();
  }

  private static Place.DiskWish wish(Path disk, OptionalLong size) {
    return new Place.DiskWish(disk.toString(), size, WriteCacheMode.DURABLE);
  }

  private Place.DiskWish wish() {
    return wish(directory.resolve("disk"), OptionalLong.of(DISK_BYTES));
  }

  /** Does something on the owner of a place, and waits for its end. */
  private static <T> T on(Place place, Supplier<Async<T>> operation) throws IOException {
    CompletableFuture<T> ended = new CompletableFuture<>();
    place
        .owner()
        .execute(() -> operation.get().observe(ended::complete, ended::completeExceptionally));
    return Deadline.of("test", Duration.ofSeconds(20)).await(ended);
  }

  private LoggedResource resource(Place place) throws IOException {
    return on(
        place,
        () ->
            place
                .open(wish())
                .then(seams -> place.disk(wish()).then(disk -> resource(seams, disk))));
  }

  private static LinkHome home(Place place) {
    return new LinkHome(place.owner(), place.clock());
  }

  private static Async<LoggedResource> resource(Seams seams, Disk disk) {
    WriterIdentity writer = new WriterIdentity(new UUID(1, 1), "test", new UUID(2, 2));
    return LoggedResource.open(
        new ResourceConfig(
            "r",
            List.of(new VolumeConfig(disk, WriteCache.DURABLE)),
            new LogConfig(SmallLog.LIMITS, writer, false)),
        seams);
  }

  private static String refusal(Place place, Place.DiskWish wish) {
    return refusal(() -> on(place, () -> place.disk(wish).map(Disk::name)));
  }

  private static String refusal(ThrowingCallable operation) {
    return catchThrowableOfType(RefusedException.class, operation).refusal().code();
  }

  @Test
  void aResourceIsExportedWithdrawnAndItsLogRemoved() throws IOException {
    Place place = premises.place("r");
    LoggedResource open = resource(place);
    Path log = directory.resolve("data/resource-r");
    assertThat(log).isNotEmptyDirectory();

    Front front = front(place, open);
    Void _ = on(place, () -> place.export(front, PORTS, Optional.empty()));
    Void _ =
        on(
            place,
            () -> {
              place.writing(Optional.of(open));
              return Async.done();
            });
    assertThat(exported).containsExactly("iqn.2026-11.io.tharsis:r");
    assertThat(ground.metrics().scrape()).contains("tharsis_lsn{resource=\"r\"");
    Void _ = on(place, place::withdraw);
    Void _ = on(place, place::withdraw);
    Void _ =
        on(
            place,
            () -> {
              place.writing(Optional.empty());
              return Async.done();
            });
    assertThat(ground.metrics().scrape()).doesNotContain("resource=\"r\"");
    Void _ =
        on(
            place,
            () -> place.export(front, PORTS, Optional.empty()).then(done -> place.withdraw()));
    Void _ = on(place, open::close);
    Void _ = on(place, place::vacate);
    Void _ = on(place, place::vacate);
    Void _ = on(place, place::clear);
    Void _ = on(place, place::clear);
    assertThat(log).doesNotExist();
    assertThat(directory.resolve("disk")).hasSize(DISK_BYTES);
    place.close();
  }

  private static Front front(Place place, LoggedResource open) throws IOException {
    return on(
        place,
        () ->
            Async.of(
                Front.of(
                    open.id(),
                    List.of(SHAPE),
                    new FrontSeams(NO_LINKS, home(place), place.entropy()))));
  }

  /** Commands wait for the resource's owner, so nothing of the device can be told in between. */
  private static Verdict verdict(Place place, Front front, int group, RoleWish wish)
      throws IOException {
    return on(
        place,
        () -> {
          Async<Verdict> verdict = new Async<>();
          new WishedAccess(place.owner(), 7, front, wish).prefer(group, verdict::succeed);
          assertThat(verdict.isDone()).as("a later message").isFalse();
          return verdict;
        });
  }

  private static RoleWish granting(Place place, RoleWish.Answer became) {
    return () -> {
      Async<RoleWish.Answer> answer = new Async<>();
      place.owner().execute(() -> answer.succeed(became));
      return answer;
    };
  }

  @Test
  void aWishIsDoneWhenTheFrontHasBeenTold() throws IOException {
    Place place = premises.place("r");
    LoggedResource open = resource(place);
    Front front = front(place, open);
    RoleWish done = granting(place, RoleWish.Answer.DONE);
    assertThat(verdict(place, front, 7, done)).as("it went on").isEqualTo(Verdict.FAILED);
    Void _ =
        on(
            place,
            () -> {
              front.serve(open);
              return Async.done();
            });
    assertThat(verdict(place, front, 7, done)).isEqualTo(Verdict.DONE);
    assertThat(verdict(place, front, 8, done)).as("another's group").isEqualTo(Verdict.REFUSED);
    assertThat(verdict(place, front, 7, granting(place, RoleWish.Answer.REFUSED)))
        .isEqualTo(Verdict.REFUSED);
    assertThat(verdict(place, front, 7, granting(place, RoleWish.Answer.FAILED)))
        .isEqualTo(Verdict.FAILED);
    assertThat(verdict(place, front, 7, nodeHasEnded(place))).isEqualTo(Verdict.FAILED);
    Void _ = on(place, front::close);
    Void _ = on(place, open::close);
    Void _ = on(place, place::vacate);
    place.close();
  }

  private static RoleWish nodeHasEnded(Place place) {
    return () -> {
      Async<RoleWish.Answer> answer = new Async<>();
      place.owner().execute(() -> answer.fail(new IOException("ended")));
      return answer;
    };
  }

  @Test
  void aPlaceIsGivenAgainWithWhatIsInIt() throws IOException {
    Place first = premises.place("r");
    LoggedResource open = resource(first);
    Void _ = on(first, open::close);
    Void _ = on(first, first::vacate);
    first.close();
    Place second = premises.place("r");
    LoggedResource again = resource(second);
    assertThat(again.id()).isEqualTo(open.id());
    Void _ = on(second, again::close);
    Void _ = on(second, second::vacate);
    second.close();
  }

  @Test
  void aDiskThatIsInUseOrNotAsItShouldBeIsRefused() throws IOException {
    Place one = premises.place("one");
    Place other = premises.place("other");
    Disk disk = on(one, () -> one.disk(wish()));
    assertThat(refusal(other, wish())).isEqualTo("disk-unusable");
    Void _ = on(one, disk::close);
    Disk larger =
        on(other, () -> other.disk(wish(directory.resolve("disk"), OptionalLong.of(512))));
    assertThat(larger.sizeBytes()).isEqualTo(DISK_BYTES);
    Void _ = on(other, larger::close);
    assertThat(refusal(other, wish(directory.resolve("none"), OptionalLong.empty())))
        .isEqualTo("disk-missing");
    assertThat(Files.exists(directory.resolve("none"))).isFalse();
    one.close();
    other.close();
  }

  @Test
  void oneReplicaMoreThanThereIsMemoryForIsRefusedUntilAnotherIsGone() throws IOException {
    List<Place> places = Stream.of("a", "b", "c").map(premises::place).toList();
    Seams _ = on(places.get(0), () -> places.get(0).open(wish()));
    Seams _ = on(places.get(1), () -> places.get(1).open(wish()));
    Place third = places.get(2);
    assertThat(refusal(() -> on(third, () -> third.open(wish())))).isEqualTo("memory-full");
    Void _ = on(third, third::vacate);
    assertThat(refusal(() -> on(third, () -> third.open(wish())))).isEqualTo("memory-full");
    Void _ = on(places.get(0), places.get(0)::vacate);
    Void _ = on(places.get(0), places.get(0)::vacate);
    Seams _ = on(third, () -> third.open(wish()));
    assertThat(refusal(() -> on(places.get(0), () -> places.get(0).open(wish()))))
        .isEqualTo("memory-full");
    Void _ = on(places.get(1), places.get(1)::vacate);
    Void _ = on(third, third::vacate);
    places.forEach(Place::close);
  }

  @Test
  void placesAreDealtOutOverTheLoopsBesideTheNodesOwn() {
    Place first = premises.place("a");
    Place second = premises.place("b");
    Place third = premises.place("c");
    assertThat(loopOf(first)).isNotEqualTo(loopOf(second)).isEqualTo(loopOf(third));
    List.of(first, second, third)
        .forEach(place -> {
          assertThat(loopOf(place)).isNotEqualTo(ground.loops().of(0).loop());
          place.close();
        });
  }

  private static Object loopOf(Place place) {
    return ((io.tharsis.server.loop.LoopOwner) place.owner()).loop();
  }
}
