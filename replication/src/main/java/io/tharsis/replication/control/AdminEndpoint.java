package io.tharsis.replication.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a running node can be operated, as its data directory tells: the file {@code admin}, two
 * lines, which only the user the node runs as can read. Made anew at every start. The token is a
 * secret.
 *
 * @param address where the admin API listens
 * @param token that every request must carry
 */
public record AdminEndpoint(HostPort address, String token) {

  private static final String FILE = "admin";
  private static final String UNFINISHED = "admin.creating";
  private static final String OWNER_ONLY = "rw-------";
  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{20,200}");

  /** A token that could not stand in the file, or in a header of HTTP, is a bug. */
  public AdminEndpoint {
    if (!TOKEN.matcher(token).matches()) {
      throw new IllegalArgumentException("not a token");
    }
  }

  /** Tells it in a data directory, in place of what was told there. Blocks. */
  public void tell(Path data) throws IOException {
    Path unfinished = data.resolve(UNFINISHED);
    Files.deleteIfExists(unfinished);
    Files.createFile(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(OWNER_ONLY)));
    Files.writeString(unfinished, address + "\n" + token + "\n", StandardCharsets.US_ASCII);
    Files.move(unfinished, data.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes it back when the node stops; leaves what another node has told. Blocks. */
  public void takeBack(Path data) throws IOException {
    Path file = data.resolve(FILE);
    if (Files.exists(file) && parse(Files.readAllLines(file)).equals(Optional.of(this))) {
      Files.delete(file);
    }
  }

  /**
   * What a data directory tells. Blocks.
   *
   * @throws RefusedException if there is no such directory, no node has told anything there, or it
   *     cannot be read
   */
  public static AdminEndpoint find(Path data) throws RefusedException {
    if (!Files.isDirectory(data)) {
      throw Refusal.usage(
              "no-data-directory",
              data + " is not a directory",
              "--data DIR, or THARSIS_DATA=DIR, with the data directory of the node")
          .thrown();
    }
    try {
      return parse(Files.readAllLines(data.resolve(FILE)))
          .orElseThrow(() ->
              Refusal.host(
                      "admin-file",
                      data.resolve(FILE) + " does not tell where the node can be asked",
                      "start the node again, which makes the file anew")
                  .thrown());
    } catch (NoSuchFileException none) {
      throw noNode(data).thrown();
    } catch (RefusedException refused) {
      throw refused;
    } catch (IOException unreadable) {
      throw Refusal.host(
              "not-permitted",
              data.resolve(FILE)
                  + " cannot be read, and who cannot read it may not operate the"
                  + " node",
              "the same command as the user the node runs as")
          .thrown();
    }
  }

  /** What to say where no node answers. */
  public static Refusal noNode(Path data) {
    return Refusal.host(
        "no-node",
        "no node is running with the data directory " + data,
        "tharsis node --data " + data + ", or --data with the directory of a node that runs");
  }

  private static Optional<AdminEndpoint> parse(List<String> lines) {
    if (lines.size() != 2 || !TOKEN.matcher(lines.getLast()).matches()) {
      return Optional.empty();
    }
    return HostPort.parse(lines.getFirst())
        .map(address -> new AdminEndpoint(address, lines.getLast()));
  }

  /** Without the token: it is a secret. */
  @Override
  public String toString() {
    return "AdminEndpoint[" + address + "]";
  }
}
