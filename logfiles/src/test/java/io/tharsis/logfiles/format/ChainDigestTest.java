package io.tharsis.logfiles.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tharsis.logfiles.seam.Invariant;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChainDigestTest {

  private static final int MIB = 1 << 20;

  private final RecordWriter writer = new RecordWriter(Samples.SEED, 3);
  private final ByteBuffer log = ByteBuffer.allocateDirect(4 * MIB);

  private void append(ChainDigest chain, int payloadBytes) {
    writer.begin(RecordType.MARK, chain.endLsn()).writeInPlace(log, 0, payloadBytes);
    chain.add(writer);
  }

  private static Digest sha(byte[]... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        sha.update(part);
      }
      return Digest.of(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void isTheHashOfThePredecessorAndAllHeaders() {
    ChainDigest chain = new ChainDigest(Samples.DIGEST, 0);
    assertThat(chain.value()).isEqualTo(sha(Samples.DIGEST.bytes()));
    append(chain, 0);
    byte[] first = new byte[64];
    log.get(0, first);
    append(chain, 100);
    byte[] second = new byte[64];
    log.get(0, second);
    assertThat(chain.value()).isEqualTo(sha(Samples.DIGEST.bytes(), first, second));
    assertThat(chain.endLsn()).isEqualTo(64 + 192);
  }

  @Test
  void readersAndWritersAgree() {
    ChainDigest written = new ChainDigest(Digest.NONE, 0);
    ChainDigest read = new ChainDigest(Digest.NONE, 0);
    RecordView view = new RecordView();
    for (int i = 0; i < 50; i++) {
      append(written, i * 1000);
      assertThat(view.decode(Samples.SEED, log, 0, read.endLsn())).isEqualTo(RecordVerdict.OK);
      read.add(view);
    }
    assertThat(read.value()).isEqualTo(written.value());
    assertThat(read.index()).isEqualTo(written.index());
    assertThat(read.index().digests()).hasSize((int) (read.endLsn() / MIB));
  }

  @Test
  void aBoundaryCoversEveryRecordThatBeginsBelowIt() {
    ChainDigest chain = new ChainDigest(Digest.NONE, 64);
    append(chain, MIB - 128 - 64);
    Digest below = chain.value();
    assertThat(chain.index().digests()).isEmpty();
    append(chain, 0);
    Digest exactly = chain.value();
    assertThat(chain.endLsn()).isEqualTo(MIB);
    assertThat(chain.index().digests()).containsExactly(exactly).doesNotContain(below);
    append(chain, 2 * MIB + 1);
    Digest across = chain.value();
    assertThat(chain.index()).isEqualTo(new DigestIndex(MIB, chain.index().digests()));
    assertThat(chain.index().digests()).containsExactly(exactly, across, across);
  }

  @Test
  void theIndexAnswersForTheBoundaryBelow() {
    ChainDigest chain = new ChainDigest(Digest.NONE, 5L * MIB);
    append(chain, 2 * MIB);
    DigestIndex index = chain.index();
    assertThat(index.valueAt(6L * MIB - 1)).isEmpty();
    Digest digest = chain.value();
    assertThat(index.valueAt(6L * MIB)).isEqualTo(mark(6, digest));
    assertThat(index.valueAt(7L * MIB - 1)).isEqualTo(mark(6, digest));
    assertThat(index.valueAt(Long.MAX_VALUE)).isEqualTo(mark(7, digest));
  }

  private static Optional<DigestIndex.Mark> mark(long mib, Digest digest) {
    return Optional.of(new DigestIndex.Mark(mib * MIB, digest));
  }

  @Test
  void recordsComeInOrder() {
    ChainDigest chain = new ChainDigest(Digest.NONE, 0);
    writer.begin(RecordType.MARK, 64).writeInPlace(log, 0, 0);
    assertThatThrownBy(() -> chain.add(writer)).isInstanceOf(Invariant.Broken.class);
  }

  @Test
  void aDigestIsItsBytes() {
    assertThat(Digest.of(Samples.DIGEST.bytes())).isEqualTo(Samples.DIGEST);
    assertThat(Samples.DIGEST)
        .hasToString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
  }
}
