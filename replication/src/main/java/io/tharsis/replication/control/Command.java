package io.tharsis.replication.control;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What an operator wants a node to do, with marsadm's names. Values as they were said: {@link
 * RequestForm} tells what of them no node would accept.
 */
public sealed interface Command {

  /** The name of the verb, on the command line and in the admin API. */
  String verb();

  /** Whether it can change something; {@code wait-resource} cannot. */
  default boolean changes() {
    return true;
  }

  /** Makes a cluster whose only node is this one; it holds the CA from then on. */
  record CreateCluster() implements Command {
    @Override
    public String verb() {
      return "create-cluster";
    }
  }

  /**
   * Makes a token with which one node can join, once, here.
   *
   * @param validFor after which it cannot be redeemed any more
   */
  record CreateToken(Duration validFor) implements Command {
    @Override
    public String verb() {
      return "create-token";
    }
  }

  /**
   * Makes this node one of a cluster.
   *
   * @param peer {@code HOST:PORT} of the node where the token was made
   * @param token that was made there
   */
  record JoinCluster(String peer, String token) implements Command {
    @Override
    public String verb() {
      return "join-cluster";
    }

    /** Without the token: it is a secret. */
    @Override
    public String toString() {
      return "JoinCluster[peer=" + peer + "]";
    }
  }

  /**
   * Takes a node out of the cluster; its certificate is revoked.
   *
   * @param host a node that is gone for ever; empty means this one
   * @param local this node forgets the cluster and asks nobody: it was thrown out, or nobody is
   *     left
   * @param acceptLoss with {@code local}: give up the replicas that this node has, too
   */
  record LeaveCluster(Optional<String> host, boolean local, boolean acceptLoss) implements Command {

    /** In order, with the others. */
    public LeaveCluster(Optional<String> host) {
      this(host, false, false);
    }

    @Override
    public String verb() {
      return "leave-cluster";
    }
  }

  /**
   * Puts the cluster's CA, which is at this node, under a pass phrase.
   *
   * @param passPhrase a secret
   */
  record CaExport(String passPhrase) implements Command {
    @Override
    public String verb() {
      return "ca-export";
    }

    @Override
    public boolean changes() {
      return false;
    }

    /** Without the pass phrase: it is a secret. */
    @Override
    public String toString() {
      return "CaExport[]";
    }
  }

  /**
   * Makes this node the one that has the cluster's CA.
   *
   * @param export what {@code ca-export} made
   * @param passPhrase under which it is
   */
  record CaImport(String export, String passPhrase) implements Command {
    @Override
    public String verb() {
      return "ca-import";
    }

    /** Without the pass phrase: it is a secret. */
    @Override
    public String toString() {
      return "CaImport[]";
    }
  }

  /** Everything that is about one resource. */
  sealed interface OnResource extends Command {
    /** Its name. */
    String resource();
  }

  /**
   * Makes a resource; this node is its primary, and the content of the disk is its content.
   *
   * @param disk path of the file or block device
   * @param sizeBytes how large it is to be; empty means: as the disk is
   * @param writeCache what GOOD on a write means
   */
  record CreateResource(
      String resource, String disk, OptionalLong sizeBytes, WriteCacheMode writeCache)
      implements OnResource {
    @Override
    public String verb() {
      return "create-resource";
    }
  }

  /**
   * Makes this node a member: its disk becomes a copy.
   *
   * @param disk path of the file or block device; what it holds is overwritten
   */
  record JoinResource(String resource, String disk) implements OnResource {
    @Override
    public String verb() {
      return "join-resource";
    }
  }

  /**
   * Ends a membership; the content of the disk stays where it is.
   *
   * @param host a member that is dead; empty means this one
   * @param acceptLoss do it although no other copy may have what this one has
   */
  record LeaveResource(String resource, Optional<String> host, boolean acceptLoss)
      implements OnResource {
    @Override
    public String verb() {
      return "leave-resource";
    }
  }

  /**
   * Ends a resource; the content of the last member's disk stays where it is.
   *
   * @param local only what this node has of it, when there is no primary any more
   * @param acceptLoss do it although members are left
   */
  record DeleteResource(String resource, boolean local, boolean acceptLoss) implements OnResource {
    @Override
    public String verb() {
      return "delete-resource";
    }
  }

  /**
   * Gives this node's copy up and syncs it anew.
   *
   * @param acceptLoss do it although no other consistent copy is known
   */
  record Invalidate(String resource, boolean acceptLoss) implements OnResource {
    @Override
    public String verb() {
      return "invalidate";
    }
  }

  /**
   * Makes a resource larger, while it is in use.
   *
   * @param sizeBytes how large, in bytes
   */
  record Resize(String resource, long sizeBytes) implements OnResource {
    @Override
    public String verb() {
      return "resize";
    }
  }

  /**
   * Makes this node the primary: the one that is hands over, or, forced, without asking it.
   *
   * @param force the primary that is cannot be asked; it must be off
   * @param acceptLoss with {@code force}: do it although another replica may hold newer writes
   * @param pauseBudget without {@code force}: hand over only if initiators have to wait no longer
   *     than about this; empty means as long as the node finds bearable
   */
  record Primary(String resource, boolean force, boolean acceptLoss, Optional<Duration> pauseBudget)
      implements OnResource {
    @Override
    public String verb() {
      return "primary";
    }
  }

  /** Gives the role of the primary up without a successor; nobody may use the LUN. */
  record Secondary(String resource) implements OnResource {
    @Override
    public String verb() {
      return "secondary";
    }
  }

  /** Makes this node a client: its portals serve the LUN, and it has no replica. */
  record AttachClient(String resource) implements OnResource {
    @Override
    public String verb() {
      return "attach-client";
    }
  }

  /** Ends {@link AttachClient}. */
  record DetachClient(String resource) implements OnResource {
    @Override
    public String verb() {
      return "detach-client";
    }
  }

  /** Says what GOOD on a write promises about the other members. */
  record SetMode(String resource, ReplicationMode mode) implements OnResource {
    @Override
    public String verb() {
      return "set-mode";
    }
  }

  /**
   * Says what is done in a split, and about one that is over.
   *
   * @param onSplit what a primary does that was replaced by force; empty leaves it as it is
   * @param keepBranchDays for how long branches are kept; empty leaves it as it is
   */
  record SetPolicy(String resource, Optional<OnSplit> onSplit, OptionalInt keepBranchDays)
      implements OnResource {
    @Override
    public String verb() {
      return "set-policy";
    }
  }

  /**
   * Deletes a branch that is kept beside this node's replica.
   *
   * @param branch its name
   */
  record DeleteBranch(String resource, String branch) implements OnResource {
    @Override
    public String verb() {
      return "delete-branch";
    }
  }

  /** Turns switches of this node's replica; they stay so over restarts, connected or not. */
  record Turn(String resource, SwitchVerb which) implements OnResource {
    @Override
    public String verb() {
      return which.word();
    }
  }

  /** Begins a new logfile. */
  record LogRotate(String resource) implements OnResource {
    @Override
    public String verb() {
      return "log-rotate";
    }
  }

  /** Gives back the space of logfiles that no member needs. */
  record LogDelete(String resource) implements OnResource {
    @Override
    public String verb() {
      return "log-delete";
    }
  }

  /**
   * Waits until a replica is in a state.
   *
   * @param host whose replica; empty means this node's
   */
  record WaitResource(String resource, WaitState state, Optional<String> host)
      implements OnResource {
    @Override
    public String verb() {
      return "wait-resource";
    }

    @Override
    public boolean changes() {
      return false;
    }
  }

  /**
   * Compares all copies, region by region, while they are in use.
   *
   * @param repair sync the regions in which a secondary differs from the primary
   */
  record Verify(String resource, boolean repair) implements OnResource {
    @Override
    public String verb() {
      return "verify";
    }
  }
}
