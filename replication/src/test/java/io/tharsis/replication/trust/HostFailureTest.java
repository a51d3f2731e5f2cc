package io.tharsis.replication.trust;

import static io.tharsis.replication.trust.TrustWorld.assertRefused;
import static io.tharsis.replication.trust.TrustWorld.chain;
import static io.tharsis.replication.trust.TrustWorld.redeem;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The issuer's disk fails: its operator hears what, a stranger hears what to do. */
class HostFailureTest {

  private final TrustWorld world = new TrustWorld();
  private final TrustWorld.Heard heard = new TrustWorld.Heard();
  private final Failing files = new Failing();

  /** Fails every step, or only those that write. */
  private static final class Failing implements TrustFiles {
    private final MemoryTrustFiles files = new MemoryTrustFiles();
    private boolean reads;
    private boolean writes;
    private boolean unsafe;

    private static void fail(boolean now) throws IOException {
      if (now) {
        throw new IOException("/secret/place: no space left on device");
      }
    }

    @Override
    public String path(String name) {
      return files.path(name);
    }

    @Override
    public List<String> names() throws IOException {
      fail(reads);
      return files.names();
    }

    @Override
    public Optional<byte[]> read(String name) throws IOException, TrustRefusedException {
      fail(reads);
      if (unsafe) {
        throw new TrustRefusedException(TrustCode.UNSAFE_FILE, "/secret/place is open", "chmod");
      }
      return files.read(name);
    }

    @Override
    public void create(String name, byte[] content) throws IOException {
      fail(writes);
      files.create(name, content);
    }

    @Override
    public void sync(String name) throws IOException {
      files.sync(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
      files.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
      files.delete(name);
    }

    @Override
    public void syncDirectory() throws IOException {
      files.syncDirectory();
    }
  }

  private JoinService service;
  private JoinRequest request;

  private void prepare() throws Exception {
    ClusterTrust holder = world.home(files).create("blue", "alpha");
    holder.listen(heard);
    request = world.joining(holder, "beta").request(chain(holder));
    service = new JoinService(TrustWorld.authority(holder));
  }

  private Refused refused() {
    JoinAnswer answer = service.redeem(request);
    assertRefused(answer, TrustCode.HOST_FAILED);
    assertThat(answer.toString()).doesNotContain("secret");
    assertThat(heard.refused.getLast().toString()).contains("/secret/place");
    return (Refused) answer;
  }

  @Test
  void beforeTheTokenIsTouchedItStaysGood() throws Exception {
    prepare();
    files.reads = true;
    assertThat(refused().fact()).contains("before it touched the token");
    files.reads = false;
    assertThat(service.redeem(request)).isInstanceOf(JoinAnswer.Joined.class);
  }

  @Test
  void onceItIsBeingSpentItCountsAsSpent() throws Exception {
    prepare();
    files.writes = true;
    assertThat(refused().fact()).contains("counts as spent");
  }

  @Test
  void filesThatAreOpenToOthersAreTheIssuersBusiness() throws Exception {
    prepare();
    files.unsafe = true;
    assertThat(refused().advice()).contains("diagnostics");
    files.unsafe = false;
    assertThat(redeem(world.home(files).open().orElseThrow(), request))
        .isInstanceOf(JoinAnswer.Joined.class);
  }
}
