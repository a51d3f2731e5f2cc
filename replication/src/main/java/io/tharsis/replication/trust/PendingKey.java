package io.tharsis.replication.trust;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * The key of a membership that is being made. It is durable before anybody hears of it, so that a
 * node that lost the answer comes again as the same node, and its name is not lost to a ghost.
 */
final class PendingKey {

  private static final String PUBLIC_KEY = "PUBLIC KEY";

  private PendingKey() {}

  static KeyPair loadOrMake(TrustDirectory directory, TrustSetting setting)
      throws IOException, TrustRefusedException {
    Optional<byte[]> pem = directory.read(TrustDirectory.JOINING);
    if (pem.isPresent()) {
      try {
        return parse(pem.get());
      } catch (MalformedException e) {
        throw directory.damaged(TrustDirectory.JOINING, e);
      }
    }
    KeyPair keys = KeyPairs.generate(setting.random());
    String text =
        Pem.write(
            new PemObject(PUBLIC_KEY, keys.getPublic().getEncoded()), Pem.of(keys.getPrivate()));
    directory.replace(TrustDirectory.JOINING, Pem.ascii(text));
    return keys;
  }

  private static KeyPair parse(byte[] pem) throws MalformedException, IOException {
    List<byte[]> parts = Pem.read(pem, PUBLIC_KEY, Pem.PRIVATE_KEY);
    PrivateKey secret = Pem.privateKey(parts.get(1));
    try {
      PublicKey open =
          KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(parts.get(0)));
      if (!KeyPairs.belong(secret, open)) {
        throw new MalformedException("the keys do not belong together");
      }
      return new KeyPair(open, secret);
    } catch (GeneralSecurityException e) {
      throw new MalformedException("not a public key", e);
    }
  }
}
