package io.tharsis.replication.trust;

import java.util.Locale;

/** Why trust was refused; the words are stable, scripts and alert rules may rely on them. */
public enum TrustCode {
  /** This node belongs to no cluster. */
  NOT_A_MEMBER,
  /** This node belongs to a cluster already. */
  ALREADY_MEMBER,
  /** A file or directory of keys is open to others, or is not what it should be. */
  UNSAFE_FILE,
  /** A file of this package cannot be understood. */
  DAMAGED_FILE,
  /** The host failed to read or write what was needed. */
  HOST_FAILED,
  /** A name that cannot be given to a node or cluster. */
  BAD_NAME,
  /** Another node of the cluster has this name. */
  NAME_TAKEN,
  /** The cluster's CA is not on this node. */
  NO_CA_HERE,
  /** The CA was imported on another node, so this copy of it must not be used. */
  CA_MOVED,
  /** The CA is on this node, which forbids what was asked. */
  CA_HERE,
  /** The token is not one, or was cut or mistyped. */
  TOKEN_MALFORMED,
  /** This node never issued such a token. */
  TOKEN_UNKNOWN,
  /** The token was used already. */
  TOKEN_SPENT,
  /** The token's time is over. */
  TOKEN_EXPIRED,
  /** A token's life that is not allowed. */
  BAD_LIFETIME,
  /** It is about another cluster. */
  WRONG_CLUSTER,
  /** The other side's certificates do not come from the CA that was expected. */
  WRONG_CA,
  /** A member answered, but not the node that issued the token. */
  WRONG_ISSUER,
  /** A request or answer that is malformed, or not signed with the key it is about. */
  BAD_REQUEST,
  /** No certificate was shown where one is needed. */
  NO_CERTIFICATE,
  /** The certificate was not issued by this cluster's CA. */
  CERTIFICATE_FOREIGN,
  /** The certificate's time is over. */
  CERTIFICATE_EXPIRED,
  /** The certificate's time has not begun. */
  CERTIFICATE_NOT_YET_VALID,
  /** From the right CA, but not the certificate of a node of this cluster. */
  CERTIFICATE_UNFIT,
  /** The certificate or its node was revoked. */
  REVOKED,
  /** Somebody claims to be another node than his certificate says. */
  WRONG_NODE,
  /** The {@code cluster} document is malformed or not signed by the CA. */
  DOCUMENT_TAMPERED,
  /** The {@code cluster} document is older than the one in force. */
  DOCUMENT_OLDER,
  /** Two {@code cluster} documents with one counter: the CA is used in two places. */
  DOCUMENT_CONFLICT,
  /** A list in the {@code cluster} document is full. */
  TOO_MANY,
  /** No node and no certificate like that is known. */
  UNKNOWN_NODE,
  /** The pass phrase is too short. */
  WEAK_PASS_PHRASE,
  /** The pass phrase is wrong, or the encrypted key was changed. */
  WRONG_PASS_PHRASE,
  /** The file is not an export of a cluster's CA. */
  EXPORT_UNREADABLE;

  /** The stable word, {@code like-this}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
