package io.tharsis.it.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * What TLS 1.3 of this JDK moves over loopback from one thread to another, with AES-GCM as links
 * have it: plain sockets, nothing else done with the bytes.
 */
final class TlsLoopback {

  private static final int CHUNK_BYTES = 256 << 10;
  private static final String SUITE = "TLS_AES_256_GCM_SHA384";
  private static final char[] WORD = "changeit".toCharArray();

  private final SSLContext context;

  private TlsLoopback(SSLContext context) {
    this.context = context;
  }

  /** Makes a key in {@code directory}. */
  static TlsLoopback in(Path directory) throws IOException {
    Path file = directory.resolve("tls-probe.p12");
    makeKey(file);
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(in, WORD);
      KeyManagerFactory own =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      own.init(keys, WORD);
      TrustManagerFactory trusted =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(keys);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
      return new TlsLoopback(context);
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS", e);
    }
  }

  private static void makeKey(Path file) throws IOException {
    Process keytool =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                    "-genkeypair",
                    "-alias",
                    "probe",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-dname",
                    "CN=probe",
                    "-validity",
                    "2",
                    "-storetype",
                    "PKCS12",
                    "-storepass",
                    new String(WORD),
                    "-keystore",
                    file.toString()))
            .redirectErrorStream(true)
            .start();
    try {
      String words = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (keytool.waitFor() != 0) {
        throw new IOException("keytool: " + words);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Moves bytes for so long after a tenth of it; what arrived per second, in MB. */
  double megabytesPerSecond(Duration duration) throws IOException {
    try (SSLServerSocket door =
            (SSLServerSocket)
                context
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress());
        SSLSocket sender =
            (SSLSocket)
                context
                    .getSocketFactory()
                    .createSocket(InetAddress.getLoopbackAddress(), door.getLocalPort())) {
      sender.setEnabledCipherSuites(new String[] {SUITE});
      CompletableFuture<Void> sent = new CompletableFuture<>();
      SSLSocket receiver = (SSLSocket) door.accept();
      Thread _ = Thread.ofPlatform().daemon().name("tls-probe").start(() -> send(sender, sent));
      try (receiver) {
        double rate = receive(receiver, duration);
        receiver.close();
        ended(sent);
        return rate;
      }
    }
  }

  private static void send(SSLSocket socket, CompletableFuture<Void> ended) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      OutputStream out = socket.getOutputStream();
      while (true) {
        out.write(chunk);
      }
    } catch (IOException closed) {
      ended.complete(null);
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  private static double receive(SSLSocket socket, Duration duration) throws IOException {
    byte[] chunk = new byte[CHUNK_BYTES];
    InputStream in = socket.getInputStream();
    long counted = System.nanoTime() + duration.toNanos() / 10;
    while (System.nanoTime() < counted) {
      requireBytes(in.read(chunk));
    }
    long begin = System.nanoTime();
    long end = begin + duration.toNanos();
    long bytes = 0;
    while (System.nanoTime() < end) {
      bytes += requireBytes(in.read(chunk));
    }
    return bytes * 1e3 / (System.nanoTime() - begin);
  }

  private static int requireBytes(int read) throws IOException {
    if (read < 0) {
      throw new IOException("the sender has ended");
    }
    return read;
  }

  private static void ended(CompletableFuture<Void> sent) throws IOException {
    try {
      sent.get();
    } catch (ExecutionException e) {
      throw new IOException("sending failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
