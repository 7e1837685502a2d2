import type { Phase } from "./record";

/** A command to type, and for what. `<name>`, `<namespace>` and `<epoch>` stand for what `kubectl get failover` shows; `<new>` for any word that no order has yet. */
interface Command {
  readonly does: string;
  readonly type: string;
}

/** What an operator needs to know of a state at 3 a.m. */
export interface RunbookEntry {
  readonly means: string;
  readonly look: readonly string[];
  readonly commands: readonly Command[];
}

const show: Command = {
  does: "see phase, epoch, conditions and the time line",
  type: "kubectl -n <namespace> get failover <name> -o yaml",
};

const order = (what: string, does: string, extra = ""): Command => ({
  does,
  type: `kubectl -n <namespace> patch failover <name> --type=json -p '[{"op":"add","path":"/spec/orders/-","value":{"id":"<new>","by":"<you>","epoch":<epoch>,"what":"${what}"${extra}}}]'`,
});

/** Words for every state of the machine; the compiler refuses a state without them. */
export const runbook: Readonly<Record<Phase, RunbookEntry>> = {
  Protected: {
    means: "The primary lives and holds the lease. The target follows it and opens nothing.",
    look: ["Condition `Heard` is True.", "The newest verified snapshot is not older than two intervals."],
    commands: [show],
  },
  Suspect: {
    means:
      "Three heartbeats in a row are missing. Nothing is given up yet: it may be the link, and two good ones end it.",
    look: ["Whether the witness and the second center of the city reach the primary.", "Whether the link is down."],
    commands: [show],
  },
  Fencing: {
    means:
      "A majority does not reach the primary. Its lease runs out, the target takes the next epoch, and then each center of the primary must be shown to be fenced. Here it waits for as long as that is not shown.",
    look: [
      "`status.lease`: waiting, claimed or held.",
      "`status.fenced`: which centers are still missing.",
      "Whether machines there are really off, or cut off from clients and from each other. Somebody must know it, not suppose it.",
    ],
    commands: [
      show,
      order(
        "fenced",
        "say that you have fenced a center yourself: off, or cut off from everybody",
        ',"center":"<center>"',
      ),
    ],
  },
  SelectSnapshot: {
    means:
      "The newest snapshot that is complete and not known to be bad is looked for; none that was tried comes again.",
    look: ["`status.tried`: which were bad, and why, in the time line."],
    commands: [show],
  },
  Verify: {
    means: "A clone of the snapshot is walked block by block, and held against heartbeats and standby peers.",
    look: ["How long it takes beside its budget. The snapshot itself is never mounted for writing."],
    commands: [show],
  },
  Promote: {
    means:
      "The snapshot is good. Reads are opened at the target, and tried: a query must be answered, a submit refused.",
    look: ["Whether chaincode servers and standby peers at the target run."],
    commands: [show],
  },
  ReadOnlyOpen: {
    means: "Applications read at the target. Nothing is written anywhere. It stays so until a person decides.",
    look: [
      "`status.lost`: blocks that were heard of and that nobody here has. If the old primary comes back unharmed, going back loses nothing; approving writes gives these blocks up.",
      "Whether the old primary will be back sooner than people can wait.",
    ],
    commands: [
      show,
      order("writes", "open writes at the target"),
      order("failback", "go back to the old primary, with all its data"),
    ],
  },
  Restore: {
    means: "Writes are approved. All ordering nodes start at the target from one snapshot; nobody submits yet.",
    look: ["Whether all of them run and have a leader. Never start one alone, here or at the old site."],
    commands: [show],
  },
  Replay: {
    means:
      "Blocks that standby peers have and the ordering nodes lack are given to these, and each header hash is compared.",
    look: ["`status.tail`: what is still to come, about one block for each batch timeout."],
    commands: [show],
  },
  LossStated: {
    means:
      "A block could not be given back: another hash, a config block, an expired certificate. Reads go on. The blocks named in `status.loss` would be lost.",
    look: [
      "`status.loss`: which blocks, and why.",
      "Whether the old primary can come back instead: going back loses nothing.",
    ],
    commands: [
      show,
      order("rollback", "accept the loss: standby peers are rolled back, and writes open without these blocks"),
      order("failback", "go back to the old primary, with all its data"),
    ],
  },
  Rollback: {
    means: "Standby peers are rolled back to where the ordering nodes end. Nobody submits yet.",
    look: [
      "Endorsement may wait until the height before the rollback is passed again; a quiet channel needs a transaction.",
    ],
    commands: [show],
  },
  ReadWrite: {
    means: "The target is the network now. The old primary stays demoted, whatever it believes.",
    look: [
      "Condition `OldPrimaryReturned`: it speaks again under its old epoch. It writes nothing; leave it running.",
      "Whether the disks at the target last.",
    ],
    commands: [show, order("failback", "bring the old primary level, while the target goes on")],
  },
  Failback: {
    means:
      "The old primary is brought level and verified; it serves nothing. After that it waits for the order to switch.",
    look: ["`status.synced`: set when it is level. Choose a quiet hour: writes stop for the switch."],
    commands: [show, order("switch", "stop the target, and give the lease back")],
  },
  Switch: {
    means:
      "The target has stopped. The primary gets the last blocks, up to the very hash, and then the lease of the next epoch.",
    look: [
      "`status.switchStep`: demote, catchUp or handOver. If it stays at catchUp, the primary lacks blocks of the token.",
    ],
    commands: [show],
  },
  Stuck: {
    means: "Nothing may be opened, and nothing will be by itself. The reason stands in `status.why`.",
    look: [
      "`status.why` and the time line: snapshots that are bad, a fork, more blocks missing than the limit.",
      "After a fork: which ledger is right must be decided by the organisations, not by a program.",
    ],
    commands: [
      show,
      order("retry", "have everything verified again, after you have mended or brought something"),
      order("failback", "go back to the old primary, with all its data"),
    ],
  },
};
