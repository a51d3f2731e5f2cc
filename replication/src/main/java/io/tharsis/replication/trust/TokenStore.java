package io.tharsis.replication.trust;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tokens this node issued: {@code token-ID} holds the hash of the secret and the expiry, {@code
 * token-ID.spent} exists as soon as somebody has begun to use it. The secret itself is nowhere.
 *
 * <p>Spending is one exclusive creation of a name, so that of two who come at once one is refused,
 * made durable before anything else happens, so that no crash makes a used token good again. The
 * price: a crash between spending and answering costs the token, not the cluster.
 */
record TokenStore(TrustDirectory directory, TrustSetting setting) {

  private static final String PREFIX = "token-";
  private static final String SPENT = ".spent";
  private static final Duration KEPT_AFTER_EXPIRY = Duration.ofDays(7);
  private static final Pattern CONTENT =
      Pattern.compile("tharsis join token 1\nsha256 ([0-9a-f]{64})\nexpires ([0-9TZ:-]+)\n");
  private static final byte[] NOBODYS_HASH = new byte[32];

  /** What became of a pass. */
  sealed interface Look {
    /** It can be spent. */
    record Good() implements Look {}

    /** It cannot. */
    record Bad(Refused refused) implements Look {}
  }

  private record Stored(byte[] hash, Instant expires) {}

  /** Remembers a token; when this returns, the token can be handed out. */
  void add(JoinToken token) throws IOException {
    String content =
        "tharsis join token 1\nsha256 "
            + HexFormat.of().formatHex(KeyPairs.sha256(token.pass().secret()))
            + "\nexpires "
            + token.expires()
            + "\n";
    directory.claim(file(token.pass()), content.getBytes(StandardCharsets.US_ASCII));
  }

  /** Whether a pass can be spent. */
  Look look(JoinToken.Pass pass) throws IOException, TrustRefusedException {
    Optional<Stored> stored = directory.read(file(pass)).flatMap(TokenStore::parse);
    byte[] expected = stored.map(Stored::hash).orElse(NOBODYS_HASH);
    boolean known = MessageDigest.isEqual(expected, KeyPairs.sha256(pass.secret()));
    if (!known || stored.isEmpty()) {
      return bad(
          TrustCode.TOKEN_UNKNOWN,
          "this node issued no such token, or has forgotten it since it expired",
          "use the node that issued it, or create a token here");
    }
    if (directory.has(file(pass) + SPENT)) {
      return spent(pass);
    }
    if (!setting.clock().instant().isBefore(stored.get().expires())) {
      return bad(
          TrustCode.TOKEN_EXPIRED,
          "token " + pass.shownId() + " was good until " + stored.get().expires(),
          "create another token");
    }
    return new Look.Good();
  }

  /**
   * Spends a pass for ever; if this fails, it counts as spent.
   *
   * @return a refusal if somebody else was faster
   */
  Look spend(JoinToken.Pass pass, NodeIdentity by) throws IOException {
    String content = "spent by " + by + " at " + setting.clock().instant() + "\n";
    try {
      directory.claim(file(pass) + SPENT, content.getBytes(StandardCharsets.UTF_8));
      return new Look.Good();
    } catch (FileAlreadyExistsException e) {
      return spent(pass);
    }
  }

  /** Removes tokens that expired long ago; the hash first, so that no moment lacks the mark. */
  void forgetOld() throws IOException, TrustRefusedException {
    Instant limit = setting.clock().instant().minus(KEPT_AFTER_EXPIRY);
    for (String name : directory.files().names()) {
      if (!name.startsWith(PREFIX) || name.endsWith(SPENT)) {
        continue;
      }
      Optional<Stored> stored = directory.read(name).flatMap(TokenStore::parse);
      if (stored.isPresent() && stored.get().expires().isBefore(limit)) {
        directory.remove(List.of(name, name + SPENT));
      }
    }
  }

  /** All files of tokens. */
  List<String> fileNames() throws IOException {
    List<String> names = new ArrayList<>(directory.files().names());
    names.removeIf(name -> !name.startsWith(PREFIX));
    return names;
  }

  private static Look spent(JoinToken.Pass pass) {
    return bad(
        TrustCode.TOKEN_SPENT,
        "token "
            + pass.shownId()
            + " was used already; it is spent as soon as a node begins to join with it, even if a"
            + " crash or a lost link kept the answer from it",
        "if nothing joined with it, create another token; if you did not use it, look who did");
  }

  private static Look bad(TrustCode code, String fact, String advice) {
    return new Look.Bad(new Refused(code, fact, advice));
  }

  private static String file(JoinToken.Pass pass) {
    return PREFIX + pass.shownId();
  }

  /** A file that was cut short by a crash belongs to a token that nobody ever got. */
  private static Optional<Stored> parse(byte[] content) {
    Matcher parts = CONTENT.matcher(new String(content, StandardCharsets.US_ASCII));
    if (!parts.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Stored(HexFormat.of().parseHex(parts.group(1)), Instant.parse(parts.group(2))));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
