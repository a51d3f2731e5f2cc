package io.tharsis.replication.trust;

import java.util.regex.Pattern;

/** The rule for names of nodes and clusters: 1 to 63 of {@code A-Z a-z 0-9 . _ -}. */
final class NodeName {

  private static final Pattern RULE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private NodeName() {}

  static boolean isGood(String name) {
    return RULE.matcher(name).matches();
  }

  /** Refuses a name that cannot be given. */
  static void require(String name) throws TrustRefusedException {
    if (!isGood(name)) {
      throw new TrustRefusedException(
          TrustCode.BAD_NAME,
          "'" + printable(name) + "' cannot be a name",
          "use 1 to 63 of A-Z a-z 0-9 . _ - and begin with a letter or digit");
    }
  }

  private static String printable(String name) {
    String shown = name.length() > 63 ? name.substring(0, 63) + "..." : name;
    return shown.replaceAll("[^ -~]", "?");
  }
}
