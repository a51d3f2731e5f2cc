package io.tharsis.server.iscsi;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Answers SendTargets, RFC 7143 appendix C.
 *
 * @param directory which targets there are
 * @param initiatorName who asks
 * @param own the target of a normal session, empty in a discovery session
 * @param local the address that the connection arrived on, told as the target's
 */
record SendTargets(
    TargetDirectory directory,
    String initiatorName,
    Optional<String> own,
    InetSocketAddress local) {

  /** The records for one value of the key; {@code SendTargets=Reject} where it is not allowed. */
  List<TextKeys.Pair> answer(String value) {
    List<TextKeys.Pair> pairs = new ArrayList<>();
    if (own.isPresent()) {
      if (value.isEmpty() || value.equals(own.get())) {
        add(own.get(), pairs);
      } else {
        reject(pairs);
      }
    } else if (value.equals("All")) {
      names().forEach(name -> add(name, pairs));
    } else if (value.isEmpty()) {
      reject(pairs);
    } else if (names().contains(value)) {
      add(value, pairs);
    }
    return pairs;
  }

  private Collection<String> names() {
    return directory.visibleTo(initiatorName);
  }

  private static void reject(List<TextKeys.Pair> pairs) {
    pairs.add(new TextKeys.Pair(NegotiationKey.SEND_TARGETS.text(), NegotiationRule.REJECT));
  }

  private void add(String name, List<TextKeys.Pair> pairs) {
    Optional<IscsiTarget> target = directory.lookup(name, initiatorName);
    if (target.isPresent()) {
      pairs.add(new TextKeys.Pair("TargetName", name));
      String tag = "," + target.get().portalGroup();
      pairs.add(new TextKeys.Pair("TargetAddress", address() + tag));
    }
  }

  private String address() {
    String host = local.getAddress().getHostAddress();
    int scope = host.indexOf('%');
    String plain = scope < 0 ? host : host.substring(0, scope);
    boolean v6 = local.getAddress() instanceof Inet6Address;
    return (v6 ? "[" + plain + "]" : plain) + ":" + local.getPort();
  }
}
