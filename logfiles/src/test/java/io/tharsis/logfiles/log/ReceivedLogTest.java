package io.tharsis.logfiles.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tharsis.logfiles.format.LogfileHeader;
import io.tharsis.logfiles.seam.Range;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A log that is received: byte for byte the source's, and nothing counts before it is verified. */
final class ReceivedLogTest {

  private static final int MIB = 1 << 20;

  private final SimLog source = new SimLog(31);
  private final SimLog target = new SimLog(32);

  private TestReceiver join(TestLog log, long baseLsn) throws IOException {
    return TestReceiver.join(target, new LogStart(log.log().resourceId(), baseLsn));
  }

  private void assertSameBytes(long number, long bytes) {
    Range range = new Range(0, LogfileHeader.BYTES + bytes);
    byte[] here = target.medium(SimLog.logfile(number)).peek(range);
    byte[] there = source.medium(SimLog.logfile(number)).peek(range);
    assertThat(Arrays.mismatch(here, there)).as("first difference in %d", number).isEqualTo(-1);
  }

  @Test
  void everythingArrivesByteForByte() throws IOException {
    TestLog log = source.open();
    long first = log.write(0, 4096);
    long second = log.write(8192, 65536);
    TestReceiver receiver = join(log, 0);
    long end = receiver.fetchAll(source.world, log.log());
    assertThat(end).isEqualTo(log.log().marks().durable());
    assertThat(receiver.told).containsExactly(first, second);
    assertThat(receiver.states).hasSize(1);
    assertThat(receiver.log().lineage()).isEqualTo(log.log().lineage());
    assertSameBytes(1, end);
    long third = log.write(0, 512);
    receiver.fetchAll(source.world, log.log());
    assertThat(receiver.told).containsExactly(first, second, third);
  }

  @Test
  void logfilesAndEpochsFollowEachOther() throws IOException {
    TestLog log = source.open();
    TestReceiver receiver = join(log, 0);
    for (int i = 0; i < 10; i++) {
      log.write(i * (long) MIB, MIB);
    }
    receiver.fetchAll(source.world, log.log());
    source.powerFail();
    TestLog again = source.open();
    again.write(0, 4096);
    long end = receiver.fetchAll(source.world, again.log());
    assertThat(end).isEqualTo(again.log().marks().durable());
    assertThat(receiver.log().lineage().epochs()).hasSize(2);
    long base = again.log().find(end - 1).orElseThrow().baseLsn();
    assertSameBytes(3, end - base);
    target.powerFail();
    TestReceiver reopened = TestReceiver.open(target);
    assertThat(reopened.log().marks().durable()).isEqualTo(end);
    assertThat(reopened.told).isEqualTo(receiver.told);
    assertThat(reopened.log().next()).isEqualTo(receiver.log().next());
    again.write(0, 4096);
    reopened.fetchAll(source.world, again.log());
  }
}
